-- Changes of a check's confirmed state, append-only, kept for ever. Uptime, strips and as-of-T come from here.
CREATE TABLE IF NOT EXISTS status_transitions (
  id STRING NOT NULL COMMENT 'check_id:number, so that a repeated write is recognised',
  check_id STRING NOT NULL,
  platform_id STRING NOT NULL,
  from_state STRING COMMENT 'NULL for the first one',
  to_state STRING NOT NULL,
  at TIMESTAMP NOT NULL COMMENT 'when the state holds from; blindness is dated back to when it began',
  observed_at TIMESTAMP NOT NULL COMMENT 'when the portal learned of it',
  reason STRING NOT NULL,
  evidence STRING,
  source STRING NOT NULL,
  check_version BIGINT NOT NULL,
  CONSTRAINT status_transitions_key PRIMARY KEY (id),
  CONSTRAINT status_transitions_check FOREIGN KEY (check_id) REFERENCES status_checks
) USING DELTA
