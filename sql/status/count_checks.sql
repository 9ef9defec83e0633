-- purpose: a small question to which a store that works has an answer
-- reads: status_checks
SELECT count(*) AS checks
FROM status_checks
WHERE state = 'active'
