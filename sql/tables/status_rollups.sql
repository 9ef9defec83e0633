-- Milliseconds per state, per platform or check and page-zone day; kept for ever, additive.
-- The seven *_ms columns exclude each other and sum up to the time covered.
CREATE TABLE IF NOT EXISTS status_rollups (
  component_type STRING NOT NULL COMMENT 'platform | check',
  component_id STRING NOT NULL,
  platform_id STRING NOT NULL,
  week DATE NOT NULL COMMENT 'the Monday of the week of day: few files to read for a quarter, few rows to write for a day',
  day DATE NOT NULL COMMENT 'day in the page time zone',
  operational_ms BIGINT NOT NULL,
  late_ms BIGINT NOT NULL,
  degraded_ms BIGINT NOT NULL,
  partial_outage_ms BIGINT NOT NULL,
  major_outage_ms BIGINT NOT NULL,
  maintenance_ms BIGINT NOT NULL COMMENT 'announced windows, whatever happened underneath',
  unknown_ms BIGINT NOT NULL,
  planned_outage_ms BIGINT NOT NULL COMMENT 'the part of maintenance_ms with an outage underneath',
  updated_at TIMESTAMP NOT NULL,
  CONSTRAINT status_rollups_key PRIMARY KEY (component_type, component_id, day)
) USING DELTA
PARTITIONED BY (week)
