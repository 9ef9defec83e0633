-- purpose: what people were told by mail of late, or are about to be told
-- params: day DATE, since TIMESTAMP, until TIMESTAMP, limit BIGINT
-- reads: deliveries
SELECT
  target, thread, max(sent_at) AS sent_at,
  min(CASE WHEN state = 'pending' AND attempts = 0 AND due_at BETWEEN :since AND :until THEN due_at END) AS due_at
FROM deliveries
WHERE channel = 'mail' AND day >= :day
  AND (sent_at >= :since OR (state = 'pending' AND attempts = 0 AND due_at BETWEEN :since AND :until))
GROUP BY target, thread
ORDER BY target, thread
LIMIT :limit
