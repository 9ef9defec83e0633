-- What somebody wants to hear of, and how. state: active | removed (as if never chosen).
CREATE TABLE IF NOT EXISTS subscriptions (
  id STRING NOT NULL COMMENT 'person, platform and kind: one choice for each',
  platform_id STRING COMMENT 'NULL: all platforms',
  person STRING NOT NULL,
  kind STRING NOT NULL COMMENT 'incidents | improvements | requests | messages | status',
  how STRING NOT NULL COMMENT 'followed | now | daily | none',
  state STRING NOT NULL,
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT subscriptions_key PRIMARY KEY (id)
) USING DELTA
