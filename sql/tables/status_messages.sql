-- Banners and maintenance windows. state: draft | scheduled | published | expired | withdrawn.
CREATE TABLE IF NOT EXISTS status_messages (
  id STRING NOT NULL,
  platform_id STRING COMMENT 'NULL: several or all; see platform_ids',
  kind STRING NOT NULL COMMENT 'announcement | incident | maintenance | release',
  severity STRING NOT NULL,
  title STRING NOT NULL,
  body STRING NOT NULL,
  platform_ids ARRAY<STRING> NOT NULL,
  starts_at TIMESTAMP,
  ends_at TIMESTAMP,
  state STRING NOT NULL,
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT status_messages_key PRIMARY KEY (id)
) USING DELTA
