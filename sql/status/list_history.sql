-- purpose: one check's measured values in even buckets of time
-- params: check_id STRING, since TIMESTAMP, since_day DATE, bucket_s BIGINT, limit BIGINT
-- reads: status_results
SELECT
  max(observed_at) AS at, min(value) AS low, max(value) AS high, max_by(value, observed_at) AS value,
  max_by(state, observed_at) AS state
FROM status_results
WHERE day >= :since_day AND observed_at >= :since AND check_id = :check_id AND value IS NOT NULL
GROUP BY CAST(floor(timestampdiff(SECOND, :since, observed_at) / nullif(:bucket_s, 0)) AS BIGINT)
ORDER BY 1
LIMIT :limit
