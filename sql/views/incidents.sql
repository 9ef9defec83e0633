-- purpose: incidents for analysts: without hidden and sensitive ones, and without text that only staff may read
-- reads: tickets, ticket_tallies
CREATE OR REPLACE VIEW incidents AS
SELECT
  t.id, t.key, t.platform_id, t.asset, t.title, t.body AS description, t.state, t.reason AS close_reason, t.merged_into,
  t.priority, t.impact, t.urgency, t.requester, t.assignee, t.team, t.source, t.reopened,
  get_json_object(t.fields, '$.environment') AS environment,
  TRY_CAST(get_json_object(t.fields, '$.noticed_at') AS TIMESTAMP) AS noticed_at,
  TRY_CAST(get_json_object(t.fields, '$.wrong_from') AS DATE) AS wrong_from,
  TRY_CAST(get_json_object(t.fields, '$.wrong_to') AS DATE) AS wrong_to,
  get_json_object(t.fields, '$.steps') AS steps,
  coalesce(n.votes, 0) AS affected, coalesce(n.comments, 0) AS comments,
  t.response_due_at, least(t.responded_at, n.first_response_at) AS first_response_at,
  t.due_at, t.stopped_at AS resolved_at, t.hold_reason, t.hold_since, t.held_s, t.breached, t.created_at, t.updated_at
FROM tickets AS t
LEFT JOIN ticket_tallies AS n ON n.bucket = t.bucket AND n.ticket_id = t.id
WHERE t.kind = 'incident' AND NOT t.hidden AND NOT t.sensitive
