-- purpose: the tickets that somebody watches now
-- params: person STRING, limit BIGINT
-- reads: watchers
SELECT ticket_id
FROM (
  SELECT ticket_id, watches, row_number() OVER (PARTITION BY ticket_id ORDER BY at DESC, id DESC) AS place
  FROM watchers
  WHERE person = :person
) AS w
WHERE place = 1 AND watches
ORDER BY ticket_id
LIMIT :limit
