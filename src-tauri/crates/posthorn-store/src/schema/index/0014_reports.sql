-- What was reported of sent messages, and what is asked for.

ALTER TABLE outbox ADD COLUMN asks_report INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox_handover ADD COLUMN is_report_asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN wishes TEXT NOT NULL DEFAULT '';

CREATE TABLE delivery_report (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  message INTEGER REFERENCES message (id) ON DELETE SET NULL,
  email TEXT NOT NULL,
  fate TEXT NOT NULL,
  status TEXT NOT NULL,
  said TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_report_by_outbox ON delivery_report (outbox, id);
CREATE INDEX delivery_report_by_message ON delivery_report (message);
