-- purpose: every check ever defined, the retired ones too
-- params: limit BIGINT
-- reads: status_checks
SELECT
  id, platform_id, name, source, target, mode, severity, every_s, warn_after_s, error_after_s, warn_above, error_above,
  warn_below, error_below, deadline, calendar, owner, runbook, state, version
FROM status_checks
ORDER BY id
LIMIT :limit
