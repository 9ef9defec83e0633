-- purpose: how many tickets of each state and platform a viewer may see, and of which sort
-- params: everything BOOLEAN, members_of ARRAY<STRING>, principals ARRAY<STRING>, staff_everywhere BOOLEAN, staff_on ARRAY<STRING>, kind STRING, open ARRAY<STRING>, person STRING, since TIMESTAMP, now TIMESTAMP
-- reads: tickets, ticket_tallies, platforms
SELECT
  t.kind, t.state, t.platform_id, t.team, count(*) AS tickets,
  count(
    CASE
      WHEN t.stopped_at IS NULL
        AND (
          t.due_at < coalesce(t.hold_since, :now)
          OR (coalesce(n.first_response_at, t.responded_at) IS NULL AND t.response_due_at < :now)
        )
      THEN 1
    END
  ) AS overdue,
  count(CASE WHEN t.hold_since IS NOT NULL THEN 1 END) AS on_hold,
  count(CASE WHEN t.assignee IS NULL THEN 1 END) AS unassigned,
  count(CASE WHEN t.assignee = :person THEN 1 END) AS mine,
  count(CASE WHEN t.requester = :person THEN 1 END) AS reported,
  count(CASE WHEN t.stopped_at >= :since THEN 1 END) AS ended_lately
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
    AND (array_contains(:open, t.state) OR t.stopped_at >= :since)
    AND t.merged_into IS NULL
GROUP BY t.kind, t.state, t.platform_id, t.team
LIMIT 100000
