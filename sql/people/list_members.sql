-- purpose: the snapshot of the directory's groups
-- params: limit BIGINT
-- reads: group_members
SELECT group_name, member
FROM group_members
ORDER BY group_name, member
LIMIT :limit
