-- purpose: who votes for these tickets now, newest first
-- params: ticket_ids ARRAY<STRING>, limit BIGINT
-- reads: votes
SELECT ticket_id, person, note, at
FROM (
  SELECT ticket_id, person, counts, note, at, row_number() OVER (PARTITION BY ticket_id, person ORDER BY at DESC, id DESC) AS place
  FROM votes
  WHERE ticket_id IN (SELECT explode(:ticket_ids))
) AS v
WHERE place = 1 AND counts
ORDER BY at DESC, ticket_id, person
LIMIT :limit
