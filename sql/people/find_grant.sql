-- purpose: one grant, the revoked ones too
-- params: id STRING
-- reads: role_grants
SELECT id, principal_type, principal, role, platform_id, state, version
FROM role_grants
WHERE id = :id
