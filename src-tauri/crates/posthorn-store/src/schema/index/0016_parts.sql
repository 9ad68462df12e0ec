-- What the user put together or apart by hand: a tree of parts, each without a parent one conversation.
CREATE TABLE thread_part (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,                          -- whole, piece (these have links); split, merged (these have children)
  parent INTEGER REFERENCES thread_part (id),  -- NULL = a conversation
  origin INTEGER REFERENCES thread_part (id)   -- of a piece: what it was split off from; else NULL
) STRICT;
CREATE INDEX thread_part_by_account ON thread_part (account);
CREATE INDEX thread_part_by_parent ON thread_part (parent);
CREATE INDEX thread_part_by_origin ON thread_part (origin);

ALTER TABLE thread_link ADD COLUMN part INTEGER NOT NULL DEFAULT 0;
CREATE INDEX thread_link_by_part ON thread_link (part) WHERE part <> 0;
