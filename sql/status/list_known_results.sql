-- purpose: of these results, those that are stored already
-- params: ids ARRAY<STRING>, since_day DATE, limit BIGINT
-- reads: status_results
SELECT id, check_id, observed_at, state, value, message
FROM status_results
WHERE day >= :since_day AND id IN (SELECT explode(:ids))
LIMIT :limit
