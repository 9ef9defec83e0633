-- purpose: add events to the trail, each once however often it is sent
-- rows: events(id STRING, at TIMESTAMP, actor STRING, door STRING, action STRING, object_type STRING, object_id STRING, platform_id STRING, old STRING, new STRING, reason STRING)
-- writes: audit_events
INSERT INTO audit_events (id, at, actor, door, action, object_type, object_id, platform_id, old, new, reason)
SELECT e.id, e.at, e.actor, e.door, e.action, e.object_type, e.object_id, e.platform_id, e.old, e.new, e.reason
FROM events AS e
WHERE NOT EXISTS (SELECT 1 FROM audit_events AS known WHERE known.object_id = e.object_id AND known.id = e.id)
