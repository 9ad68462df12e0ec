-- Reminders of sent messages that nobody answers, and which messages no person wrote.
ALTER TABLE message ADD COLUMN is_automatic INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN follow_up_after INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN follow_up_at INTEGER NOT NULL DEFAULT 0;

CREATE TABLE follow_up (
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  since INTEGER NOT NULL,
  heard INTEGER NOT NULL DEFAULT 0,
  due INTEGER NOT NULL,
  is_due INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX follow_up_by_due ON follow_up (is_due, due);
