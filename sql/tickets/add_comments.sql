-- purpose: add versions of comments, each once however often it is sent
-- rows: written(id STRING, ticket_id STRING, platform_id STRING, body STRING, internal BOOLEAN, by_staff BOOLEAN, state STRING, reason STRING, edited BOOLEAN, version BIGINT, created_at TIMESTAMP, created_by STRING, updated_at TIMESTAMP, updated_by STRING)
-- writes: comments
INSERT INTO comments (
  id, ticket_id, platform_id, body, internal, by_staff, state, reason, edited, version, created_at, created_by,
  updated_at, updated_by
)
SELECT
  w.id, w.ticket_id, w.platform_id, w.body, w.internal, w.by_staff, w.state, w.reason, w.edited, w.version, w.created_at,
  w.created_by, w.updated_at, w.updated_by
FROM written AS w
WHERE NOT EXISTS (
  SELECT 1
  FROM comments AS known
  WHERE known.ticket_id IN (SELECT ticket_id FROM written)
    AND known.ticket_id = w.ticket_id
    AND known.id = w.id
    AND known.version >= w.version
)
