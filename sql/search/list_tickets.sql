-- purpose: what of tickets is searched, of those changed since a time
-- params: since TIMESTAMP, limit BIGINT
-- reads: tickets, platforms
SELECT
  t.id, t.key, t.kind, t.state, t.title, t.body, t.platform_id, t.requester, t.restricted, t.readers, t.hidden,
  t.merged_into, t.stopped_at, t.version, t.created_at, t.created_by, t.updated_at, t.updated_by,
  CASE WHEN t.platform_id IS NULL THEN 'everyone' ELSE coalesce(p.visibility, 'members') END AS visibility
FROM tickets AS t
LEFT JOIN platforms AS p ON p.id = t.platform_id
WHERE t.updated_at >= :since
ORDER BY t.updated_at, t.id
LIMIT :limit
