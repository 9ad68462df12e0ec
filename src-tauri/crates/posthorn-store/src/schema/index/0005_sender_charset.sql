-- In which encoding a sender's mail is read instead of what it says.

CREATE TABLE sender_charset (
  email TEXT NOT NULL,
  own TEXT NOT NULL,
  charset TEXT NOT NULL,
  PRIMARY KEY (email, own)
) STRICT, WITHOUT ROWID;
