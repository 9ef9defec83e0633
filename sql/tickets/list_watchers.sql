-- purpose: who ever watched these tickets, with the newest wish of each person, oldest first
-- params: ticket_ids ARRAY<STRING>, limit BIGINT
-- reads: watchers
SELECT ticket_id, person, watches, reason, at
FROM (
  SELECT ticket_id, person, watches, reason, at, row_number() OVER (PARTITION BY ticket_id, person ORDER BY at DESC, id DESC) AS place
  FROM watchers
  WHERE ticket_id IN (SELECT explode(:ticket_ids))
) AS w
WHERE place = 1
ORDER BY at, ticket_id, person
LIMIT :limit
