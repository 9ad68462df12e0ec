-- Lists by sender, subject and size are walks of an index; how many messages there are is kept instead of
-- being counted. `shown_key` is a function of the program.
ALTER TABLE message ADD COLUMN sender_key TEXT NOT NULL DEFAULT '';
UPDATE message SET sender_key = shown_key(from_list);
CREATE INDEX message_by_sender ON message (sender_key, position DESC);
CREATE INDEX message_by_subject_key ON message (subject_key, position DESC);
CREATE INDEX message_by_size ON message (size, position);

CREATE TABLE tally (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  messages INTEGER NOT NULL
) STRICT;
INSERT INTO tally (id, messages) SELECT 1, COUNT(*) FROM message;
