-- purpose: announced maintenance that touches the time from `since` on
-- params: since TIMESTAMP, limit BIGINT
-- reads: status_messages
SELECT explode(platform_ids) AS platform_id, title, starts_at, ends_at
FROM status_messages
WHERE kind = 'maintenance' AND state IN ('published', 'expired') AND ends_at > :since
LIMIT :limit
