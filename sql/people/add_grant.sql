-- purpose: a grant that was never given before
-- params: id STRING, principal_type STRING, principal STRING, role STRING, platform_id STRING, at TIMESTAMP, by STRING
-- writes: role_grants
INSERT INTO role_grants (
  id, principal_type, principal, role, platform_id, state, version, created_at, created_by, updated_at, updated_by
)
SELECT :id, :principal_type, :principal, :role, :platform_id, 'active', 1, :at, :by, :at, :by
WHERE NOT EXISTS (SELECT 1 FROM role_grants WHERE id = :id)
