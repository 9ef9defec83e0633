-- purpose: add what people voted, each once however often it is sent
-- rows: given(id STRING, ticket_id STRING, person STRING, counts BOOLEAN, note STRING, at TIMESTAMP, given_by STRING)
-- writes: votes
INSERT INTO votes (id, ticket_id, person, counts, note, at, given_by)
SELECT g.id, g.ticket_id, g.person, g.counts, g.note, g.at, g.given_by
FROM given AS g
WHERE NOT EXISTS (
  SELECT 1
  FROM votes AS known
  WHERE known.ticket_id IN (SELECT ticket_id FROM given) AND known.ticket_id = g.ticket_id AND known.id = g.id
)
