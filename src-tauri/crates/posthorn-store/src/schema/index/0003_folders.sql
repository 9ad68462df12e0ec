-- Folders get what the user chose for them; operations can wait for one another, also between accounts.

ALTER TABLE mailbox ADD COLUMN is_favourite INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN color TEXT NOT NULL DEFAULT '';

ALTER TABLE operation ADD COLUMN after INTEGER NOT NULL DEFAULT 0;
CREATE INDEX operation_by_after ON operation (after) WHERE after <> 0;

ALTER TABLE operation_target ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operation_target ADD COLUMN origin_mailbox INTEGER NOT NULL DEFAULT 0;
