-- purpose: the terms, or one of them, with whether their platform is for members only
-- params: id STRING, limit BIGINT
-- reads: glossary_terms, platforms
SELECT
  t.id, t.platform_id, t.name, t.acronym, t.synonyms, t.definition, t.notes, t.confusion, t.formula, t.grain, t.unit,
  t.filters, t.domain, t.tags, t.steward, t.owner, t.relations, t.assets, t.sources, t.properties, t.state,
  t.replaced_by, t.note, t.reviewed_at, t.review_due, t.event, t.version, t.created_at, t.created_by, t.updated_at,
  t.updated_by,
  coalesce(p.visibility, CASE WHEN t.platform_id IS NULL THEN 'everyone' ELSE 'members' END) AS visibility
FROM glossary_terms AS t
LEFT JOIN platforms AS p ON p.id = t.platform_id
WHERE :id IS NULL OR t.id = :id
ORDER BY lower(t.name), t.id
LIMIT :limit
