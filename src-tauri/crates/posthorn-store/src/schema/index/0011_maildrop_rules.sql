-- Rules that say what of a maildrop is downloaded: in their order, the first that matches holds.
CREATE TABLE maildrop_rule (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  is_on INTEGER NOT NULL DEFAULT 1,
  condition TEXT NOT NULL,
  number INTEGER NOT NULL DEFAULT 0,
  words TEXT NOT NULL DEFAULT '',
  action TEXT NOT NULL
) STRICT;
CREATE INDEX maildrop_rule_by_account ON maildrop_rule (account, place);

-- What rules decided of messages that were not downloaded: heads of those that were left there, names of those that were deleted.
CREATE TABLE maildrop_ruling (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  entry INTEGER NOT NULL UNIQUE REFERENCES maildrop (id) ON DELETE CASCADE,
  condition TEXT NOT NULL,
  number INTEGER NOT NULL DEFAULT 0,
  words TEXT NOT NULL DEFAULT '',
  action TEXT NOT NULL,
  size INTEGER NOT NULL DEFAULT 0,
  header_hash TEXT NOT NULL DEFAULT '',
  sender_name TEXT NOT NULL DEFAULT '',
  sender TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  received INTEGER NOT NULL DEFAULT 0,
  decided_at INTEGER NOT NULL DEFAULT 0
) STRICT;
