-- purpose: what was done to one object, newest first
-- params: object_type STRING, object_id STRING, limit BIGINT
-- reads: audit_events
SELECT id, at, actor, door, action, object_type, object_id, platform_id, old, new, reason
FROM audit_events
WHERE object_type = :object_type AND object_id = :object_id
ORDER BY at DESC, id DESC
LIMIT :limit
