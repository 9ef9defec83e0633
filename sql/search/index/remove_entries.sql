-- purpose: take entries out of the index
-- params: keys STRING
-- writes: entries
DELETE FROM entries WHERE key IN (SELECT value FROM json_each(:keys))
