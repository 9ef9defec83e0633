-- purpose: all that was seen of one check since a moment, oldest first
-- params: check_id STRING, since TIMESTAMP, since_day DATE, limit BIGINT
-- reads: status_results
SELECT observed_at, state, value, source_event_at
FROM status_results
WHERE day >= :since_day AND observed_at >= :since AND check_id = :check_id
ORDER BY observed_at
LIMIT :limit
