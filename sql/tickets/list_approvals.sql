-- purpose: the approvals of some tickets, or all that wait, in the order of their steps
-- params: ticket_ids ARRAY<STRING>, waiting BOOLEAN, limit BIGINT
-- reads: approvals
SELECT
  id, ticket_id, step, steps, approver, delegate, state, asked_at, due_at, reminded_at, escalated_at, decided_by,
  decided_at, note, version
FROM approvals
WHERE (:ticket_ids IS NULL OR array_contains(CAST(:ticket_ids AS ARRAY<STRING>), ticket_id))
  AND (NOT :waiting OR (state = 'waiting' AND asked_at IS NOT NULL))
ORDER BY ticket_id, step
LIMIT :limit
