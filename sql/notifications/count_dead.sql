-- purpose: how many deliveries were given up, and how many wait too long
-- params: late TIMESTAMP
-- reads: deliveries
SELECT count_if(state = 'dead') AS dead, count_if(state = 'pending' AND due_at < :late) AS late
FROM deliveries
