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

-- What is in the two tables above.
CREATE TABLE indexed (
  position INTEGER PRIMARY KEY,
  has_body INTEGER NOT NULL DEFAULT 0          -- 0 = head only: the body was not here yet
) STRICT;
CREATE INDEX indexed_without_body ON indexed (position) WHERE has_body = 0;
