-- purpose: keep texts of messages, each once however often it is sent
-- rows: written(id STRING, revision BIGINT, platform_id STRING, kind STRING, severity STRING, title STRING, body STRING, platform_ids ARRAY<STRING>, starts_at TIMESTAMP, ends_at TIMESTAMP, zone STRING, state STRING, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING)
-- writes: message_revisions
INSERT INTO message_revisions (
  id, revision, platform_id, kind, severity, title, body, platform_ids, starts_at, ends_at, zone, state, version,
  created_at, created_by, updated_at, updated_by
)
SELECT
  w.id, w.revision, w.platform_id, w.kind, w.severity, w.title, w.body, w.platform_ids, w.starts_at, w.ends_at,
  w.zone, w.state, w.version, w.created_at, w.created_by, w.updated_at, w.updated_by
FROM written AS w
WHERE NOT EXISTS (SELECT 1 FROM message_revisions AS known WHERE known.id = w.id AND known.revision = w.revision)
