-- purpose: tickets that the portal opened by itself, open or ended lately, oldest first
-- params: ended_since TIMESTAMP, limit BIGINT
-- reads: tickets
SELECT
  id, key, kind, state, title, platform_id, asset, requester, assignee, hold_since, hold_reason, reason, stopped_at, source,
  version, created_at, created_by, updated_at, updated_by
FROM tickets
WHERE source <> 'person' AND merged_into IS NULL AND (stopped_at IS NULL OR stopped_at >= :ended_since)
ORDER BY created_at, id
LIMIT :limit
