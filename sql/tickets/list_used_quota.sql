-- purpose: what somebody asked for since a time, by template; what was declined, cancelled or expired does not count
-- params: requester STRING, kind STRING, since TIMESTAMP, ended ARRAY<STRING>, limit BIGINT
-- reads: tickets
SELECT template, count(*) AS requests, coalesce(sum(cost), 0.0) AS cost
FROM tickets
WHERE kind = :kind AND requester = :requester AND created_at >= :since AND NOT array_contains(:ended, state)
GROUP BY template
ORDER BY template
LIMIT :limit
