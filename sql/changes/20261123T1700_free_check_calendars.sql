-- purpose: a check that never named its days follows the calendar of its platform
-- writes: status_checks
UPDATE status_checks
SET calendar = CAST(NULL AS STRING)
WHERE calendar = '{"weekdays":["mon","tue","wed","thu","fri","sat","sun"],"holidays":[]}'
