-- purpose: announced maintenance of each platform; one that names no platform is of all
-- reads: status_messages, platforms
CREATE OR REPLACE VIEW maintenance_windows AS
SELECT p.id AS platform_id, m.title, m.starts_at, m.ends_at
FROM status_messages AS m
JOIN platforms AS p ON array_contains(m.platform_ids, p.id) OR coalesce(size(m.platform_ids), 0) = 0
WHERE m.kind = 'maintenance' AND m.state IN ('scheduled', 'published', 'expired')
