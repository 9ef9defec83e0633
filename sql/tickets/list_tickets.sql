-- purpose: tickets that a viewer may see, in the order asked for, after a cursor
-- params: everything BOOLEAN, members_of ARRAY<STRING>, principals ARRAY<STRING>, staff_everywhere BOOLEAN, staff_on ARRAY<STRING>, kind STRING, states ARRAY<STRING>, platforms ARRAY<STRING>, priorities ARRAY<STRING>, assignee STRING, unassigned BOOLEAN, team STRING, requester STRING, asset STRING, on_hold BOOLEAN, ids ARRAY<STRING>, ended_since TIMESTAMP, overdue BOOLEAN, word_1 STRING, word_2 STRING, word_3 STRING, sort STRING, now TIMESTAMP, epoch TIMESTAMP, after BIGINT, after_id STRING, limit BIGINT
-- reads: tickets, ticket_tallies, platforms
WITH shown AS (
  SELECT
    t.id, t.key, t.kind, t.platform_id, t.state, t.title, t.excerpt, t.asset, t.template, t.impact, t.urgency, t.priority, t.requester, t.assignee, t.team, t.hold_reason,
    t.hold_until, t.hold_since, t.held_s, t.reason, t.response_target_s, t.target_s, t.always, t.responded_at, t.response_due_at, t.due_at, t.stopped_at, t.breached, t.next_update_at, t.reopened,
    t.merged_into, t.sensitive, t.restricted, t.readers, t.hidden, t.source, t.cost, t.work_item, t.version, t.created_at, t.created_by, t.updated_at, t.updated_by,
    n.votes, n.comments, n.first_response_at, n.last_comment_at, t.fields, coalesce(p.visibility, CASE WHEN t.platform_id IS NULL THEN 'everyone' ELSE 'members' END) AS visibility,
    CASE WHEN :word_1 = '' THEN '' ELSE lower(concat_ws(' ', t.key, t.title, t.excerpt, t.requester, t.assignee)) END AS words,
    CASE :sort
      WHEN 'votes' THEN -coalesce(n.votes, 0)
      WHEN 'priority' THEN coalesce(t.priority, 9)
      WHEN 'created' THEN -timestampdiff(SECOND, :epoch, t.created_at)
      WHEN 'due' THEN
        CASE
          WHEN t.stopped_at IS NOT NULL THEN 9000000000
          WHEN coalesce(n.first_response_at, t.responded_at) IS NULL AND t.response_due_at <= coalesce(t.due_at, t.response_due_at)
            THEN timestampdiff(SECOND, :epoch, t.response_due_at)
          WHEN t.hold_since < t.due_at THEN 8000000000
          ELSE coalesce(timestampdiff(SECOND, :epoch, t.due_at), 7000000000)
        END
      ELSE -timestampdiff(SECOND, :epoch, greatest(t.updated_at, coalesce(n.last_comment_at, t.updated_at)))
    END AS place
  FROM tickets AS t
  LEFT JOIN ticket_tallies AS n ON n.bucket = t.bucket AND n.ticket_id = t.id
  LEFT JOIN platforms AS p ON p.id = t.platform_id
  WHERE (t.platform_id IS NULL OR :everything OR coalesce(p.visibility, 'members') = 'everyone' OR array_contains(:members_of, t.platform_id))
    AND (
      (NOT t.hidden AND (NOT t.restricted OR arrays_overlap(t.readers, :principals)))
      OR :staff_everywhere
      OR array_contains(:staff_on, t.platform_id)
    )
    AND (:kind IS NULL OR t.kind = :kind)
    AND (:states IS NULL OR array_contains(CAST(:states AS ARRAY<STRING>), t.state))
    AND (:platforms IS NULL OR array_contains(CAST(:platforms AS ARRAY<STRING>), t.platform_id))
    AND (:priorities IS NULL OR array_contains(CAST(:priorities AS ARRAY<STRING>), CAST(t.priority AS STRING)))
    AND (:assignee IS NULL OR t.assignee = :assignee) AND (NOT :unassigned OR t.assignee IS NULL)
    AND (:team IS NULL OR t.team = :team) AND (:requester IS NULL OR t.requester = :requester)
    AND (:asset IS NULL OR t.asset = :asset) AND (NOT :on_hold OR t.hold_since IS NOT NULL)
    AND (:ids IS NULL OR array_contains(CAST(:ids AS ARRAY<STRING>), t.id)) AND (:ended_since IS NULL OR t.stopped_at >= :ended_since)
    AND (:ids IS NOT NULL OR t.merged_into IS NULL)
    AND (
      NOT :overdue
      OR t.stopped_at IS NULL
        AND (
          t.due_at < coalesce(t.hold_since, :now)
          OR (coalesce(n.first_response_at, t.responded_at) IS NULL AND t.response_due_at < :now)
        )
    )
)
SELECT
  id, key, kind, platform_id, state, title, excerpt, asset, template, impact, urgency, priority, requester, assignee, team, hold_reason, hold_until, hold_since, held_s,
  reason, response_target_s, target_s, always, responded_at, response_due_at, due_at, stopped_at, breached, next_update_at, reopened, merged_into, sensitive, restricted, readers, hidden,
  source, cost, work_item, version, created_at, created_by, updated_at, updated_by, votes, comments, first_response_at, last_comment_at, fields, visibility, place
FROM shown
WHERE (:after IS NULL OR place > :after OR (place = :after AND id > :after_id))
  AND contains(words, :word_1) AND contains(words, :word_2) AND contains(words, :word_3)
ORDER BY place, id
LIMIT :limit
