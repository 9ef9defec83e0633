-- purpose: one check, and what its platform lends it: who sees it, its calendar
-- params: id STRING
-- reads: status_checks, platforms
SELECT
  c.id, c.platform_id, c.name, c.source, c.target, c.mode, c.severity, c.every_s, c.warn_after_s, c.error_after_s, c.warn_above, c.error_above,
  c.warn_below, c.error_below, c.deadline, c.calendar, c.owner, c.runbook, c.state, c.version, p.visibility, p.calendar AS platform_calendar
FROM status_checks AS c
JOIN platforms AS p ON p.id = c.platform_id
WHERE c.id = :id
