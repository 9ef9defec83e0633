-- One run of one source a row, append-only: how the portal knows that it is not blind.
CREATE TABLE IF NOT EXISTS ingestion_runs (
  id STRING NOT NULL,
  source STRING NOT NULL,
  day DATE NOT NULL COMMENT 'UTC day of started_at',
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP NOT NULL,
  state STRING NOT NULL COMMENT 'succeeded | partial | failed',
  rows BIGINT NOT NULL,
  error STRING,
  next_due_at TIMESTAMP NOT NULL,
  CONSTRAINT ingestion_runs_key PRIMARY KEY (id)
) USING DELTA
PARTITIONED BY (day)
