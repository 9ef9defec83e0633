-- Whose platform is whose: what comes first for a person, and who sees a `members` platform. state: active | removed.
CREATE TABLE IF NOT EXISTS user_platform_map (
  id STRING NOT NULL,
  principal_type STRING NOT NULL COMMENT 'user | group',
  principal STRING NOT NULL,
  platform_id STRING NOT NULL,
  state STRING NOT NULL,
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT user_platform_map_key PRIMARY KEY (id),
  CONSTRAINT user_platform_map_platform FOREIGN KEY (platform_id) REFERENCES platforms
) USING DELTA
