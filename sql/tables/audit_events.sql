-- Who changed what, from which door; append-only, kept for ever.
CREATE TABLE IF NOT EXISTS audit_events (
  id STRING NOT NULL,
  at TIMESTAMP NOT NULL,
  actor STRING NOT NULL,
  door STRING NOT NULL COMMENT 'page | api | job | notebook',
  action STRING NOT NULL,
  object_type STRING NOT NULL,
  object_id STRING NOT NULL,
  platform_id STRING,
  old STRING COMMENT 'JSON of the fields that changed',
  new STRING COMMENT 'JSON of the fields that changed',
  reason STRING,
  CONSTRAINT audit_events_key PRIMARY KEY (object_id, id)
) USING DELTA
