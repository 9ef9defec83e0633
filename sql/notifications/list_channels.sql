-- purpose: the channels that are told, without those that were removed
-- params: limit BIGINT
-- reads: channels
SELECT id, platform_id, name, type, kinds, url_variable, secret_variable, state, version
FROM channels
WHERE state <> 'removed'
ORDER BY name, id
LIMIT :limit
