-- purpose: every word of titles, names, headings and tags
-- reads: words
SELECT term FROM words
