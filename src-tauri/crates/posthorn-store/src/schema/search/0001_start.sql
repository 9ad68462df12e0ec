-- search.db, version 1. What the columns mean is said in ../search.sql.
CREATE VIRTUAL TABLE head USING fts5 (
  subject, sender, recipient, cc, bcc, file,
  content='', contentless_delete=1, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE body USING fts5 (
  text,
  content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
);
CREATE TABLE indexed (
  position INTEGER PRIMARY KEY,
  has_body INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX indexed_without_body ON indexed (position) WHERE has_body = 0;
