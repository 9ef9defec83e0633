-- purpose: changes of state since a moment, of all checks, of a platform's or of one, newest first
-- params: since TIMESTAMP, platform_id STRING, check_id STRING, limit BIGINT
-- reads: status_transitions
SELECT id, check_id, platform_id, from_state, to_state, at, observed_at, reason, evidence, source, check_version
FROM status_transitions
WHERE at >= :since
  AND (:platform_id IS NULL OR platform_id = :platform_id)
  AND (:check_id IS NULL OR check_id = :check_id)
ORDER BY at DESC, id DESC
LIMIT :limit
