-- Names in Chinese characters are found by how they are typed: `spellings` is lent by the program, see spelling.rs.

INSERT OR IGNORE INTO contact_word (word, contact)
  SELECT spelt.value, contact.id FROM contact, json_each(spellings(contact.name)) AS spelt;
