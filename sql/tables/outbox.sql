-- What has to be told to whom, written with the change it tells of. The job `notify` makes deliveries of it.
CREATE TABLE IF NOT EXISTS outbox (
  id STRING NOT NULL COMMENT 'id of the event: told once, however often it is written',
  at TIMESTAMP NOT NULL,
  topic STRING NOT NULL COMMENT 'ticket:resolve, comment:add …',
  object_type STRING NOT NULL,
  object_id STRING NOT NULL,
  platform_id STRING,
  actor STRING NOT NULL,
  audience STRING NOT NULL COMMENT 'everybody | staff',
  recipients ARRAY<STRING> COMMENT 'who, at that moment, without the actor',
  payload STRING NOT NULL COMMENT 'JSON',
  state STRING NOT NULL COMMENT 'pending | delivered: handed on to deliveries',
  attempts INT NOT NULL,
  next_try_at TIMESTAMP,
  last_error STRING,
  CONSTRAINT outbox_key PRIMARY KEY (id)
) USING DELTA
