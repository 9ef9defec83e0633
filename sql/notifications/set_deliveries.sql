-- purpose: what became of deliveries, each only from the version that was read
-- params: at TIMESTAMP, by STRING
-- rows: settled(id STRING, day DATE, version BIGINT, state STRING, attempts BIGINT, due_at TIMESTAMP, sent_at TIMESTAMP, last_error STRING)
-- writes: deliveries
MERGE INTO deliveries AS t
USING settled AS s
ON t.day = s.day AND t.id = s.id
WHEN MATCHED AND t.version = s.version THEN UPDATE SET
  state = s.state, attempts = s.attempts, due_at = s.due_at, sent_at = s.sent_at, last_error = s.last_error,
  claimed_by = NULL, claimed_until = NULL, version = t.version + 1, updated_at = :at, updated_by = :by
