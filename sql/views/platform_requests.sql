-- purpose: service requests for analysts: without hidden and sensitive ones; `answers` is JSON, as the template asks
-- reads: tickets, ticket_tallies
CREATE OR REPLACE VIEW platform_requests AS
SELECT
  t.id, t.key, t.platform_id, t.asset, t.template, t.title, t.body AS description, t.fields AS answers, t.state,
  t.reason AS close_reason, t.requester, t.assignee, t.team, t.cost, t.work_item, coalesce(n.comments, 0) AS comments,
  t.response_due_at, least(t.responded_at, n.first_response_at) AS first_response_at,
  t.due_at, t.stopped_at AS ended_at, t.hold_reason, t.hold_since, t.held_s, t.breached, t.created_at, t.updated_at
FROM tickets AS t
LEFT JOIN ticket_tallies AS n ON n.bucket = t.bucket AND n.ticket_id = t.id
WHERE t.kind = 'request' AND NOT t.hidden AND NOT t.sensitive
