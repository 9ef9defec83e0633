-- purpose: which improvements belong to which items, or to one of them, with those that did once
-- params: item_id STRING, limit BIGINT
-- reads: roadmap_links
SELECT item_id, ticket_id, state, version
FROM roadmap_links
WHERE :item_id IS NULL OR item_id = :item_id
ORDER BY created_at, id
LIMIT :limit
