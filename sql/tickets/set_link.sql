-- purpose: make, remove or renew one link
-- params: id STRING, platform_id STRING, kind STRING, from_id STRING, to_id STRING, state STRING, at TIMESTAMP, by STRING
-- writes: ticket_links
MERGE INTO ticket_links AS t
USING (SELECT :id AS id, :state AS state) AS s
ON t.id = s.id
WHEN MATCHED AND t.state <> s.state THEN UPDATE SET
  state = s.state, version = t.version + 1, updated_at = :at, updated_by = :by
WHEN NOT MATCHED THEN INSERT (
  id, platform_id, kind, from_id, to_id, state, version, created_at, created_by, updated_at, updated_by
) VALUES (:id, :platform_id, :kind, :from_id, :to_id, :state, 1, :at, :by, :at, :by)
