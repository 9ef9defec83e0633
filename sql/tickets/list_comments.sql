-- purpose: every version of a ticket's comments, oldest first; internal ones only for staff
-- params: ticket_id STRING, internal BOOLEAN, limit BIGINT
-- reads: comments
SELECT
  id, ticket_id, platform_id, body, internal, by_staff, state, reason, edited, version, created_at, created_by, updated_at,
  updated_by
FROM comments
WHERE ticket_id = :ticket_id AND (:internal OR NOT internal)
ORDER BY created_at, id, version
LIMIT :limit
