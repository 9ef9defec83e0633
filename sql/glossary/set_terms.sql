-- purpose: give terms their next version, each only if it still has the version before
-- rows: changed(id STRING, platform_id STRING, name STRING, acronym STRING, synonyms ARRAY<STRING>, definition STRING, notes STRING, confusion STRING, formula STRING, grain STRING, unit STRING, filters STRING, domain STRING, tags ARRAY<STRING>, steward STRING, owner STRING, relations STRING, assets STRING, sources STRING, properties STRING, state STRING, replaced_by STRING, note STRING, reviewed_at TIMESTAMP, review_due DATE, event STRING, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING)
-- writes: glossary_terms
MERGE INTO glossary_terms AS t
USING changed AS c
ON t.id = c.id AND t.version = c.version - 1
WHEN MATCHED THEN UPDATE SET
  platform_id = c.platform_id, name = c.name, acronym = c.acronym, synonyms = c.synonyms, definition = c.definition,
  notes = c.notes, confusion = c.confusion, formula = c.formula, grain = c.grain, unit = c.unit, filters = c.filters,
  domain = c.domain, tags = c.tags, steward = c.steward, owner = c.owner, relations = c.relations, assets = c.assets,
  sources = c.sources, properties = c.properties, state = c.state, replaced_by = c.replaced_by, note = c.note,
  reviewed_at = c.reviewed_at, review_due = c.review_due, event = c.event, version = c.version,
  updated_at = c.updated_at, updated_by = c.updated_by
