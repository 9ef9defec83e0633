-- purpose: add tickets, each once however often it is sent; not beside one with the same title by and for the same person a moment ago
-- params: twins_since TIMESTAMP
-- rows: new(id STRING, bucket INT, key STRING, kind STRING, platform_id STRING, state STRING, title STRING, body STRING, excerpt STRING, asset STRING, template STRING, fields STRING, impact STRING, urgency STRING, priority INT, requester STRING, assignee STRING, team STRING, hold_reason STRING, hold_until TIMESTAMP, hold_since TIMESTAMP, held_s DOUBLE, reason STRING, response_target_s DOUBLE, target_s DOUBLE, always BOOLEAN, responded_at TIMESTAMP, response_due_at TIMESTAMP, due_at TIMESTAMP, stopped_at TIMESTAMP, breached BOOLEAN, next_update_at TIMESTAMP, reopened INT, merged_into STRING, sensitive BOOLEAN, restricted BOOLEAN, readers ARRAY<STRING>, hidden BOOLEAN, source STRING, cost DOUBLE, work_item STRING, event STRING, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING)
-- writes: tickets
INSERT INTO tickets (
  id, bucket, key, kind, platform_id, state, title, body, excerpt, asset, template, fields, impact, urgency,
  priority, requester, assignee, team, hold_reason, hold_until, hold_since, held_s, reason, response_target_s,
  target_s, always, responded_at, response_due_at, due_at, stopped_at, breached, next_update_at, reopened, merged_into, sensitive,
  restricted, readers, hidden, source, cost, work_item, event, version, created_at, created_by, updated_at,
  updated_by
)
SELECT
  t.id, t.bucket, t.key, t.kind, t.platform_id, t.state, t.title, t.body, t.excerpt, t.asset, t.template, t.fields,
  t.impact, t.urgency, t.priority, t.requester, t.assignee, t.team, t.hold_reason, t.hold_until, t.hold_since,
  t.held_s, t.reason, t.response_target_s, t.target_s, t.always, t.responded_at, t.response_due_at, t.due_at, t.stopped_at, t.breached,
  t.next_update_at, t.reopened, t.merged_into, t.sensitive, t.restricted, t.readers, t.hidden, t.source, t.cost,
  t.work_item, t.event, t.version, t.created_at, t.created_by, t.updated_at, t.updated_by
FROM new AS t
WHERE NOT EXISTS (SELECT 1 FROM tickets AS known WHERE known.bucket = t.bucket AND known.id = t.id)
  AND NOT EXISTS (SELECT 1 FROM tickets AS known WHERE known.bucket = t.bucket AND known.key = t.key)
  AND NOT EXISTS (
    SELECT 1
    FROM tickets AS known
    WHERE known.created_by = t.created_by
      AND known.requester = t.requester
      AND known.kind = t.kind
      AND known.source = t.source
      AND known.stopped_at IS NULL
      AND lower(known.title) = lower(t.title)
      AND known.merged_into IS NULL
      AND NOT known.hidden
      AND known.created_at > :twins_since
  )
