-- purpose: settings as they are, and who made them so
-- params: keys ARRAY<STRING>, limit BIGINT
-- reads: settings
SELECT key, value, updated_at, updated_by
FROM settings
WHERE array_contains(:keys, key)
ORDER BY key
LIMIT :limit
