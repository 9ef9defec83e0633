-- purpose: add who begins or stops watching, each once however often it is sent
-- rows: new(id STRING, ticket_id STRING, person STRING, watches BOOLEAN, reason STRING, at TIMESTAMP)
-- writes: watchers
INSERT INTO watchers (id, ticket_id, person, watches, reason, at)
SELECT w.id, w.ticket_id, w.person, w.watches, w.reason, w.at
FROM new AS w
WHERE NOT EXISTS (
  SELECT 1
  FROM watchers AS known
  WHERE known.ticket_id IN (SELECT ticket_id FROM new) AND known.ticket_id = w.ticket_id AND known.id = w.id
)
