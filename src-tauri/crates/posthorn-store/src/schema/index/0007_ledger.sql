-- The ledger: what the server was found to have, what a proof found, and messages that it lists and nobody could read.

CREATE TABLE ledger (
  mailbox INTEGER NOT NULL PRIMARY KEY REFERENCES mailbox (id) ON DELETE CASCADE,
  object_id TEXT NOT NULL DEFAULT '',
  there INTEGER NOT NULL DEFAULT -1,
  proved_at INTEGER NOT NULL DEFAULT 0,
  compared INTEGER NOT NULL DEFAULT 0,
  missing INTEGER NOT NULL DEFAULT 0,
  gone INTEGER NOT NULL DEFAULT 0,
  flags INTEGER NOT NULL DEFAULT 0,
  other INTEGER NOT NULL DEFAULT 0,
  spared INTEGER NOT NULL DEFAULT 0,
  remaining INTEGER NOT NULL DEFAULT 0,
  problem TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
  mailbox INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
  uid INTEGER NOT NULL,
  since INTEGER NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (mailbox, uid)
) STRICT, WITHOUT ROWID;
