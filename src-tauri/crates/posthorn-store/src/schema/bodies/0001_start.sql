-- bodies.db, version 1. What the columns mean is said in ../bodies.sql.
CREATE TABLE body (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  data BLOB,
  origin TEXT NOT NULL DEFAULT 'imap',
  account INTEGER NOT NULL DEFAULT 0,
  put_at INTEGER NOT NULL
) STRICT;
