-- purpose: add the steps of an approval, or give them their next version, each only if it still has the version before
-- params: at TIMESTAMP, by STRING
-- rows: new(id STRING, bucket INT, ticket_id STRING, platform_id STRING, step INT, steps INT, approver STRING, delegate STRING, state STRING, asked_at TIMESTAMP, due_at TIMESTAMP, reminded_at TIMESTAMP, escalated_at TIMESTAMP, decided_by STRING, decided_at TIMESTAMP, note STRING, version BIGINT)
-- writes: approvals
MERGE INTO approvals AS t
USING new AS n
ON t.bucket = n.bucket AND t.id = n.id
WHEN MATCHED AND t.version = n.version - 1 THEN UPDATE SET
  delegate = n.delegate, state = n.state, asked_at = n.asked_at, due_at = n.due_at, reminded_at = n.reminded_at,
  escalated_at = n.escalated_at, decided_by = n.decided_by, decided_at = n.decided_at, note = n.note, version = n.version,
  updated_at = :at, updated_by = :by
WHEN NOT MATCHED THEN INSERT (
  id, bucket, ticket_id, platform_id, step, steps, approver, delegate, state, asked_at, due_at, reminded_at, escalated_at,
  decided_by, decided_at, note, version, created_at, created_by, updated_at, updated_by
) VALUES (
  n.id, n.bucket, n.ticket_id, n.platform_id, n.step, n.steps, n.approver, n.delegate, n.state, n.asked_at, n.due_at,
  n.reminded_at, n.escalated_at, n.decided_by, n.decided_at, n.note, n.version, :at, :by, :at, :by
)
