-- purpose: the tickets that somebody votes for now
-- params: person STRING, limit BIGINT
-- reads: votes
SELECT ticket_id
FROM (
  SELECT ticket_id, counts, row_number() OVER (PARTITION BY ticket_id ORDER BY at DESC, id DESC) AS place
  FROM votes
  WHERE person = :person
) AS v
WHERE place = 1 AND counts
ORDER BY ticket_id
LIMIT :limit
