-- purpose: improvements that people ask for, for analysts: without hidden and sensitive ones
-- reads: tickets, ticket_tallies
CREATE OR REPLACE VIEW requests AS
SELECT
  t.id, t.key, t.platform_id, t.asset, t.title, t.body AS description, t.state, t.reason AS close_reason, t.merged_into,
  t.requester, t.assignee, t.team, t.work_item,
  get_json_object(t.fields, '$.category') AS category,
  get_json_object(t.fields, '$.value') AS value,
  coalesce(n.votes, 0) AS votes, coalesce(n.comments, 0) AS comments,
  least(t.responded_at, n.first_response_at) AS first_response_at,
  t.stopped_at AS decided_at, t.created_at, t.updated_at
FROM tickets AS t
LEFT JOIN ticket_tallies AS n ON n.bucket = t.bucket AND n.ticket_id = t.id
WHERE t.kind = 'improvement' AND NOT t.hidden AND NOT t.sensitive
