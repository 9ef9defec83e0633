-- purpose: what a ticket is linked to, from both sides
-- params: ticket_id STRING, limit BIGINT
-- reads: ticket_links
SELECT id, kind, from_id, to_id
FROM ticket_links
WHERE state = 'active' AND (from_id = :ticket_id OR to_id = :ticket_id)
ORDER BY created_at, id
LIMIT :limit
