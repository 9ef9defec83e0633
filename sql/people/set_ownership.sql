-- purpose: say that a platform is a person's or a group's own, or no longer is; nothing is written when it is so already
-- params: id STRING, principal_type STRING, principal STRING, platform_id STRING, state STRING, at TIMESTAMP, by STRING
-- writes: user_platform_map
MERGE INTO user_platform_map AS t
USING (
  SELECT :id AS id, :principal_type AS principal_type, :principal AS principal, :platform_id AS platform_id, :state AS state
) AS s
ON t.id = s.id
WHEN MATCHED AND t.state <> s.state THEN UPDATE SET
  state = s.state, version = t.version + 1, updated_at = :at, updated_by = :by
WHEN NOT MATCHED AND s.state = 'active' THEN INSERT (
  id, principal_type, principal, platform_id, state, version, created_at, created_by, updated_at, updated_by
) VALUES (
  s.id, s.principal_type, s.principal, s.platform_id, s.state, 1, :at, :by, :at, :by
)
