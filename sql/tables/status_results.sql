-- One observation a row, append-only, judged by the check's version of that moment and never again.
CREATE TABLE IF NOT EXISTS status_results (
  id STRING NOT NULL,
  check_id STRING NOT NULL,
  platform_id STRING NOT NULL,
  day DATE NOT NULL COMMENT 'UTC day of observed_at',
  observed_at TIMESTAMP NOT NULL,
  state STRING NOT NULL COMMENT 'the verdict on this one observation, before flap control',
  value DOUBLE COMMENT 'age in seconds, answer time in seconds or the measured number, by mode',
  source_event_at TIMESTAMP COMMENT 'when the data itself last changed, as the source told',
  message STRING NOT NULL,
  evidence STRING COMMENT 'JSON: what the source answered',
  source STRING NOT NULL,
  check_version BIGINT NOT NULL,
  CONSTRAINT status_results_key PRIMARY KEY (id),
  CONSTRAINT status_results_check FOREIGN KEY (check_id) REFERENCES status_checks
) USING DELTA
PARTITIONED BY (day)
