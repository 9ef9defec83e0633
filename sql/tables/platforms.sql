-- What people name: a workspace, a report family, a gateway. state: active | retired.
CREATE TABLE IF NOT EXISTS platforms (
  id STRING NOT NULL,
  platform_id STRING NOT NULL,
  name STRING NOT NULL,
  kind STRING NOT NULL,
  owner STRING,
  contact STRING,
  criticality INT NOT NULL,
  depends_on ARRAY<STRING>,
  visibility STRING NOT NULL,
  calendar STRING,
  position INT NOT NULL,
  slo DOUBLE NOT NULL,
  state STRING NOT NULL,
  version BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  created_by STRING NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING NOT NULL,
  CONSTRAINT platforms_key PRIMARY KEY (id)
) USING DELTA
