-- The address book: people whom the user keeps, and named lists of addresses.
CREATE TABLE person (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL DEFAULT '',
  organization TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  sort_key TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX person_by_sort ON person (sort_key, id);
CREATE INDEX person_by_name ON person (name);

CREATE TABLE person_entry (
  person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  what TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT '',
  value TEXT NOT NULL,
  PRIMARY KEY (person, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_entry_by_email ON person_entry (value) WHERE what = 'email';

CREATE TABLE person_word (
  word TEXT NOT NULL,
  person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  PRIMARY KEY (word, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_word_by_person ON person_word (person);

CREATE TABLE address_group (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  sort_key TEXT NOT NULL
) STRICT;
CREATE INDEX address_group_by_sort ON address_group (sort_key, id);

CREATE TABLE address_group_member (
  address_group INTEGER NOT NULL REFERENCES address_group (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (address_group, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE address_group_word (
  word TEXT NOT NULL,
  address_group INTEGER NOT NULL REFERENCES address_group (id) ON DELETE CASCADE,
  PRIMARY KEY (word, address_group)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_group_word_by_group ON address_group_word (address_group);
