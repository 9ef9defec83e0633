-- purpose: what tickets look alike is judged on, of those changed since a time
-- params: since TIMESTAMP, ended_since TIMESTAMP, limit BIGINT
-- reads: tickets, ticket_tallies, platforms
SELECT
  t.id, t.key, t.kind, t.state, t.title, t.excerpt, t.platform_id, t.asset, t.requester, t.assignee, t.restricted, t.readers,
  t.hidden, t.merged_into, t.stopped_at, t.created_at, t.created_by, t.updated_at, t.updated_by, t.version, n.votes,
  CASE WHEN t.platform_id IS NULL THEN 'everyone' ELSE coalesce(p.visibility, 'members') END AS visibility
FROM tickets AS t
LEFT JOIN ticket_tallies AS n ON n.bucket = t.bucket AND n.ticket_id = t.id
LEFT JOIN platforms AS p ON p.id = t.platform_id
WHERE t.updated_at >= :since AND (t.stopped_at IS NULL OR t.stopped_at >= :ended_since)
ORDER BY t.updated_at, t.id
LIMIT :limit
