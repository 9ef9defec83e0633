-- What is to be shown, for each connection: words are marked there, since in the whole index it takes much longer.
CREATE VIRTUAL TABLE temp.shown USING fts5(title, heading, body, tokenize = 'porter unicode61 remove_diacritics 2');
