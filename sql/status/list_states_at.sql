-- purpose: what the trail tells of each check at a past moment, and how it came to that since a moment before
-- params: at TIMESTAMP, since TIMESTAMP, limit BIGINT
-- reads: status_transitions
SELECT check_id, at, from_state, to_state, reason
FROM (
  SELECT
    check_id, at, from_state, to_state, reason,
    row_number() OVER (PARTITION BY check_id ORDER BY at DESC, length(id) DESC, id DESC) AS place
  FROM status_transitions
  WHERE at <= :at
) AS told
WHERE place = 1 OR at >= :since
ORDER BY check_id, place DESC
LIMIT :limit
