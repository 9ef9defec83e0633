-- purpose: current states whose last change is missing in the trail, because a process died between two commits
-- params: since TIMESTAMP, limit BIGINT
-- reads: status_current, status_transitions
SELECT
  c.check_id, c.platform_id, c.state, c.since, c.reason, c.observed_at, c.first_observed_at, c.last_success_at, c.value,
  c.source_event_at, c.evidence, c.recent, c.changed_at, c.previous_state, c.previous_since, c.check_version, c.version
FROM status_current AS c
LEFT JOIN status_transitions AS t
  ON t.check_id = c.check_id AND t.at = c.since AND t.to_state = c.state AND t.at >= :since
WHERE c.since >= :since AND t.id IS NULL
LIMIT :limit
