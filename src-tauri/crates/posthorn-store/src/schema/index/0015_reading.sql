-- What the user answered to invitations.
CREATE TABLE invitation_answer (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL,                           -- of the event (RFC 5545 section 3.8.4.7)
  instance TEXT NOT NULL DEFAULT '',           -- RECURRENCE-ID as written; empty = all of a repeated event
  attendee TEXT NOT NULL,                      -- address that was invited, lower case
  answer TEXT NOT NULL,                        -- accepted, tentative, declined
  sequence INTEGER NOT NULL DEFAULT 0,         -- of the version that was answered
  outbox INTEGER REFERENCES outbox (id) ON DELETE SET NULL, -- message that carries it; gone = it is over
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX invitation_answer_by_event ON invitation_answer (uid, instance, id);
CREATE INDEX invitation_answer_by_outbox ON invitation_answer (outbox);

-- A message that goes along as a file is marked as forwarded when the mail was sent.
ALTER TABLE draft_attachment ADD COLUMN message INTEGER REFERENCES message (id) ON DELETE SET NULL;
CREATE INDEX draft_attachment_by_message ON draft_attachment (message);

-- Answers below the original.
ALTER TABLE draft ADD COLUMN is_quote_first INTEGER NOT NULL DEFAULT 0;
