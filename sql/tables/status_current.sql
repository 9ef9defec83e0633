-- One row per check: the confirmed state (after flap control) and its newest observation.
CREATE TABLE IF NOT EXISTS status_current (
  check_id STRING NOT NULL,
  platform_id STRING NOT NULL,
  state STRING NOT NULL,
  since TIMESTAMP NOT NULL,
  reason STRING NOT NULL,
  observed_at TIMESTAMP NOT NULL,
  first_observed_at TIMESTAMP NOT NULL,
  last_success_at TIMESTAMP,
  value DOUBLE,
  source_event_at TIMESTAMP,
  evidence STRING,
  recent ARRAY<STRING> COMMENT 'the last three verdicts, oldest first, for flap control',
  changed_at ARRAY<TIMESTAMP> COMMENT 'changes of state within the last hour',
  previous_state STRING,
  previous_since TIMESTAMP,
  check_version BIGINT NOT NULL,
  version BIGINT NOT NULL COMMENT 'compare-and-set; also numbers the transitions',
  updated_at TIMESTAMP NOT NULL,
  CONSTRAINT status_current_key PRIMARY KEY (check_id),
  CONSTRAINT status_current_check FOREIGN KEY (check_id) REFERENCES status_checks
) USING DELTA
