-- purpose: the platforms that messages can be about, retired ones too
-- params: limit BIGINT
-- reads: platforms
SELECT id, name, visibility, state
FROM platforms
ORDER BY position, id
LIMIT :limit
