-- purpose: comments of which the outbox does not know: somebody was killed in between
-- params: since TIMESTAMP, limit BIGINT
-- reads: comments, outbox
SELECT c.ticket_id, c.id
FROM comments AS c
WHERE c.updated_at >= :since AND c.version = 1
  AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.at >= :since AND o.id = c.id)
ORDER BY c.id
LIMIT :limit
