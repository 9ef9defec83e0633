-- A Teams channel or program that is told of what happens. state: active | paused | removed.
CREATE TABLE IF NOT EXISTS channels (
  id STRING NOT NULL,
  platform_id STRING COMMENT 'NULL: every platform that everybody may see',
  name STRING NOT NULL,
  type STRING NOT NULL COMMENT 'teams | webhook',
  kinds ARRAY<STRING> NOT NULL COMMENT 'incidents | improvements | requests | messages | status',
  url_variable STRING NOT NULL COMMENT 'environment variable that holds the address, which is a secret',
  secret_variable STRING COMMENT 'environment variable that holds the key of the signature',
  state STRING NOT NULL,
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT channels_key PRIMARY KEY (id)
) USING DELTA
