-- purpose: who watches or votes for these tickets, with the newest wish of each person
-- params: ticket_ids ARRAY<STRING>, limit BIGINT
-- reads: watchers, votes
SELECT ticket_id, person, watches, votes
FROM (
  SELECT
    ticket_id, person, watches, FALSE AS votes,
    row_number() OVER (PARTITION BY ticket_id, person ORDER BY at DESC, id DESC) AS place
  FROM watchers
  WHERE ticket_id IN (SELECT explode(:ticket_ids))
  UNION ALL
  SELECT
    ticket_id, person, FALSE, counts, row_number() OVER (PARTITION BY ticket_id, person ORDER BY at DESC, id DESC)
  FROM votes
  WHERE ticket_id IN (SELECT explode(:ticket_ids))
) AS f
WHERE place = 1
ORDER BY ticket_id, person
LIMIT :limit
