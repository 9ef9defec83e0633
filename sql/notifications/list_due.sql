-- purpose: deliveries that are due and that no other run is sending, the longest waiting first
-- params: now TIMESTAMP, limit BIGINT
-- reads: deliveries
SELECT
  id, day, platform_id, event_id, object_type, object_id, audience, channel, target, thread, card, state, attempts, due_at,
  sent_at, last_error, version
FROM deliveries
WHERE state = 'pending' AND due_at <= :now AND coalesce(claimed_until, :now) <= :now
ORDER BY due_at, target, thread, id
LIMIT :limit
