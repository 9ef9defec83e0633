-- purpose: one check's newest observations with their evidence
-- params: check_id STRING, since_day DATE, limit BIGINT
-- reads: status_results
SELECT observed_at, state, value, source_event_at, message, evidence, source, check_version
FROM status_results
WHERE day >= :since_day AND check_id = :check_id
ORDER BY observed_at DESC
LIMIT :limit
