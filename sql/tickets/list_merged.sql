-- purpose: what was merged into these tickets
-- params: ticket_ids ARRAY<STRING>, limit BIGINT
-- reads: tickets
SELECT id, merged_into
FROM tickets
WHERE merged_into IN (SELECT explode(:ticket_ids))
ORDER BY id
LIMIT :limit
