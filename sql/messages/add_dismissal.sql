-- purpose: somebody does not want to see this text of a message any more, once however often it is sent
-- params: message_id STRING, revision BIGINT, person STRING, at TIMESTAMP
-- writes: message_dismissals
INSERT INTO message_dismissals (message_id, revision, person, at)
SELECT d.message_id, d.revision, d.person, d.at
FROM (SELECT :message_id AS message_id, :revision AS revision, :person AS person, :at AS at) AS d
WHERE NOT EXISTS (
  SELECT 1
  FROM message_dismissals AS known
  WHERE known.message_id = d.message_id AND known.revision = d.revision AND known.person = d.person
)
