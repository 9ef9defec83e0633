-- purpose: how each channel fares lately: what waits, what was delivered, what failed last, and what became of the last test
-- params: since DATE, limit BIGINT
-- reads: deliveries
SELECT
  target AS channel_id, count_if(state = 'pending') AS waiting, count_if(state = 'dead') AS dead, max(sent_at) AS sent_at,
  max(CASE WHEN last_error IS NOT NULL AND state IN ('pending', 'dead') THEN updated_at END) AS failed_at,
  max_by(last_error, CASE WHEN last_error IS NOT NULL AND state IN ('pending', 'dead') THEN updated_at END) AS error,
  max(CASE WHEN object_type = 'channel' THEN created_at END) AS test_at,
  max_by(state, CASE WHEN object_type = 'channel' THEN created_at END) AS test_state,
  max_by(coalesce(last_error, ''), CASE WHEN object_type = 'channel' THEN created_at END) AS test_error
FROM deliveries
WHERE day >= :since AND channel <> 'mail'
GROUP BY target
ORDER BY target
LIMIT :limit
