-- bodies.db: raw bytes exactly as received, never changed. Rows are small; large bytes lie in files beside it.
CREATE TABLE body (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,                   -- BLAKE3 of the raw bytes, 32 bytes
  size INTEGER NOT NULL,                       -- of the raw bytes
  data BLOB,                                   -- zstd; NULL = in the file that the hash names
  origin TEXT NOT NULL DEFAULT 'imap',         -- imap, pop3, local
  account INTEGER NOT NULL DEFAULT 0,          -- index.db account.id that brought it first, 0 = none
  put_at INTEGER NOT NULL                      -- last time that it was put, ms since 1970: the sweep spares the young
) STRICT;
