-- search.db: the words of every message, by position (the rowid). Can be rebuilt from the other two at any time.
-- Text is tokenised before it comes here (posthorn-query); unicode61 only splits it at the spaces again.
CREATE VIRTUAL TABLE head USING fts5 (
  subject, sender, recipient, cc, bcc, file,
  content='', contentless_delete=1, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE body USING fts5 (
  text,
  content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
);
-- With how many letters words of either begin (posthorn-query's BEGINNINGS), each beginning once a message.
CREATE VIRTUAL TABLE beginning USING fts5 (
  text,
  content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 2'
);
-- Their parts are put together eight at a time: fewer cost a first synchronisation a fifth of its words' time, more cost
-- each search.
INSERT INTO head (head, rank) VALUES ('automerge', 8);
INSERT INTO body (body, rank) VALUES ('automerge', 8);
INSERT INTO beginning (beginning, rank) VALUES ('automerge', 8);

-- What is in the tables above.
CREATE TABLE indexed (
  position INTEGER PRIMARY KEY,
  has_body INTEGER NOT NULL DEFAULT 0          -- 0 = head only: the body was not here yet
) STRICT;

-- Every word of four letters or more, and every word that is not plain ASCII, that head and body hold or held, spelled
-- as they spell it. Asked for what begins so; a word that is in no message any more finds nothing.
CREATE TABLE known_word (
  word TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- How much is in `indexed`: one row.
CREATE TABLE tally (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  heads INTEGER NOT NULL,
  bodies INTEGER NOT NULL                      -- those of them with has_body
) STRICT;
