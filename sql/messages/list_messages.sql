-- purpose: messages in these states that somebody may know of, newest first; `ended_by` asks for those that are over
-- params: states ARRAY<STRING>, ended_by TIMESTAMP, word_1 STRING, word_2 STRING, word_3 STRING, everything BOOLEAN, members_of ARRAY<STRING>, limit BIGINT
-- reads: status_messages, platforms
SELECT
  m.id, m.kind, m.severity, m.title, m.body, m.platform_ids, m.starts_at, m.ends_at, m.state, m.version,
  m.created_at, m.created_by, m.updated_at, m.updated_by, m.zone, m.pinned, m.dismissible, m.reason, m.revision
FROM status_messages AS m
WHERE array_contains(:states, m.state)
  AND (:ended_by IS NULL OR m.state = 'withdrawn' OR m.ends_at <= :ended_by)
  AND contains(lower(m.title || ' ' || m.body), :word_1)
  AND contains(lower(m.title || ' ' || m.body), :word_2)
  AND contains(lower(m.title || ' ' || m.body), :word_3)
  AND (
    :everything
    OR coalesce(size(m.platform_ids), 0) = 0
    OR EXISTS (
      SELECT 1
      FROM platforms AS p
      WHERE array_contains(m.platform_ids, p.id) AND (p.visibility = 'everyone' OR array_contains(:members_of, p.id))
    )
  )
ORDER BY coalesce(m.ends_at, m.updated_at) DESC, m.id
LIMIT :limit
