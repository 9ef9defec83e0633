-- purpose: what was done, newest first, by whom and to what, on the platforms of the reader, after a cursor
-- params: everything BOOLEAN, platforms ARRAY<STRING>, person STRING, object_type STRING, object_id STRING, platform STRING, since TIMESTAMP, before TIMESTAMP, before_id STRING, limit BIGINT
-- reads: audit_events
SELECT id, at, actor, door, action, object_type, object_id, platform_id, old, new, reason
FROM audit_events
WHERE (:everything OR array_contains(:platforms, platform_id))
  AND (:person IS NULL OR contains(lower(actor), :person))
  AND (:object_type IS NULL OR object_type = :object_type)
  AND (:object_id IS NULL OR object_id = :object_id)
  AND (:platform IS NULL OR platform_id = :platform)
  AND (:since IS NULL OR at >= :since)
  AND (:before IS NULL OR at < :before OR (at = :before AND id < :before_id))
ORDER BY at DESC, id DESC
LIMIT :limit
