-- purpose: one fact about the store
-- params: key STRING
-- reads: settings
SELECT value
FROM settings
WHERE key = :key
