-- purpose: the items of the roadmap, or one of them, with whether their platform is for members only
-- params: id STRING, limit BIGINT
-- reads: roadmap_items, platforms
SELECT
  i.id, i.platform_id, i.theme, i.title, i.description, i.state, i.horizon, i.quarter, i.owner, i.note, i.shipped_at,
  i.event, i.version, i.created_at, i.created_by, i.updated_at, i.updated_by,
  coalesce(p.visibility, CASE WHEN i.platform_id IS NULL THEN 'everyone' ELSE 'members' END) AS visibility
FROM roadmap_items AS i
LEFT JOIN platforms AS p ON p.id = i.platform_id
WHERE :id IS NULL OR i.id = :id
ORDER BY i.created_at DESC, i.id
LIMIT :limit
