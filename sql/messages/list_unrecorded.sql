-- purpose: messages whose last change the trail does not know: somebody was killed in between
-- params: since TIMESTAMP, limit BIGINT
-- reads: status_messages, audit_events
SELECT
  m.id, m.platform_id, m.kind, m.severity, m.title, m.body, m.platform_ids, m.starts_at, m.ends_at, m.state,
  m.version, m.created_at, m.created_by, m.updated_at, m.updated_by, m.zone, m.pinned, m.dismissible, m.reason,
  m.revision, m.event
FROM status_messages AS m
WHERE m.updated_at >= :since
  AND m.event IS NOT NULL
  AND NOT EXISTS (
    SELECT 1
    FROM audit_events AS e
    WHERE e.at >= :since AND e.object_type = 'message' AND e.object_id = m.id AND e.id = m.id || ':' || CAST(m.version AS STRING)
  )
ORDER BY m.id
LIMIT :limit
