-- purpose: plan deliveries, each once however often it is planned
-- params: at TIMESTAMP
-- rows: planned(id STRING, day DATE, platform_id STRING, event_id STRING, object_type STRING, object_id STRING, audience STRING, channel STRING, target STRING, thread STRING, card STRING, due_at TIMESTAMP)
-- writes: deliveries
INSERT INTO deliveries (
  id, day, platform_id, event_id, object_type, object_id, audience, channel, target, thread, card, state, attempts, due_at,
  version, created_at, created_by, updated_at, updated_by
)
SELECT
  p.id, p.day, p.platform_id, p.event_id, p.object_type, p.object_id, p.audience, p.channel, p.target, p.thread, p.card,
  'pending', 0, p.due_at, 1, :at, 'notify', :at, 'notify'
FROM planned AS p
WHERE NOT EXISTS (SELECT 1 FROM deliveries AS known WHERE known.day = p.day AND known.id = p.id)
