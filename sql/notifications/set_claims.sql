-- purpose: take deliveries for one run, each only from the version that was read, so that no other run sends it
-- params: by STRING, until TIMESTAMP, at TIMESTAMP
-- rows: wanted(id STRING, day DATE, version BIGINT)
-- writes: deliveries
MERGE INTO deliveries AS t
USING wanted AS s
ON t.day = s.day AND t.id = s.id
WHEN MATCHED AND t.version = s.version AND t.state = 'pending' THEN UPDATE SET
  claimed_by = :by, claimed_until = :until, version = t.version + 1, updated_at = :at, updated_by = 'notify'
