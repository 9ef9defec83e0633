-- purpose: the texts that a message had since it was published, newest first
-- params: id STRING, limit BIGINT
-- reads: message_revisions
SELECT
  id, revision, platform_id, kind, severity, title, body, platform_ids, starts_at, ends_at, zone, state, version,
  created_at, created_by, updated_at, updated_by
FROM message_revisions
WHERE id = :id
ORDER BY revision DESC
LIMIT :limit
