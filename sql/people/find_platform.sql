-- purpose: whether there is such a platform
-- params: id STRING
-- reads: platforms
SELECT id
FROM platforms
WHERE id = :id AND state = 'active'
