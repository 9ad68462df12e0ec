-- What comes is written to as few indexes as are asked for it.
-- A list by subject has the same order.
DROP INDEX message_by_subject;
-- What is only listed has neither.
DROP INDEX maildrop_by_message;
DROP INDEX maildrop_by_content;
CREATE INDEX maildrop_by_message ON maildrop (message) WHERE message IS NOT NULL;
CREATE INDEX maildrop_by_content ON maildrop (account, size, header_hash) WHERE header_hash <> '';
