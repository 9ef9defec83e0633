-- purpose: announced maintenance that touches the time from `since` on
-- params: since TIMESTAMP, limit BIGINT
-- reads: maintenance_windows
SELECT platform_id, title, starts_at, ends_at
FROM maintenance_windows
WHERE ends_at > :since
LIMIT :limit
