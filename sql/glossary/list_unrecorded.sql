-- purpose: terms and proposals whose last change the trail does not know
-- params: since TIMESTAMP, limit BIGINT
-- reads: glossary_terms, glossary_proposals, audit_events
WITH heads AS (
  SELECT id, 'term' AS kind, version, updated_at FROM glossary_terms WHERE updated_at >= :since
  UNION ALL
  SELECT id, 'proposal' AS kind, version, updated_at FROM glossary_proposals WHERE updated_at >= :since
)
SELECT h.id, h.kind
FROM heads AS h
WHERE NOT EXISTS (
  SELECT 1
  FROM audit_events AS e
  WHERE e.object_id = h.id
    AND e.id = CASE WHEN h.kind = 'term' THEN h.id ELSE 'proposal:' || h.id END || ':' || CAST(h.version AS STRING)
)
ORDER BY h.updated_at, h.id
LIMIT :limit
