-- purpose: which deliveries a run has got
-- params: by STRING, limit BIGINT
-- reads: deliveries
SELECT id, version
FROM deliveries
WHERE state = 'pending' AND claimed_by = :by
ORDER BY id
LIMIT :limit
