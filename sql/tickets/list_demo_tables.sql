-- purpose: the tables that hold something of the demo's tickets already
-- params: ticket_ids ARRAY<STRING>, limit BIGINT
-- reads: tickets, comments, votes, watchers, approvals, attachments, ticket_links, audit_events, outbox
SELECT 'tickets' AS name FROM tickets WHERE id IN (SELECT explode(:ticket_ids))
UNION
SELECT 'comments' FROM comments WHERE ticket_id IN (SELECT explode(:ticket_ids))
UNION
SELECT 'votes' FROM votes WHERE ticket_id IN (SELECT explode(:ticket_ids))
UNION
SELECT 'watchers' FROM watchers WHERE ticket_id IN (SELECT explode(:ticket_ids))
UNION
SELECT 'approvals' FROM approvals WHERE ticket_id IN (SELECT explode(:ticket_ids))
UNION
SELECT 'attachments' FROM attachments WHERE ticket_id IN (SELECT explode(:ticket_ids))
UNION
SELECT 'ticket_links' FROM ticket_links WHERE from_id IN (SELECT explode(:ticket_ids))
UNION
SELECT 'audit_events' FROM audit_events WHERE object_id IN (SELECT explode(:ticket_ids))
UNION
SELECT 'outbox' FROM outbox WHERE object_id IN (SELECT explode(:ticket_ids))
LIMIT :limit
