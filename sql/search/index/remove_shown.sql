-- purpose: nothing is to be shown
-- writes: shown
DELETE FROM shown
