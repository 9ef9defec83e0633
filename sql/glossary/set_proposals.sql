-- purpose: give proposals their next version, each only if it still has the version before
-- rows: changed(id STRING, platform_id STRING, term_id STRING, title STRING, old STRING, new STRING, reason STRING, state STRING, answer STRING, event STRING, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING)
-- writes: glossary_proposals
MERGE INTO glossary_proposals AS t
USING changed AS c
ON t.id = c.id AND t.version = c.version - 1
WHEN MATCHED THEN UPDATE SET
  platform_id = c.platform_id, term_id = c.term_id, title = c.title, old = c.old, new = c.new, reason = c.reason,
  state = c.state, answer = c.answer, event = c.event, version = c.version, updated_at = c.updated_at,
  updated_by = c.updated_by
