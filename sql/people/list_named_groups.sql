-- purpose: the groups that grants or platforms name: only their members matter
-- params: limit BIGINT
-- reads: role_grants, user_platform_map
SELECT principal
FROM role_grants
WHERE principal_type = 'group' AND state = 'active'
UNION
SELECT principal
FROM user_platform_map
WHERE principal_type = 'group' AND state = 'active'
ORDER BY principal
LIMIT :limit
