-- purpose: each source that active checks rely on with its three newest runs, newest first; without any, one row
-- params: since DATE, limit BIGINT
-- reads: ingestion_runs, platforms, status_checks
SELECT s.source, s.every_s, s.set_up_at, r.state, r.error, r.finished_at, r.next_due_at
FROM (
  SELECT c.source, min(c.every_s) AS every_s, min(c.updated_at) AS set_up_at
  FROM status_checks AS c
  JOIN platforms AS p ON p.id = c.platform_id AND p.state = 'active'
  WHERE c.state = 'active'
  GROUP BY c.source
) AS s
LEFT JOIN (
  SELECT source, state, error, started_at, finished_at, next_due_at
  FROM ingestion_runs
  WHERE day >= :since
  QUALIFY row_number() OVER (PARTITION BY source ORDER BY started_at DESC) <= 3
) AS r ON r.source = s.source
ORDER BY s.source, r.started_at DESC
LIMIT :limit
