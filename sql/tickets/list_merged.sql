-- purpose: what was merged into these tickets, and the tickets themselves
-- params: ticket_ids ARRAY<STRING>, limit BIGINT
-- reads: tickets
SELECT id, key, requester, merged_into
FROM tickets
WHERE array_contains(:ticket_ids, id) OR array_contains(:ticket_ids, merged_into)
ORDER BY id
LIMIT :limit
