-- purpose: what is shown, with the words that were found between characters that no text has
-- params: match STRING
-- reads: shown
SELECT
  rowid AS id, highlight(shown, 0, char(2), char(3)) AS title, highlight(shown, 1, char(2), char(3)) AS heading,
  snippet(shown, 2, char(2), char(3), '…', 26) AS snippet
FROM shown
WHERE shown MATCH :match
