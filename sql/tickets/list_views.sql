-- purpose: the views of somebody, and those that are shared
-- params: kind STRING, owner STRING, limit BIGINT
-- reads: saved_views
SELECT id, kind, name, query, owner, shared, version
FROM saved_views
WHERE state = 'active' AND kind = :kind AND (shared OR owner = :owner)
ORDER BY shared, name, id
LIMIT :limit
