-- purpose: give messages their next version, each only if it still has the version before
-- rows: changed(id STRING, platform_id STRING, kind STRING, severity STRING, title STRING, body STRING, platform_ids ARRAY<STRING>, starts_at TIMESTAMP, ends_at TIMESTAMP, state STRING, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING, zone STRING, pinned BOOLEAN, dismissible BOOLEAN, reason STRING, revision BIGINT, event STRING)
-- writes: status_messages
MERGE INTO status_messages AS t
USING changed AS c
ON t.id = c.id AND t.version = c.version - 1
WHEN MATCHED THEN UPDATE SET
  platform_id = c.platform_id, kind = c.kind, severity = c.severity, title = c.title, body = c.body,
  platform_ids = c.platform_ids, starts_at = c.starts_at, ends_at = c.ends_at, state = c.state,
  version = c.version, updated_at = c.updated_at, updated_by = c.updated_by, zone = c.zone, pinned = c.pinned,
  dismissible = c.dismissible, reason = c.reason, revision = c.revision, event = c.event
