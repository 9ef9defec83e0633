-- purpose: add what has to be told, each once however often it is sent
-- rows: told(id STRING, at TIMESTAMP, topic STRING, object_type STRING, object_id STRING, platform_id STRING, actor STRING, audience STRING, recipients ARRAY<STRING>, payload STRING)
-- writes: outbox
INSERT INTO outbox (
  id, at, topic, object_type, object_id, platform_id, actor, audience, recipients, payload, state, attempts
)
SELECT
  o.id, o.at, o.topic, o.object_type, o.object_id, o.platform_id, o.actor, o.audience, o.recipients, o.payload, 'pending', 0
FROM told AS o
WHERE NOT EXISTS (SELECT 1 FROM outbox AS known WHERE known.id = o.id)
