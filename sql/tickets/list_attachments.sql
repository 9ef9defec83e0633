-- purpose: the files of a ticket; internal ones only for staff
-- params: ticket_id STRING, internal BOOLEAN, limit BIGINT
-- reads: attachments
SELECT id, ticket_id, comment_id, name, media_type, size, path, internal, created_at, created_by
FROM attachments
WHERE ticket_id = :ticket_id AND state = 'kept' AND (:internal OR NOT internal)
ORDER BY created_at, id
LIMIT :limit
