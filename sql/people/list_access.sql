-- purpose: everything that decides what any person may do and see; grants first, so that a cut could only take rights away
-- params: limit BIGINT
-- reads: role_grants, user_platform_map, group_members
SELECT
  'grant' AS kind, id, principal_type, principal, role, platform_id, state, version, CAST(NULL AS TIMESTAMP) AS snapshot_at
FROM role_grants
WHERE state = 'active'
UNION ALL
SELECT 'ownership', id, principal_type, principal, NULL, platform_id, state, version, NULL
FROM user_platform_map
WHERE state = 'active'
UNION ALL
SELECT 'member', group_name, 'user', member, NULL, NULL, NULL, NULL, snapshot_at
FROM group_members
WHERE group_name IN (SELECT principal FROM role_grants WHERE principal_type = 'group' AND state = 'active')
   OR group_name IN (SELECT principal FROM user_platform_map WHERE principal_type = 'group' AND state = 'active')
ORDER BY kind
LIMIT :limit
