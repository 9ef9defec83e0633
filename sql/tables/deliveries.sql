-- One event on its way to one person or channel. state: pending | sent | dead | dropped. Kept for a while, by day.
CREATE TABLE IF NOT EXISTS deliveries (
  id STRING NOT NULL COMMENT 'event, channel and target: planned once, however often it is planned',
  day DATE NOT NULL COMMENT 'UTC day of the event',
  platform_id STRING,
  event_id STRING NOT NULL,
  object_type STRING NOT NULL,
  object_id STRING NOT NULL,
  audience STRING NOT NULL COMMENT 'everybody | staff',
  channel STRING NOT NULL COMMENT 'mail | teams | webhook',
  target STRING NOT NULL COMMENT 'e-mail of a person, or id of a channel; never an address that is secret',
  thread STRING NOT NULL COMMENT 'what is due together for one target goes out together',
  card STRING NOT NULL COMMENT 'JSON: what is told, the same for every channel',
  state STRING NOT NULL,
  attempts BIGINT NOT NULL,
  due_at TIMESTAMP NOT NULL,
  claimed_by STRING COMMENT 'the run that is sending it',
  claimed_until TIMESTAMP,
  sent_at TIMESTAMP,
  last_error STRING,
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT deliveries_key PRIMARY KEY (id)
) USING DELTA
PARTITIONED BY (day)
