-- Several signatures for each identity, and which of them new messages and answers begin with.
CREATE TABLE signature (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  identity INTEGER NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
  place INTEGER NOT NULL DEFAULT 0,
  name TEXT NOT NULL DEFAULT '',
  html TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX signature_by_identity ON signature (identity, place);
ALTER TABLE identity ADD COLUMN signs_new INTEGER NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN signs_answers INTEGER NOT NULL DEFAULT 0;
INSERT INTO signature (identity, html) SELECT id, signature FROM identity WHERE signature <> '';
UPDATE identity SET signs_new = COALESCE((SELECT id FROM signature WHERE signature.identity = identity.id), 0);
UPDATE identity SET signs_answers = signs_new;
