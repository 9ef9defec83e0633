-- purpose: advance the current state of checks, each only from the version it was planned on
-- params: at TIMESTAMP
-- rows: steps(check_id STRING, platform_id STRING, state STRING, since TIMESTAMP, reason STRING, observed_at TIMESTAMP, first_observed_at TIMESTAMP, last_success_at TIMESTAMP, value DOUBLE, source_event_at TIMESTAMP, evidence STRING, recent ARRAY<STRING>, changed_at ARRAY<TIMESTAMP>, previous_state STRING, previous_since TIMESTAMP, check_version BIGINT, version BIGINT, expected_version BIGINT)
-- writes: status_current
MERGE INTO status_current AS t
USING steps AS s
ON t.check_id = s.check_id
WHEN MATCHED AND t.version = s.expected_version THEN UPDATE SET
  platform_id = s.platform_id, state = s.state, since = s.since, reason = s.reason, observed_at = s.observed_at,
  first_observed_at = s.first_observed_at, last_success_at = s.last_success_at, value = s.value,
  source_event_at = s.source_event_at, evidence = s.evidence, recent = s.recent, changed_at = s.changed_at,
  previous_state = s.previous_state, previous_since = s.previous_since, check_version = s.check_version,
  version = s.version, updated_at = :at
WHEN NOT MATCHED THEN INSERT (
  check_id, platform_id, state, since, reason, observed_at, first_observed_at, last_success_at, value, source_event_at,
  evidence, recent, changed_at, previous_state, previous_since, check_version, version, updated_at
) VALUES (
  s.check_id, s.platform_id, s.state, s.since, s.reason, s.observed_at, s.first_observed_at, s.last_success_at, s.value,
  s.source_event_at, s.evidence, s.recent, s.changed_at, s.previous_state, s.previous_since, s.check_version, s.version, :at
)
