-- purpose: make a channel (from version 0), or change it from the version before
-- params: id STRING, platform_id STRING, name STRING, type STRING, kinds ARRAY<STRING>, url_variable STRING, secret_variable STRING, state STRING, version BIGINT, at TIMESTAMP, by STRING
-- writes: channels
MERGE INTO channels AS t
USING (SELECT :id AS id, :version AS version) AS s
ON t.id = s.id
WHEN MATCHED AND t.version = s.version THEN UPDATE SET
  platform_id = :platform_id, name = :name, type = :type, kinds = :kinds, url_variable = :url_variable,
  secret_variable = :secret_variable, state = :state, version = t.version + 1, updated_at = :at, updated_by = :by
WHEN NOT MATCHED AND s.version = 0 THEN INSERT (
  id, platform_id, name, type, kinds, url_variable, secret_variable, state, version, created_at, created_by, updated_at, updated_by
) VALUES (
  :id, :platform_id, :name, :type, :kinds, :url_variable, :secret_variable, :state, 1, :at, :by, :at, :by
)
