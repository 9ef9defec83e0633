-- purpose: incidents that were open at a past moment and that everybody on their platform may know of, as they are now
-- params: at TIMESTAMP, limit BIGINT
-- reads: tickets, ticket_tallies
SELECT
  t.platform_id, t.id, t.key, t.title, CASE WHEN t.stopped_at IS NULL THEN t.state ELSE 'in_progress' END AS state, t.asset, t.assignee,
  coalesce(n.votes, 0) AS affected, t.next_update_at, t.created_at
FROM tickets AS t
LEFT JOIN ticket_tallies AS n ON n.bucket = t.bucket AND n.ticket_id = t.id
WHERE t.kind = 'incident' AND t.platform_id IS NOT NULL AND t.created_at <= :at AND coalesce(t.stopped_at > :at, TRUE)
  AND NOT t.restricted AND NOT t.hidden AND t.merged_into IS NULL
ORDER BY t.created_at DESC, t.id
LIMIT :limit
