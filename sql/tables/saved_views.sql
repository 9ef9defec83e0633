-- A list of tickets under a name: the query of its address.
CREATE TABLE IF NOT EXISTS saved_views (
  id STRING NOT NULL,
  platform_id STRING,
  kind STRING NOT NULL,
  name STRING NOT NULL,
  query STRING NOT NULL,
  owner STRING NOT NULL,
  shared BOOLEAN NOT NULL,
  state STRING NOT NULL COMMENT 'active | removed',
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT saved_views_key PRIMARY KEY (id)
) USING DELTA
