-- purpose: add items, each once however often it is sent
-- rows: new(id STRING, platform_id STRING, theme STRING, title STRING, description STRING, state STRING, horizon STRING, quarter STRING, owner STRING, note STRING, shipped_at TIMESTAMP, event STRING, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING)
-- writes: roadmap_items
INSERT INTO roadmap_items (
  id, platform_id, theme, title, description, state, horizon, quarter, owner, note, shipped_at, event, version,
  created_at, created_by, updated_at, updated_by
)
SELECT
  n.id, n.platform_id, n.theme, n.title, n.description, n.state, n.horizon, n.quarter, n.owner, n.note, n.shipped_at,
  n.event, n.version, n.created_at, n.created_by, n.updated_at, n.updated_by
FROM new AS n
WHERE NOT EXISTS (SELECT 1 FROM roadmap_items AS known WHERE known.id = n.id)
