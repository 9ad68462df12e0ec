-- Identities get copies for others and a folder for sent mail; a message in the outbox can be held, and be discarded
-- in a way that can be taken back.

ALTER TABLE identity ADD COLUMN bcc_list TEXT NOT NULL DEFAULT '';
ALTER TABLE identity ADD COLUMN sent_mailbox INTEGER NOT NULL DEFAULT 0;

ALTER TABLE outbox ADD COLUMN sent_mailbox INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN is_held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN discarded_at INTEGER NOT NULL DEFAULT 0;
