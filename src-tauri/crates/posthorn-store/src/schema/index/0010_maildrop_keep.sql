-- Messages of a maildrop that stay on their server for ever, whatever the policy says.
ALTER TABLE maildrop ADD COLUMN is_kept INTEGER NOT NULL DEFAULT 0;
