-- The signature of an answer stands below the original.
ALTER TABLE draft ADD COLUMN is_signature_last INTEGER NOT NULL DEFAULT 0;
