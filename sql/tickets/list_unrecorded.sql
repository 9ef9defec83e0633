-- purpose: tickets whose last change the trail does not know: somebody was killed in between
-- params: since TIMESTAMP, limit BIGINT
-- reads: tickets, audit_events
SELECT t.id
FROM tickets AS t
WHERE t.updated_at >= :since
  AND NOT EXISTS (
    SELECT 1
    FROM audit_events AS e
    WHERE e.at >= :since AND e.object_type = 'ticket' AND e.object_id = t.id AND e.id = t.id || ':' || CAST(t.version AS STRING)
  )
ORDER BY t.id
LIMIT :limit
