-- purpose: the platforms that tickets can be about
-- params: limit BIGINT
-- reads: platforms
SELECT id, name, owner, visibility
FROM platforms
WHERE state = 'active'
ORDER BY position, id
LIMIT :limit
