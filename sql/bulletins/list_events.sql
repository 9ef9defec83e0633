-- purpose: what was done to some tickets, oldest first
-- params: ticket_ids ARRAY<STRING>, limit BIGINT
-- reads: audit_events
SELECT id, at, actor, door, action, object_type, object_id, platform_id, old, new, reason
FROM audit_events
WHERE object_type = 'ticket' AND object_id IN (SELECT explode(:ticket_ids))
ORDER BY at, id
LIMIT :limit
