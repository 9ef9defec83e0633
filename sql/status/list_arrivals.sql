-- purpose: when new data arrived, per check: each distinct time its source told, the newest ones of each check
-- params: check_id STRING, since_day DATE, newest BIGINT, limit BIGINT
-- reads: status_results
SELECT check_id, source_event_at AS arrived_at
FROM status_results
WHERE day >= :since_day AND source_event_at IS NOT NULL AND (:check_id IS NULL OR check_id = :check_id)
GROUP BY check_id, source_event_at
QUALIFY row_number() OVER (PARTITION BY check_id ORDER BY source_event_at DESC) <= :newest
ORDER BY check_id, source_event_at
LIMIT :limit
