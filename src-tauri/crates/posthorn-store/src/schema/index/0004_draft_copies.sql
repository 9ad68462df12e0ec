-- Drafts get a copy on the server: what it lacks, uploads of unknown fate, and earlier versions on this computer.

ALTER TABLE draft ADD COLUMN dirty_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN is_left INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN diverged_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN copy_attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN copy_next_try INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN copy_error TEXT NOT NULL DEFAULT '';

-- No server has the drafts that were written until now.
UPDATE draft SET dirty_since = updated_at, is_left = 1;

CREATE TABLE draft_copy (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  draft INTEGER REFERENCES draft (id) ON DELETE SET NULL,
  message_id TEXT NOT NULL,
  body INTEGER NOT NULL,
  size INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL,
  is_settled INTEGER NOT NULL DEFAULT 0,
  sent_at INTEGER NOT NULL DEFAULT 0,
  next_look INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX draft_copy_by_account ON draft_copy (account);
CREATE INDEX draft_copy_by_draft ON draft_copy (draft);
CREATE INDEX draft_copy_by_body ON draft_copy (body);

CREATE TABLE draft_version (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  draft INTEGER NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
  saved_at INTEGER NOT NULL,
  to_list TEXT NOT NULL DEFAULT '',
  cc_list TEXT NOT NULL DEFAULT '',
  bcc_list TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  html TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX draft_version_by_draft ON draft_version (draft, saved_at);
