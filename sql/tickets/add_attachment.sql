-- purpose: add a file to a ticket, once however often it is sent, five at most
-- params: id STRING, ticket_id STRING, platform_id STRING, comment_id STRING, name STRING, media_type STRING, size BIGINT, sha256 STRING, path STRING, internal BOOLEAN, at TIMESTAMP, by STRING, most BIGINT
-- writes: attachments
INSERT INTO attachments (
  id, ticket_id, platform_id, comment_id, name, media_type, size, sha256, path, internal, state, version, created_at,
  created_by, updated_at, updated_by
)
SELECT
  :id, :ticket_id, :platform_id, :comment_id, :name, :media_type, :size, :sha256, :path, :internal, 'kept', 1, :at, :by,
  :at, :by
WHERE NOT EXISTS (SELECT 1 FROM attachments AS known WHERE known.ticket_id = :ticket_id AND known.id = :id)
  AND (
    SELECT count(*)
    FROM attachments AS others
    WHERE others.ticket_id = :ticket_id AND others.state = 'kept'
      AND coalesce(others.comment_id, '') = coalesce(:comment_id, '')
  ) < :most
