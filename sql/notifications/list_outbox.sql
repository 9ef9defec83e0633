-- purpose: what has to be told, oldest first
-- params: state STRING, since TIMESTAMP, limit BIGINT
-- reads: outbox
SELECT id, at, topic, object_type, object_id, platform_id, actor, audience, recipients, payload, state, attempts
FROM outbox
WHERE state = :state AND at >= :since
ORDER BY at, id
LIMIT :limit
