-- purpose: the texts that some messages had since they were published, oldest first
-- params: message_ids ARRAY<STRING>, limit BIGINT
-- reads: message_revisions
SELECT
  id, revision, platform_id, kind, severity, title, body, platform_ids, starts_at, ends_at, zone, state, version,
  created_at, created_by, updated_at, updated_by
FROM message_revisions
WHERE id IN (SELECT explode(:message_ids))
ORDER BY id, revision
LIMIT :limit
