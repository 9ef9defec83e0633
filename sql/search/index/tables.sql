-- SQLite's own dialect: the index of the search is a file of this process, not a table of the store.
-- What is written to `entries` reaches the rest by triggers.
CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  page TEXT NOT NULL,        -- hits of one page are one result: the best of them
  title TEXT NOT NULL,
  heading TEXT NOT NULL,
  context TEXT NOT NULL,
  address TEXT NOT NULL,
  position INTEGER NOT NULL,
  faded INTEGER NOT NULL,    -- expired, deprecated, closed: below what is not
  locks TEXT,                -- JSON: lists of keys; each needs one of the viewer's. NULL: open to everybody
  folded TEXT NOT NULL,      -- JSON: names as they are compared
  names TEXT NOT NULL,
  tags TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE TABLE names (name TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (name, entry)) WITHOUT ROWID;
-- Words as they are written: what is being typed, and what a slip is compared with.
CREATE VIRTUAL TABLE titles USING fts5(
  title, names, heading, tags, content = entries, content_rowid = id, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
CREATE VIRTUAL TABLE words USING fts5vocab(titles, row);
-- Words by their stem.
CREATE VIRTUAL TABLE texts USING fts5(
  title, names, heading, tags, body, content = entries, content_rowid = id,
  tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER added AFTER INSERT ON entries BEGIN
  INSERT OR IGNORE INTO names SELECT value, new.id FROM json_each(new.folded);
  INSERT INTO titles (rowid, title, names, heading, tags) VALUES (new.id, new.title, new.names, new.heading, new.tags);
  INSERT INTO texts (rowid, title, names, heading, tags, body)
  VALUES (new.id, new.title, new.names, new.heading, new.tags, new.body);
END;
CREATE TRIGGER removed AFTER DELETE ON entries BEGIN
  DELETE FROM names WHERE entry = old.id AND name IN (SELECT value FROM json_each(old.folded));
  INSERT INTO titles (titles, rowid, title, names, heading, tags)
  VALUES ('delete', old.id, old.title, old.names, old.heading, old.tags);
  INSERT INTO texts (texts, rowid, title, names, heading, tags, body)
  VALUES ('delete', old.id, old.title, old.names, old.heading, old.tags, old.body);
END;
