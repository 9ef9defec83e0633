-- Who may do more than a signed-in user. state: active | revoked.
CREATE TABLE IF NOT EXISTS role_grants (
  id STRING NOT NULL,
  principal_type STRING NOT NULL COMMENT 'user | group',
  principal STRING NOT NULL,
  role STRING NOT NULL,
  platform_id STRING COMMENT 'NULL: everywhere',
  state STRING NOT NULL,
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT role_grants_key PRIMARY KEY (id)
) USING DELTA
