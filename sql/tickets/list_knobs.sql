-- purpose: how tickets are timed, routed, approved and opened by the portal, where it was changed from the default
-- params: keys ARRAY<STRING>, limit BIGINT
-- reads: settings
SELECT key, value
FROM settings
WHERE array_contains(:keys, key)
ORDER BY key
LIMIT :limit
