-- purpose: these are to be shown
-- params: ids STRING
-- reads: entries
-- writes: shown
INSERT INTO shown (rowid, title, heading, body)
SELECT id, title, heading, body FROM entries WHERE id IN (SELECT value FROM json_each(:ids))
