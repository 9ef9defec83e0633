-- purpose: make links or remove them, each only if it still has the version before
-- params: at TIMESTAMP, by STRING
-- rows: changed(id STRING, platform_id STRING, item_id STRING, ticket_id STRING, state STRING, version BIGINT)
-- writes: roadmap_links
MERGE INTO roadmap_links AS t
USING changed AS c
ON t.id = c.id
WHEN MATCHED AND t.version = c.version - 1 THEN UPDATE SET
  state = c.state, version = c.version, updated_at = :at, updated_by = :by
WHEN NOT MATCHED THEN INSERT (
  id, platform_id, item_id, ticket_id, state, version, created_at, created_by, updated_at, updated_by
) VALUES (c.id, c.platform_id, c.item_id, c.ticket_id, c.state, c.version, :at, :by, :at, :by)
