-- purpose: forget what was handed on long ago
-- params: before TIMESTAMP
-- writes: outbox
DELETE FROM outbox
WHERE state = 'delivered' AND at < :before
