-- purpose: the platforms that people can hear of
-- params: limit BIGINT
-- reads: platforms
SELECT id, name, visibility
FROM platforms
WHERE state = 'active'
ORDER BY position, id
LIMIT :limit
