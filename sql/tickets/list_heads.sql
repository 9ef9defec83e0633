-- purpose: the whole head rows of some tickets, as for one
-- params: buckets ARRAY<STRING>, ids ARRAY<STRING>, limit BIGINT
-- reads: tickets, ticket_tallies, platforms
SELECT
  t.id, t.key, t.kind, t.platform_id, t.state, t.title, t.excerpt, t.asset, t.template, t.fields, t.impact,
  t.urgency, t.priority, t.requester, t.assignee, t.team, t.hold_reason, t.hold_until, t.hold_since, t.held_s,
  t.reason, t.response_target_s, t.target_s, t.always, t.responded_at, t.response_due_at, t.due_at, t.stopped_at, t.breached,
  t.next_update_at, t.reopened, t.merged_into, t.sensitive, t.restricted, t.readers, t.hidden, t.source, t.cost,
  t.work_item, t.version, t.created_at, t.created_by, t.updated_at, t.updated_by,
  t.body, t.event, n.votes, n.comments, n.first_response_at, n.last_comment_at,
  coalesce(p.visibility, CASE WHEN t.platform_id IS NULL THEN 'everyone' ELSE 'members' END) AS visibility
FROM tickets AS t
LEFT JOIN ticket_tallies AS n ON n.bucket = t.bucket AND n.ticket_id = t.id
LEFT JOIN platforms AS p ON p.id = t.platform_id
WHERE array_contains(:buckets, CAST(t.bucket AS STRING)) AND array_contains(:ids, t.id)
ORDER BY t.id
LIMIT :limit
