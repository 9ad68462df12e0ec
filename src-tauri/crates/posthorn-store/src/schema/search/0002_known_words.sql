-- Beginnings of words are looked up, not put together; counts are kept instead of being counted. What was indexed
-- before has no beginnings: it is taken out, and built again in the background.
CREATE VIRTUAL TABLE beginning USING fts5 (
  text,
  content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 2'
);
CREATE TABLE known_word (
  word TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE tally (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  heads INTEGER NOT NULL,
  bodies INTEGER NOT NULL
) STRICT;
INSERT INTO head (head) VALUES ('delete-all');
INSERT INTO body (body) VALUES ('delete-all');
DELETE FROM indexed;
INSERT INTO tally (id, heads, bodies) VALUES (1, 0, 0);
DROP INDEX indexed_without_body;
