-- The pictures of signatures. Their HTML names each by its Content-ID.
CREATE TABLE signature_picture (
  signature INTEGER NOT NULL REFERENCES signature (id) ON DELETE CASCADE,
  content_id TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  mime TEXT NOT NULL,
  size INTEGER NOT NULL DEFAULT 0,
  body INTEGER NOT NULL,
  PRIMARY KEY (signature, content_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX signature_picture_by_body ON signature_picture (body);
