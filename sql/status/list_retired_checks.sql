-- purpose: the checks that were retired together with their platform
-- params: platform_id STRING, limit BIGINT
-- reads: status_checks, platforms
SELECT
  c.id, c.platform_id, c.name, c.source, c.target, c.mode, c.severity, c.every_s, c.warn_after_s, c.error_after_s, c.warn_above, c.error_above,
  c.warn_below, c.error_below, c.deadline, c.calendar, c.owner, c.runbook, c.state, c.version
FROM status_checks AS c
JOIN platforms AS p ON p.id = c.platform_id
WHERE p.id = :platform_id AND c.state = 'retired' AND c.updated_at = p.updated_at
ORDER BY c.id
LIMIT :limit
