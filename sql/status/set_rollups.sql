-- purpose: write the roll-ups of some days, new or again
-- rows: days(component_type STRING, component_id STRING, platform_id STRING, day DATE, operational_ms BIGINT, late_ms BIGINT, degraded_ms BIGINT, partial_outage_ms BIGINT, major_outage_ms BIGINT, maintenance_ms BIGINT, unknown_ms BIGINT, planned_outage_ms BIGINT, updated_at TIMESTAMP)
-- writes: status_rollups
MERGE INTO status_rollups AS t
USING days AS s
ON t.week = CAST(trunc(s.day, 'WEEK') AS DATE) AND t.day = s.day
  AND t.component_type = s.component_type AND t.component_id = s.component_id
WHEN MATCHED THEN UPDATE SET
  platform_id = s.platform_id,
  operational_ms = s.operational_ms, late_ms = s.late_ms, degraded_ms = s.degraded_ms,
  partial_outage_ms = s.partial_outage_ms, major_outage_ms = s.major_outage_ms, maintenance_ms = s.maintenance_ms,
  unknown_ms = s.unknown_ms, planned_outage_ms = s.planned_outage_ms, updated_at = s.updated_at
WHEN NOT MATCHED THEN INSERT (
  component_type, component_id, platform_id, week, day, operational_ms, late_ms, degraded_ms, partial_outage_ms,
  major_outage_ms, maintenance_ms, unknown_ms, planned_outage_ms, updated_at
) VALUES (
  s.component_type, s.component_id, s.platform_id, CAST(trunc(s.day, 'WEEK') AS DATE), s.day,
  s.operational_ms, s.late_ms, s.degraded_ms, s.partial_outage_ms,
  s.major_outage_ms, s.maintenance_ms, s.unknown_ms, s.planned_outage_ms, s.updated_at
)
