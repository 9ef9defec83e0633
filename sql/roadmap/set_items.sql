-- purpose: give items their next version, each only if it still has the version before
-- rows: changed(id STRING, platform_id STRING, theme STRING, title STRING, description STRING, state STRING, horizon STRING, quarter STRING, owner STRING, note STRING, shipped_at TIMESTAMP, event STRING, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING)
-- writes: roadmap_items
MERGE INTO roadmap_items AS t
USING changed AS c
ON t.id = c.id AND t.version = c.version - 1
WHEN MATCHED THEN UPDATE SET
  platform_id = c.platform_id, theme = c.theme, title = c.title, description = c.description, state = c.state,
  horizon = c.horizon, quarter = c.quarter, owner = c.owner, note = c.note, shipped_at = c.shipped_at,
  event = c.event, version = c.version, updated_at = c.updated_at, updated_by = c.updated_by
