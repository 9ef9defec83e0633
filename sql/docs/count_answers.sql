-- purpose: how many people each page of the documentation has helped
-- params: action STRING, limit BIGINT
-- reads: audit_events
SELECT object_id AS path, COUNT(DISTINCT actor) AS people
FROM audit_events
WHERE object_type = 'page' AND action = :action
GROUP BY object_id
ORDER BY people DESC, path
LIMIT :limit
