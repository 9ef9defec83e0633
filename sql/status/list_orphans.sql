-- purpose: integrity report: rows that name a platform or a check that is not there
-- params: limit BIGINT
-- reads: platforms, status_checks, status_current, status_bands, status_transitions, status_results, status_rollups, role_grants, user_platform_map
SELECT o.held_by, o.missing, count(*) AS number
FROM (
  SELECT 'status_checks' AS held_by, 'platform' AS kind, platform_id AS missing FROM status_checks
  UNION ALL
  SELECT 'status_rollups', 'platform', platform_id FROM status_rollups
  UNION ALL
  SELECT 'role_grants', 'platform', platform_id FROM role_grants WHERE state = 'active'
  UNION ALL
  SELECT 'user_platform_map', 'platform', platform_id FROM user_platform_map WHERE state = 'active'
  UNION ALL
  SELECT 'status_current', 'check', check_id FROM status_current
  UNION ALL
  SELECT 'status_bands', 'check', check_id FROM status_bands
  UNION ALL
  SELECT 'status_transitions', 'check', check_id FROM status_transitions
  UNION ALL
  SELECT 'status_results', 'check', check_id FROM status_results
) AS o
LEFT JOIN (
  SELECT 'platform' AS kind, id FROM platforms
  UNION ALL
  SELECT 'check', id FROM status_checks
) AS k ON k.kind = o.kind AND k.id = o.missing
WHERE k.id IS NULL AND o.missing IS NOT NULL
GROUP BY o.held_by, o.missing
ORDER BY o.held_by, o.missing
LIMIT :limit
