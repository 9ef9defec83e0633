-- purpose: items whose last change the trail does not know
-- params: since TIMESTAMP, limit BIGINT
-- reads: roadmap_items, audit_events
SELECT i.id
FROM roadmap_items AS i
WHERE i.updated_at >= :since
  AND NOT EXISTS (
    SELECT 1
    FROM audit_events AS e
    WHERE e.object_id = i.id AND e.id = i.id || ':' || CAST(i.version AS STRING)
  )
ORDER BY i.updated_at, i.id
LIMIT :limit
