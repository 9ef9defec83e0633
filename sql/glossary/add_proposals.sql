-- purpose: add proposals, each once however often it is sent
-- rows: new(id STRING, platform_id STRING, term_id STRING, title STRING, old STRING, new STRING, reason STRING, state STRING, answer STRING, event STRING, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING)
-- writes: glossary_proposals
INSERT INTO glossary_proposals (
  id, platform_id, term_id, title, old, new, reason, state, answer, event, version, created_at, created_by,
  updated_at, updated_by
)
SELECT
  n.id, n.platform_id, n.term_id, n.title, n.old, n.new, n.reason, n.state, n.answer, n.event, n.version,
  n.created_at, n.created_by, n.updated_at, n.updated_by
FROM new AS n
WHERE NOT EXISTS (SELECT 1 FROM glossary_proposals AS known WHERE known.id = n.id)
