-- Messages that a complete listing did not show: somebody else removed them there.
ALTER TABLE maildrop ADD COLUMN absent_since INTEGER NOT NULL DEFAULT 0;
