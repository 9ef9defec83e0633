-- purpose: these messages as they are stored
-- params: ids ARRAY<STRING>, limit BIGINT
-- reads: status_messages
SELECT
  id, platform_id, kind, severity, title, body, platform_ids, starts_at, ends_at, state, version, created_at,
  created_by, updated_at, updated_by, zone, pinned, dismissible, reason, revision, event
FROM status_messages
WHERE array_contains(:ids, id)
ORDER BY id
LIMIT :limit
