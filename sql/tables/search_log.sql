-- What was searched for, one row or more for each search; the newest of an id counts. Nobody's name stands in it.
CREATE TABLE IF NOT EXISTS search_log (
  id STRING NOT NULL COMMENT 'of one search: what somebody types on from is one',
  day DATE NOT NULL COMMENT 'UTC day of searched_at',
  searched_at TIMESTAMP NOT NULL,
  text STRING NOT NULL COMMENT 'in small letters; what looks like a secret or an address is never written',
  hits BIGINT NOT NULL COMMENT 'of what that person may see',
  opened_type STRING COMMENT 'doc | term | incident | ..: what was opened from it',
  opened_id STRING,
  CONSTRAINT search_log_key PRIMARY KEY (id, searched_at)
) USING DELTA
PARTITIONED BY (day)
