-- purpose: change, revoke or renew a grant from the version before; never the last admin's, even if two admins race
-- params: id STRING, role STRING, state STRING, version BIGINT, may_be_last BOOLEAN, at TIMESTAMP, by STRING
-- writes: role_grants
UPDATE role_grants
SET role = :role, state = :state, version = version + 1, updated_at = :at, updated_by = :by
WHERE id = :id
  AND version = :version
  AND (
    :may_be_last
    OR EXISTS (
      SELECT 1
      FROM role_grants AS other
      WHERE other.id <> :id AND other.role = 'admin' AND other.platform_id IS NULL AND other.state = 'active'
    )
  )
