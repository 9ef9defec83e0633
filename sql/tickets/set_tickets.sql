-- purpose: give tickets their next version, each only if it still has the version before
-- rows: changed(id STRING, bucket INT, key STRING, kind STRING, platform_id STRING, state STRING, title STRING, body STRING, excerpt STRING, asset STRING, template STRING, fields STRING, impact STRING, urgency STRING, priority INT, requester STRING, assignee STRING, team STRING, hold_reason STRING, hold_until TIMESTAMP, hold_since TIMESTAMP, held_s DOUBLE, reason STRING, response_target_s DOUBLE, target_s DOUBLE, always BOOLEAN, responded_at TIMESTAMP, response_due_at TIMESTAMP, due_at TIMESTAMP, stopped_at TIMESTAMP, breached BOOLEAN, next_update_at TIMESTAMP, reopened INT, merged_into STRING, sensitive BOOLEAN, restricted BOOLEAN, readers ARRAY<STRING>, hidden BOOLEAN, source STRING, cost DOUBLE, work_item STRING, event STRING, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING)
-- writes: tickets
MERGE INTO tickets AS t
USING changed AS c
ON t.bucket = c.bucket AND t.id = c.id AND t.version = c.version - 1
WHEN MATCHED THEN UPDATE SET
  platform_id = c.platform_id, state = c.state, title = c.title, body = c.body, excerpt = c.excerpt, asset =
  c.asset, fields = c.fields, impact = c.impact, urgency = c.urgency, priority = c.priority, assignee = c.assignee,
  team = c.team, hold_reason = c.hold_reason, hold_until = c.hold_until, hold_since = c.hold_since, held_s =
  c.held_s, reason = c.reason, response_target_s = c.response_target_s, target_s = c.target_s, always = c.always, responded_at = c.responded_at, response_due_at =
  c.response_due_at, due_at = c.due_at, stopped_at = c.stopped_at, breached = c.breached, next_update_at =
  c.next_update_at, reopened = c.reopened, merged_into = c.merged_into, sensitive = c.sensitive, restricted =
  c.restricted, readers = c.readers, hidden = c.hidden, work_item = c.work_item, event = c.event, version =
  c.version, updated_at = c.updated_at, updated_by = c.updated_by
