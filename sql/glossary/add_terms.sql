-- purpose: add terms, each once however often it is sent
-- rows: new(id STRING, platform_id STRING, name STRING, acronym STRING, synonyms ARRAY<STRING>, definition STRING, notes STRING, confusion STRING, formula STRING, grain STRING, unit STRING, filters STRING, domain STRING, tags ARRAY<STRING>, steward STRING, owner STRING, relations STRING, assets STRING, sources STRING, properties STRING, state STRING, replaced_by STRING, note STRING, reviewed_at TIMESTAMP, review_due DATE, event STRING, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING)
-- writes: glossary_terms
INSERT INTO glossary_terms (
  id, platform_id, name, acronym, synonyms, definition, notes, confusion, formula, grain, unit, filters, domain, tags,
  steward, owner, relations, assets, sources, properties, state, replaced_by, note, reviewed_at, review_due, event,
  version, created_at, created_by, updated_at, updated_by
)
SELECT
  n.id, n.platform_id, n.name, n.acronym, n.synonyms, n.definition, n.notes, n.confusion, n.formula, n.grain, n.unit,
  n.filters, n.domain, n.tags, n.steward, n.owner, n.relations, n.assets, n.sources, n.properties, n.state,
  n.replaced_by, n.note, n.reviewed_at, n.review_due, n.event, n.version, n.created_at, n.created_by, n.updated_at,
  n.updated_by
FROM new AS n
WHERE NOT EXISTS (SELECT 1 FROM glossary_terms AS known WHERE known.id = n.id)
