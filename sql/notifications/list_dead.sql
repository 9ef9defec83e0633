-- purpose: deliveries that were given up, newest first
-- params: limit BIGINT
-- reads: deliveries
SELECT
  id, day, platform_id, event_id, object_type, object_id, audience, channel, target, thread, card, state, attempts, due_at,
  sent_at, last_error, version
FROM deliveries
WHERE state = 'dead'
ORDER BY updated_at DESC, id
LIMIT :limit
