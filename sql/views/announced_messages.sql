-- purpose: messages that were published and not withdrawn, with those who do not want to see their present text any more
-- reads: status_messages, message_dismissals
CREATE OR REPLACE VIEW announced_messages AS
SELECT
  m.ends_at,
  struct(
    m.id, m.kind, m.severity, m.title, m.body, m.platform_ids, m.starts_at, m.ends_at, m.zone, m.pinned, m.dismissible, m.state,
    m.reason, m.revision, m.version, m.created_at, m.created_by, m.updated_at, m.updated_by, d.dismissed_by
  ) AS message
FROM status_messages AS m
LEFT JOIN (
  SELECT message_id, revision, collect_list(person) AS dismissed_by
  FROM message_dismissals
  GROUP BY message_id, revision
) AS d ON d.message_id = m.id AND d.revision = coalesce(m.revision, 1)
WHERE m.state IN ('scheduled', 'published', 'expired')
