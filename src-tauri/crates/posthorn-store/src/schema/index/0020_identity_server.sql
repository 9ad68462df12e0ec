-- The outgoing server of an identity that has one of its own. No row = the account's.
CREATE TABLE identity_server (
  identity INTEGER NOT NULL PRIMARY KEY REFERENCES identity (id) ON DELETE CASCADE,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  encryption TEXT NOT NULL,
  user TEXT NOT NULL DEFAULT '',               -- empty = no AUTH
  fingerprint TEXT NOT NULL DEFAULT ''         -- certificate exception: SHA-256 in hex, empty = none
) STRICT, WITHOUT ROWID;

-- Who a message is sent as: it goes through that identity's server. NULL = through the account's.
ALTER TABLE outbox ADD COLUMN identity INTEGER REFERENCES identity (id) ON DELETE SET NULL;
CREATE INDEX outbox_by_identity ON outbox (identity);
