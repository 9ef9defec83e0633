-- purpose: add messages, each once however often it is sent
-- rows: written(id STRING, platform_id STRING, kind STRING, severity STRING, title STRING, body STRING, platform_ids ARRAY<STRING>, starts_at TIMESTAMP, ends_at TIMESTAMP, state STRING, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING, zone STRING, pinned BOOLEAN, dismissible BOOLEAN, reason STRING, revision BIGINT, event STRING)
-- writes: status_messages
INSERT INTO status_messages (
  id, platform_id, kind, severity, title, body, platform_ids, starts_at, ends_at, state, version, created_at,
  created_by, updated_at, updated_by, zone, pinned, dismissible, reason, revision, event
)
SELECT
  w.id, w.platform_id, w.kind, w.severity, w.title, w.body, w.platform_ids, w.starts_at, w.ends_at, w.state,
  w.version, w.created_at, w.created_by, w.updated_at, w.updated_by, w.zone, w.pinned, w.dismissible, w.reason,
  w.revision, w.event
FROM written AS w
WHERE NOT EXISTS (SELECT 1 FROM status_messages AS known WHERE known.id = w.id)
