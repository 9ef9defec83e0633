-- purpose: what staff answered to everybody on some tickets, every version, oldest first
-- params: ticket_ids ARRAY<STRING>, limit BIGINT
-- reads: comments
SELECT
  id, ticket_id, platform_id, body, internal, by_staff, state, reason, edited, version, created_at, created_by, updated_at,
  updated_by
FROM comments
WHERE ticket_id IN (SELECT explode(:ticket_ids)) AND by_staff AND NOT internal
ORDER BY created_at, id, version
LIMIT :limit
