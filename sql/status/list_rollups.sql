-- purpose: the days of all components of a type (or of one) since a day
-- params: component_type STRING, component_id STRING, since DATE, limit BIGINT
-- reads: status_rollups
SELECT
  component_id, day, operational_ms, late_ms, degraded_ms, partial_outage_ms, major_outage_ms, maintenance_ms, unknown_ms,
  planned_outage_ms, updated_at
FROM status_rollups
WHERE week >= CAST(trunc(:since, 'WEEK') AS DATE)
  AND day >= :since
  AND component_type = :component_type
  AND (:component_id IS NULL OR component_id = :component_id)
LIMIT :limit
