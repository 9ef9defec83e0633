-- purpose: remember of what deliveries have been planned
-- rows: handed(id STRING)
-- writes: outbox
MERGE INTO outbox AS t
USING handed AS s
ON t.id = s.id
WHEN MATCHED AND t.state = 'pending' THEN UPDATE SET state = 'delivered'
