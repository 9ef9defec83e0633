-- purpose: who watches or votes for these tickets and what was merged into them, with the newest wish of each person
-- params: ticket_ids ARRAY<STRING>, limit BIGINT
-- reads: tickets, watchers, votes
WITH parts AS (
  SELECT id, id AS ticket_id FROM tickets WHERE array_contains(:ticket_ids, id)
  UNION ALL
  SELECT id, merged_into AS ticket_id FROM tickets WHERE array_contains(:ticket_ids, merged_into)
)
SELECT ticket_id, person, watches, votes
FROM (
  SELECT
    p.ticket_id, w.person, w.watches, FALSE AS votes,
    row_number() OVER (PARTITION BY p.ticket_id, w.person ORDER BY w.at DESC, w.id DESC) AS place
  FROM parts AS p
  JOIN watchers AS w ON w.ticket_id = p.id
  UNION ALL
  SELECT
    p.ticket_id, v.person, FALSE, v.counts,
    row_number() OVER (PARTITION BY p.ticket_id, v.person ORDER BY v.at DESC, v.id DESC)
  FROM parts AS p
  JOIN votes AS v ON v.ticket_id = p.id
) AS f
WHERE place = 1
ORDER BY ticket_id, person
LIMIT :limit
