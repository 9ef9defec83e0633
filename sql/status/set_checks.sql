-- purpose: add checks, or change each from the version before it
-- params: at TIMESTAMP, by STRING
-- rows: wanted(id STRING, platform_id STRING, name STRING, source STRING, target STRING, mode STRING, severity STRING, every_s BIGINT, warn_after_s BIGINT, error_after_s BIGINT, warn_above DOUBLE, error_above DOUBLE, warn_below DOUBLE, error_below DOUBLE, deadline STRING, calendar STRING, owner STRING, runbook STRING, state STRING, version BIGINT)
-- writes: status_checks
MERGE INTO status_checks AS t
USING wanted AS s
ON t.id = s.id
WHEN MATCHED AND t.version = s.version - 1 THEN UPDATE SET
  platform_id = s.platform_id, name = s.name, source = s.source, target = s.target, mode = s.mode, severity = s.severity,
  every_s = s.every_s, warn_after_s = s.warn_after_s, error_after_s = s.error_after_s, warn_above = s.warn_above,
  error_above = s.error_above, warn_below = s.warn_below, error_below = s.error_below, deadline = s.deadline,
  calendar = s.calendar, owner = s.owner, runbook = s.runbook, state = s.state, version = s.version, updated_at = :at,
  updated_by = :by
WHEN NOT MATCHED THEN INSERT (
  id, platform_id, name, source, target, mode, severity, every_s, warn_after_s, error_after_s, warn_above, error_above,
  warn_below, error_below, deadline, calendar, owner, runbook, state, version, created_at, created_by, updated_at,
  updated_by
) VALUES (
  s.id, s.platform_id, s.name, s.source, s.target, s.mode, s.severity, s.every_s, s.warn_after_s, s.error_after_s,
  s.warn_above, s.error_above, s.warn_below, s.error_below, s.deadline, s.calendar, s.owner, s.runbook, s.state, s.version,
  :at, :by, :at, :by
)
