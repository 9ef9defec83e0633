-- purpose: the three newest runs of each source that active checks rely on, newest first
-- params: since DATE, limit BIGINT
-- reads: ingestion_runs, status_checks
SELECT r.source, r.state, r.error, r.finished_at, r.next_due_at
FROM ingestion_runs AS r
LEFT SEMI JOIN status_checks AS c ON c.source = r.source AND c.state = 'active'
WHERE r.day >= :since
QUALIFY row_number() OVER (PARTITION BY r.source ORDER BY r.started_at DESC) <= 3
ORDER BY r.source, r.started_at DESC
LIMIT :limit
