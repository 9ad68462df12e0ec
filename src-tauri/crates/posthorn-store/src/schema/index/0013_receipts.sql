-- The receipt of what was sent says to which server, how protected, which bytes, and what was said.

CREATE TABLE outbox_handover (
  outbox INTEGER NOT NULL PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  server TEXT NOT NULL,
  address TEXT NOT NULL,
  security TEXT NOT NULL,
  certificate TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  dialogue TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_by_message_id ON outbox (message_id);
