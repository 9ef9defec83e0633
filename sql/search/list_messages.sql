-- purpose: the messages that were published
-- params: states ARRAY<STRING>, limit BIGINT
-- reads: status_messages
SELECT
  id, kind, severity, title, body, platform_ids, starts_at, ends_at, state, version, created_at, created_by, updated_at,
  updated_by, zone, pinned, dismissible, reason, revision
FROM status_messages
WHERE array_contains(:states, state)
ORDER BY updated_at DESC, id
LIMIT :limit
