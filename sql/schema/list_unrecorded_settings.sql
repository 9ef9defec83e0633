-- purpose: settings whose last change the trail does not know
-- params: keys ARRAY<STRING>, before TIMESTAMP, limit BIGINT
-- reads: settings, audit_events
SELECT s.key, s.value, s.updated_at, s.updated_by
FROM settings AS s
LEFT ANTI JOIN audit_events AS e
  ON e.object_type = 'setting' AND e.object_id = s.key AND e.at = s.updated_at
WHERE array_contains(:keys, s.key) AND s.updated_at <= :before
ORDER BY s.key
LIMIT :limit
