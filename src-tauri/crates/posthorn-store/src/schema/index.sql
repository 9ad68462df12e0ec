-- index.db: what Posthorn knows, without the raw bytes (those are in bodies.db) and without the words (search.db).
-- This page describes the newest version; index/NNNN_*.sql lead to it, and a test compares the two.
-- Times are milliseconds since 1970 (UTC), 0 = never. Flags are 0 or 1. Lists of addresses are text:
-- name U+001F address U+001E name U+001F address ... Empty text = absent, unless said otherwise.

CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL DEFAULT '',               -- what the folder list shows
  email TEXT NOT NULL DEFAULT '',
  sender_name TEXT NOT NULL DEFAULT '',
  incoming_protocol TEXT NOT NULL DEFAULT 'imap',
  incoming_host TEXT NOT NULL DEFAULT '',
  incoming_port INTEGER NOT NULL DEFAULT 993,
  incoming_encryption TEXT NOT NULL DEFAULT 'tls',
  incoming_user TEXT NOT NULL DEFAULT '',
  incoming_fingerprint TEXT NOT NULL DEFAULT '', -- certificate exception: SHA-256 in hex, empty = none
  outgoing_host TEXT NOT NULL DEFAULT '',
  outgoing_port INTEGER NOT NULL DEFAULT 465,
  outgoing_encryption TEXT NOT NULL DEFAULT 'tls',
  outgoing_user TEXT NOT NULL DEFAULT '',      -- empty = no AUTH
  outgoing_fingerprint TEXT NOT NULL DEFAULT '',
  is_enabled INTEGER NOT NULL DEFAULT 1,
  color TEXT NOT NULL DEFAULT '',
  mark TEXT NOT NULL DEFAULT '',               -- the letter in the account's badge
  place INTEGER NOT NULL DEFAULT 0,            -- order in the folder list
  pop_policy TEXT NOT NULL DEFAULT 'leave',    -- leave, days, when-deleted, when-moved, at-once, never
  pop_days INTEGER NOT NULL DEFAULT 0,         -- for pop_policy 'days'
  pop_size_limit INTEGER NOT NULL DEFAULT 0,   -- bytes above which only headers come, 0 = no limit
  check_minutes INTEGER NOT NULL DEFAULT 10,   -- get-mail interval, 0 = by hand only
  keep_days INTEGER NOT NULL DEFAULT 0,        -- bodies are kept this many days back, 0 = all
  server_files_sent INTEGER NOT NULL DEFAULT 0, -- the server puts the copy into Sent itself
  tls_seen INTEGER NOT NULL DEFAULT 0          -- one TLS success: plaintext is refused from then on
) STRICT;

CREATE TABLE identity (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  place INTEGER NOT NULL DEFAULT 0,            -- 0 = the account's default
  name TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  reply_to TEXT NOT NULL DEFAULT '',
  signature TEXT NOT NULL DEFAULT '',          -- of programs before format 18; see table signature
  bcc_list TEXT NOT NULL DEFAULT '',           -- who gets a blind copy of everything
  sent_mailbox INTEGER NOT NULL DEFAULT 0,     -- where copies go, 0 = the account's Sent folder
  signs_new INTEGER NOT NULL DEFAULT 0,        -- signature of new messages, 0 = none
  signs_answers INTEGER NOT NULL DEFAULT 0     -- signature of answers and of what is forwarded, 0 = none
) STRICT;
CREATE INDEX identity_by_account ON identity (account, place);

CREATE TABLE signature (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  identity INTEGER NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
  place INTEGER NOT NULL DEFAULT 0,            -- order among the identity's
  name TEXT NOT NULL DEFAULT '',               -- empty = called after its words
  html TEXT NOT NULL DEFAULT '',               -- cleaned
  text TEXT NOT NULL DEFAULT ''                -- plain form; empty = what the HTML says
) STRICT;
CREATE INDEX signature_by_identity ON signature (identity, place);

-- The pictures of signatures. Their HTML names each by its Content-ID.
CREATE TABLE signature_picture (
  signature INTEGER NOT NULL REFERENCES signature (id) ON DELETE CASCADE,
  content_id TEXT NOT NULL,                    -- without angle brackets
  name TEXT NOT NULL DEFAULT '',
  mime TEXT NOT NULL,
  size INTEGER NOT NULL DEFAULT 0,
  body INTEGER NOT NULL,                       -- bodies.db body.id
  PRIMARY KEY (signature, content_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX signature_picture_by_body ON signature_picture (body);

-- The outgoing server of an identity that has one of its own. No row = the account's.
CREATE TABLE identity_server (
  identity INTEGER NOT NULL PRIMARY KEY REFERENCES identity (id) ON DELETE CASCADE,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  encryption TEXT NOT NULL,
  user TEXT NOT NULL DEFAULT '',               -- empty = no AUTH
  fingerprint TEXT NOT NULL DEFAULT ''         -- certificate exception: SHA-256 in hex, empty = none
) STRICT, WITHOUT ROWID;

CREATE TABLE mailbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  parent INTEGER REFERENCES mailbox (id) ON DELETE SET NULL, -- NULL = top level
  path TEXT NOT NULL,                          -- as the server spells it
  name TEXT NOT NULL DEFAULT '',               -- last component, decoded
  delimiter TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL DEFAULT 'other',          -- by the server or by name
  role_override TEXT NOT NULL DEFAULT '',      -- by the user, empty = none
  uid_validity INTEGER NOT NULL DEFAULT 0,     -- 0 = never selected
  uid_next INTEGER NOT NULL DEFAULT 0,
  highest_modseq INTEGER NOT NULL DEFAULT 0,   -- 0 = no CONDSTORE
  is_complete INTEGER NOT NULL DEFAULT 0,      -- every uid below uid_next is listed here
  lowest_uid INTEGER NOT NULL DEFAULT 0,       -- newest-first progress, 0 = not begun
  synced_at INTEGER NOT NULL DEFAULT 0,        -- last successful synchronisation
  audited_at INTEGER NOT NULL DEFAULT 0,       -- last complete uid comparison
  total INTEGER NOT NULL DEFAULT 0,            -- visible placements
  unread INTEGER NOT NULL DEFAULT 0,           -- visible and not seen
  is_local INTEGER NOT NULL DEFAULT 0,         -- on this computer only
  is_selectable INTEGER NOT NULL DEFAULT 1,
  is_subscribed INTEGER NOT NULL DEFAULT 1,
  is_hidden INTEGER NOT NULL DEFAULT 0,        -- deleted here, the server has not confirmed yet
  is_favourite INTEGER NOT NULL DEFAULT 0,     -- the user wants it at the top
  place INTEGER NOT NULL DEFAULT 0,            -- the user's own order among its siblings, 0 = none
  color TEXT NOT NULL DEFAULT '',              -- the user's choice, empty = none
  UNIQUE (account, path)
) STRICT;
CREATE INDEX mailbox_by_parent ON mailbox (parent);

CREATE TABLE thread (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX thread_by_account ON thread (account);

-- Every Message-ID that a thread has or refers to.
CREATE TABLE thread_link (
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,                    -- of a message without one: space, date, space, size, space, subject_key
  thread INTEGER NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  part INTEGER NOT NULL DEFAULT 0,             -- thread_part.id that the user put it into, 0 = none
  PRIMARY KEY (account, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_link_by_thread ON thread_link (thread);
CREATE INDEX thread_link_by_part ON thread_link (part) WHERE part <> 0;

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

CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  position INTEGER NOT NULL UNIQUE,            -- received seconds x 16 + the next free number
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  thread INTEGER NOT NULL REFERENCES thread (id),
  received INTEGER NOT NULL DEFAULT 0,
  date INTEGER NOT NULL DEFAULT 0,             -- Date header, 0 = missing or nonsense
  message_id TEXT NOT NULL DEFAULT '',         -- without angle brackets
  server_id TEXT NOT NULL DEFAULT '',          -- EMAILID or X-GM-MSGID
  subject TEXT NOT NULL DEFAULT '',
  subject_key TEXT NOT NULL DEFAULT '',        -- without reply prefixes, folded
  is_reply INTEGER NOT NULL DEFAULT 0,         -- the subject has a reply prefix
  has_references INTEGER NOT NULL DEFAULT 0,   -- References or In-Reply-To was there
  from_list TEXT NOT NULL DEFAULT '',
  to_list TEXT NOT NULL DEFAULT '',
  cc_list TEXT NOT NULL DEFAULT '',
  bcc_list TEXT NOT NULL DEFAULT '',
  reply_to_list TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL DEFAULT 0,             -- bytes of the whole message (RFC822.SIZE)
  preview TEXT NOT NULL DEFAULT '',
  has_attachments INTEGER NOT NULL DEFAULT 0,
  body_state INTEGER NOT NULL DEFAULT 0,       -- 0 = none, 1 = sections, 2 = whole
  body INTEGER NOT NULL DEFAULT 0,             -- bodies.db body.id of the whole bytes, 0 = not here
  sender_key TEXT NOT NULL DEFAULT '',         -- what a list shows of the first sender, in small letters
  is_automatic INTEGER NOT NULL DEFAULT 0      -- a program wrote it: it is nobody's answer
) STRICT;
CREATE INDEX message_by_thread ON message (thread);
CREATE INDEX message_by_message_id ON message (account, message_id) WHERE message_id <> '';
CREATE INDEX message_by_server_id ON message (account, server_id) WHERE server_id <> '';
CREATE INDEX message_by_body ON message (body) WHERE body <> 0;
CREATE INDEX message_facts ON message (position, account, has_attachments, size, body_state);
-- What searches for files walk.
CREATE INDEX message_with_files ON message (position) WHERE has_attachments = 1;
CREATE INDEX message_without_body ON message (account, position) WHERE body_state <> 2;
-- The orders of a list besides time; the newest come first among equals. Sizes are walked backwards. By subject a reply
-- without references finds what it answers, too.
CREATE INDEX message_by_sender ON message (sender_key, position DESC);
CREATE INDEX message_by_subject_key ON message (subject_key, position DESC);
CREATE INDEX message_by_size ON message (size, position);

-- A message in a mailbox under a uid. Flags belong here.
CREATE TABLE placement (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
  message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,                   -- the message's, so that a list is one index walk
  thread INTEGER NOT NULL,                     -- the message's
  uid INTEGER,                                 -- NULL = local, or the server has not told it yet
  is_seen INTEGER NOT NULL DEFAULT 0,
  is_flagged INTEGER NOT NULL DEFAULT 0,
  is_answered INTEGER NOT NULL DEFAULT 0,
  is_draft INTEGER NOT NULL DEFAULT 0,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  keywords TEXT NOT NULL DEFAULT '',           -- separated by one space, sorted
  modseq INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0,          -- operations under way: the sync may not touch the flags
  is_leaving INTEGER NOT NULL DEFAULT 0,       -- moved or deleted here, not confirmed: hidden
  is_hidden INTEGER NOT NULL GENERATED ALWAYS AS (is_deleted OR is_leaving) VIRTUAL,
  UNIQUE (mailbox, message),
  UNIQUE (mailbox, uid)
) STRICT;
CREATE INDEX placement_walk ON placement (mailbox, position, is_seen, is_flagged, is_deleted, is_leaving);
CREATE INDEX placement_by_thread ON placement (thread, mailbox);
CREATE INDEX placement_by_message ON placement (message);
-- What a search needs to know of a placement, so that it walks this index alone.
CREATE INDEX placement_by_position ON placement
  (position, mailbox, is_seen, is_flagged, is_answered, is_draft, is_deleted, is_leaving);
-- The same for what is unread or starred, which is little of it.
CREATE INDEX placement_unseen ON placement (position, mailbox)
  WHERE is_seen = 0 AND is_deleted = 0 AND is_leaving = 0;
CREATE INDEX placement_flagged ON placement (position, mailbox)
  WHERE is_flagged = 1 AND is_deleted = 0 AND is_leaving = 0;

-- A thread's visible part of one mailbox; conversation lists walk it. No row = nothing visible there.
CREATE TABLE thread_mailbox (
  mailbox INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
  thread INTEGER NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  latest INTEGER NOT NULL,                     -- position of the newest visible message
  total INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0,
  flagged INTEGER NOT NULL DEFAULT 0,
  files INTEGER NOT NULL DEFAULT 0,            -- messages with attachments
  PRIMARY KEY (mailbox, thread)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_mailbox_walk ON thread_mailbox (mailbox, latest, thread, unread, flagged, files);
CREATE INDEX thread_mailbox_by_thread ON thread_mailbox (thread);

-- Positions whose words are to be brought in line with search.db: new, changed or gone messages.
CREATE TABLE word_queue (
  position INTEGER PRIMARY KEY
) STRICT;

-- How many messages there are: one row. Written where messages are; a trigger would cost each arrival a savepoint.
CREATE TABLE tally (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  messages INTEGER NOT NULL
) STRICT;

-- A part that was fetched on its own (RFC 9051 section 6.4.5): 'HEADER', '1', '2.1'. Never passed off as the whole.
CREATE TABLE message_section (
  message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  section TEXT NOT NULL,
  body INTEGER NOT NULL,                       -- bodies.db body.id
  PRIMARY KEY (message, section)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_section_by_body ON message_section (body);

CREATE TABLE attachment (
  message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  section TEXT NOT NULL,                       -- part number, '1' for a message of one part
  name TEXT NOT NULL DEFAULT '',
  mime TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL DEFAULT 0,             -- decoded bytes, as far as known
  content_id TEXT NOT NULL DEFAULT '',         -- without angle brackets
  is_inline INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (message, section)
) STRICT, WITHOUT ROWID;

-- One thing that the user did, in order.
CREATE TABLE operation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  action TEXT NOT NULL,                        -- JSON, the store's own
  state TEXT NOT NULL DEFAULT 'queued',        -- queued, sent, done, refused, undone
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',              -- the server's sentence
  created_at INTEGER NOT NULL DEFAULT 0,
  finished_at INTEGER NOT NULL DEFAULT 0,
  undone_by INTEGER NOT NULL DEFAULT 0,        -- 1 = an undo was made from it
  after INTEGER NOT NULL DEFAULT 0             -- operation that must be over before, also of another account; 0 = none
) STRICT;
CREATE INDEX operation_by_after ON operation (after) WHERE after <> 0;
CREATE INDEX operation_queue ON operation (account, id) WHERE state IN ('queued', 'sent');

CREATE TABLE operation_target (
  operation INTEGER NOT NULL REFERENCES operation (id) ON DELETE CASCADE,
  message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE, -- where it was
  uid INTEGER,                                 -- there, when the operation was made; NULL = not known then
  flags_before TEXT NOT NULL DEFAULT '',       -- names separated by a space: the way back
  was_present INTEGER NOT NULL DEFAULT 0,      -- the message was in the target mailbox already
  origin INTEGER NOT NULL DEFAULT 0,           -- message of another account that this one is a copy of, 0 = none
  origin_mailbox INTEGER NOT NULL DEFAULT 0,   -- where that one was
  PRIMARY KEY (operation, message, mailbox)
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_target_by_message ON operation_target (message);
CREATE INDEX operation_target_by_mailbox ON operation_target (mailbox);

CREATE TABLE draft (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  identity INTEGER REFERENCES identity (id) ON DELETE SET NULL, -- NULL = the account's default
  kind TEXT NOT NULL DEFAULT 'new',            -- new, reply, reply-all, forward, edit
  original INTEGER REFERENCES message (id) ON DELETE SET NULL, -- what it answers or forwards
  message_id TEXT NOT NULL DEFAULT '',         -- fixed when the draft begins
  in_reply_to TEXT NOT NULL DEFAULT '',
  reference_list TEXT NOT NULL DEFAULT '',     -- ids separated by a space, oldest first
  to_list TEXT NOT NULL DEFAULT '',
  cc_list TEXT NOT NULL DEFAULT '',
  bcc_list TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  html TEXT NOT NULL DEFAULT '',               -- empty = plain text
  quoted_html TEXT NOT NULL DEFAULT '',        -- the original, kept apart from what was typed
  saved_message INTEGER REFERENCES message (id) ON DELETE SET NULL, -- its copy in Drafts
  outbox INTEGER NOT NULL DEFAULT 0,           -- being sent as this outbox row, 0 = being written
  created_at INTEGER NOT NULL DEFAULT 0,
  updated_at INTEGER NOT NULL DEFAULT 0,       -- rises with every change: it names the version
  dirty_since INTEGER NOT NULL DEFAULT 0,      -- first change that the copy does not have, 0 = it has all
  is_left INTEGER NOT NULL DEFAULT 0,          -- the composer was closed since the last change
  diverged_at INTEGER NOT NULL DEFAULT 0,      -- the copy was changed or removed elsewhere meanwhile, 0 = no
  copy_attempts INTEGER NOT NULL DEFAULT 0,    -- tries to copy since the last success
  copy_next_try INTEGER NOT NULL DEFAULT 0,    -- not before this
  copy_error TEXT NOT NULL DEFAULT '',         -- why there is no newer copy, empty = nothing is wrong
  wishes TEXT NOT NULL DEFAULT '',             -- 'report', 'receipt' or both, 'none'; empty = the account's habit
  is_quote_first INTEGER NOT NULL DEFAULT 0,   -- the original stands above what was typed
  is_signature_last INTEGER NOT NULL DEFAULT 0, -- the signature stands below the original, else below what was typed
  follow_up_after INTEGER NOT NULL DEFAULT 0,  -- milliseconds after it was sent until the user is reminded, 0 = see next
  follow_up_at INTEGER NOT NULL DEFAULT 0      -- when the user is reminded, 0 = never
) STRICT;
CREATE INDEX draft_by_account ON draft (account);
CREATE INDEX draft_by_original ON draft (original);
CREATE INDEX draft_by_saved_message ON draft (saved_message);
CREATE INDEX draft_by_identity ON draft (identity);

CREATE TABLE draft_attachment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  draft INTEGER NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
  place INTEGER NOT NULL DEFAULT 0,
  name TEXT NOT NULL DEFAULT '',
  mime TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL DEFAULT 0,
  content_id TEXT NOT NULL DEFAULT '',
  is_inline INTEGER NOT NULL DEFAULT 0,
  body INTEGER NOT NULL,                       -- bodies.db body.id: a snapshot of the file
  message INTEGER REFERENCES message (id) ON DELETE SET NULL -- what it forwards; NULL = no message of ours
) STRICT;
CREATE INDEX draft_attachment_by_draft ON draft_attachment (draft, place);
CREATE INDEX draft_attachment_by_body ON draft_attachment (body);
CREATE INDEX draft_attachment_by_message ON draft_attachment (message);

-- A version of a draft on its way to the server, written before it is appended; of unknown fate after a break. No row
-- = its fate is known, and its copy is an ordinary message of the Drafts folder.
CREATE TABLE draft_copy (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  draft INTEGER REFERENCES draft (id) ON DELETE SET NULL, -- NULL = sent or thrown away
  message_id TEXT NOT NULL,                    -- of this version alone, without angle brackets
  body INTEGER NOT NULL,                       -- bodies.db body.id: the bytes that are appended
  size INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL,                    -- the draft's updated_at
  is_settled INTEGER NOT NULL DEFAULT 0,       -- only looked for any more, to remove what came late
  sent_at INTEGER NOT NULL DEFAULT 0,
  next_look INTEGER NOT NULL DEFAULT 0         -- for settled ones
) STRICT;
CREATE INDEX draft_copy_by_account ON draft_copy (account);
CREATE INDEX draft_copy_by_draft ON draft_copy (draft);
CREATE INDEX draft_copy_by_body ON draft_copy (body);

-- How a draft was before, to go back to.
CREATE TABLE draft_version (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  draft INTEGER NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
  saved_at INTEGER NOT NULL,
  to_list TEXT NOT NULL DEFAULT '',
  cc_list TEXT NOT NULL DEFAULT '',
  bcc_list TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  html TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX draft_version_by_draft ON draft_version (draft, saved_at);

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  draft INTEGER REFERENCES draft (id) ON DELETE SET NULL,
  state TEXT NOT NULL DEFAULT 'queued',
  message_id TEXT NOT NULL,                    -- one, for ever
  sender TEXT NOT NULL,                        -- MAIL FROM
  subject TEXT NOT NULL DEFAULT '',
  body INTEGER NOT NULL,                       -- bodies.db body.id: the bytes on the wire, without Bcc
  bcc_line TEXT NOT NULL DEFAULT '',           -- goes before those bytes in the copy for Sent
  size INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,       -- undo window or schedule
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER NOT NULL DEFAULT 0,
  reply TEXT NOT NULL DEFAULT '',              -- the server's last sentence
  queue_id TEXT NOT NULL DEFAULT '',           -- as the server named it when it accepted
  stop_on_refused INTEGER NOT NULL DEFAULT 0,  -- one refused recipient stops all
  needs_filing INTEGER NOT NULL DEFAULT 1,     -- the copy for Sent is our step
  filed_message INTEGER REFERENCES message (id) ON DELETE SET NULL, -- the copy in Sent
  created_at INTEGER NOT NULL DEFAULT 0,
  updated_at INTEGER NOT NULL DEFAULT 0,
  sent_mailbox INTEGER NOT NULL DEFAULT 0,     -- where the copy goes, 0 = the account's Sent folder
  is_held INTEGER NOT NULL DEFAULT 0,          -- the user holds it back: not sent before that is taken away
  discarded_at INTEGER NOT NULL DEFAULT 0,     -- thrown away; gone for good some time later, 0 = no
  asks_report INTEGER NOT NULL DEFAULT 0,      -- a delivery report is asked for where the server offers that
  identity INTEGER REFERENCES identity (id) ON DELETE SET NULL -- it goes through this one's server; NULL = the account's
) STRICT;
CREATE INDEX outbox_by_account ON outbox (account, state);
CREATE INDEX outbox_by_draft ON outbox (draft);
CREATE INDEX outbox_by_body ON outbox (body);
CREATE INDEX outbox_by_filed_message ON outbox (filed_message);
CREATE INDEX outbox_by_message_id ON outbox (message_id);
CREATE INDEX outbox_by_identity ON outbox (identity);

CREATE TABLE outbox_recipient (
  outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting',       -- waiting, accepted, deferred, refused
  reply TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (outbox, place)
) STRICT, WITHOUT ROWID;

-- The receipt: what was said, step by step.
CREATE TABLE outbox_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,
  reply TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_event_by_outbox ON outbox_event (outbox, id);

-- The receipt's other half: to whom the bytes went in the last attempt, how, and what was said.
CREATE TABLE outbox_handover (
  outbox INTEGER NOT NULL PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
  server TEXT NOT NULL,                        -- its host, as the account names it
  address TEXT NOT NULL,                       -- its IP address and port; empty = behind a proxy
  security TEXT NOT NULL,                      -- 'TLS 1.3'; empty = none
  certificate TEXT NOT NULL,                   -- SHA-256 of the server's in hex; empty = none
  sha256 TEXT NOT NULL,                        -- of the bytes, in hex
  dialogue TEXT NOT NULL DEFAULT '',           -- lines of 'MILLISECONDS C: …' and '… S: …', redacted
  is_report_asked INTEGER NOT NULL DEFAULT 0   -- a delivery report was asked for: the server offers that
) STRICT, WITHOUT ROWID;

-- What was reported of a sent message for one recipient: by a delivery report, a bounce or a read receipt.
CREATE TABLE delivery_report (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  message INTEGER REFERENCES message (id) ON DELETE SET NULL, -- the report itself
  email TEXT NOT NULL,                         -- as the envelope had it, else as the report writes it
  fate TEXT NOT NULL,                          -- failed, delayed, delivered, relayed, read, unread
  status TEXT NOT NULL,                        -- '5.1.1'; empty = not said
  said TEXT NOT NULL,                          -- the last server's sentence
  at INTEGER NOT NULL                          -- when the report was received
) STRICT;
CREATE INDEX delivery_report_by_outbox ON delivery_report (outbox, id);
CREATE INDEX delivery_report_by_message ON delivery_report (message);

-- Reminders of sent messages that nobody answers, by Message-ID.
CREATE TABLE follow_up (
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  since INTEGER NOT NULL,                      -- what is later in its conversation is an answer
  heard INTEGER NOT NULL DEFAULT 0,            -- newest answer that was known when the reminder was set
  due INTEGER NOT NULL,
  is_due INTEGER NOT NULL DEFAULT 0,           -- the time came, and nobody had answered
  PRIMARY KEY (account, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX follow_up_by_due ON follow_up (is_due, due);

-- What the user answered to invitations.
CREATE TABLE invitation_answer (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL,                           -- of the event (RFC 5545 section 3.8.4.7)
  instance TEXT NOT NULL DEFAULT '',           -- RECURRENCE-ID as written; empty = all of a repeated event
  attendee TEXT NOT NULL,                      -- address that was invited, lower case
  answer TEXT NOT NULL,                        -- accepted, tentative, declined
  sequence INTEGER NOT NULL DEFAULT 0,         -- of the version that was answered
  outbox INTEGER REFERENCES outbox (id) ON DELETE SET NULL, -- message that carries it; gone = it is over
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX invitation_answer_by_event ON invitation_answer (uid, instance, id);
CREATE INDEX invitation_answer_by_outbox ON invitation_answer (outbox);

-- A person seen in mail, for completion.
CREATE TABLE contact (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE,                  -- lower case
  name TEXT NOT NULL DEFAULT '',
  sent INTEGER NOT NULL DEFAULT 0,             -- messages to them
  received INTEGER NOT NULL DEFAULT 0,         -- messages from them
  last_used INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The words by which a contact is completed, lower case.
CREATE TABLE contact_word (
  word TEXT NOT NULL,
  contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
  PRIMARY KEY (word, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_word_by_contact ON contact_word (contact);

-- The address book: people whom the user keeps. Correspondents (contact) are learnt, these are written.
CREATE TABLE person (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL DEFAULT '',
  organization TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  sort_key TEXT NOT NULL DEFAULT ''            -- name as it is typed, in small letters: Chinese by pinyin
) STRICT;
CREATE INDEX person_by_sort ON person (sort_key, id);
CREATE INDEX person_by_name ON person (name);

CREATE TABLE person_entry (
  person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,                      -- order among the person's
  what TEXT NOT NULL,                          -- email, phone, address, url, title, birthday
  kind TEXT NOT NULL DEFAULT '',               -- work, home, cell, fax; empty = not said
  value TEXT NOT NULL,                         -- of an email: in small letters
  PRIMARY KEY (person, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_entry_by_email ON person_entry (value) WHERE what = 'email';

-- The words by which a person is found beside the addresses, lower case.
CREATE TABLE person_word (
  word TEXT NOT NULL,
  person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  PRIMARY KEY (word, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_word_by_person ON person_word (person);

-- Named lists of addresses, to write to at once.
CREATE TABLE address_group (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  sort_key TEXT NOT NULL                       -- as of a person
) STRICT;
CREATE INDEX address_group_by_sort ON address_group (sort_key, id);

CREATE TABLE address_group_member (
  address_group INTEGER NOT NULL REFERENCES address_group (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,                      -- order in the group
  email TEXT NOT NULL,                         -- lower case
  name TEXT NOT NULL DEFAULT '',               -- where the address book has none for the address
  PRIMARY KEY (address_group, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE address_group_word (
  word TEXT NOT NULL,
  address_group INTEGER NOT NULL REFERENCES address_group (id) ON DELETE CASCADE,
  PRIMARY KEY (word, address_group)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_group_word_by_group ON address_group_word (address_group);

CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL                          -- JSON
) STRICT, WITHOUT ROWID;

-- What a POP3 server has or had. Absence from a listing never deletes a message here.
CREATE TABLE maildrop (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  uidl TEXT NOT NULL,                          -- the server's, or 'header:' and a hash where it has no UIDL
  size INTEGER NOT NULL DEFAULT 0,
  header_hash TEXT NOT NULL DEFAULT '',        -- BLAKE3 of the header in hex, to know it again under a new UIDL
  message INTEGER REFERENCES message (id) ON DELETE SET NULL,
  state TEXT NOT NULL DEFAULT 'known',         -- known, headers, downloaded, marked, deleted
  first_seen INTEGER NOT NULL DEFAULT 0,
  deleted_at INTEGER NOT NULL DEFAULT 0,
  is_kept INTEGER NOT NULL DEFAULT 0,          -- stays on the server for ever, whatever the policy says
  absent_since INTEGER NOT NULL DEFAULT 0,     -- when a complete listing first did not show it; 0 = it is there
  UNIQUE (account, uidl)
) STRICT;
CREATE INDEX maildrop_by_message ON maildrop (message) WHERE message IS NOT NULL;
CREATE INDEX maildrop_by_content ON maildrop (account, size, header_hash) WHERE header_hash <> '';

-- Rules that say what of a maildrop is downloaded: in their order, the first that matches holds.
CREATE TABLE maildrop_rule (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  is_on INTEGER NOT NULL DEFAULT 1,
  condition TEXT NOT NULL,                     -- larger, smaller, sender, subject, older
  number INTEGER NOT NULL DEFAULT 0,           -- bytes, or days
  words TEXT NOT NULL DEFAULT '',              -- address, domain, or part of a subject
  action TEXT NOT NULL                         -- download, head, skip, delete
) STRICT;
CREATE INDEX maildrop_rule_by_account ON maildrop_rule (account, place);

-- What rules decided of messages that were not downloaded: heads of those that were left there, names of those that were deleted.
CREATE TABLE maildrop_ruling (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  entry INTEGER NOT NULL UNIQUE REFERENCES maildrop (id) ON DELETE CASCADE,
  condition TEXT NOT NULL,                     -- the rule as it was
  number INTEGER NOT NULL DEFAULT 0,
  words TEXT NOT NULL DEFAULT '',
  action TEXT NOT NULL,
  size INTEGER NOT NULL DEFAULT 0,             -- as LIST said then
  header_hash TEXT NOT NULL DEFAULT '',        -- BLAKE3 of the header in hex; empty = the server did not show it
  sender_name TEXT NOT NULL DEFAULT '',
  sender TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  received INTEGER NOT NULL DEFAULT 0,         -- 0 = not known
  decided_at INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Placements that the server took away; restorable for 30 days.
CREATE TABLE removed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  mailbox INTEGER REFERENCES mailbox (id) ON DELETE SET NULL,
  flags TEXT NOT NULL DEFAULT '',
  by_user INTEGER NOT NULL DEFAULT 0,          -- deleted for good here: not offered for restoring
  removed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX removed_by_message ON removed (message);
CREATE INDEX removed_by_time ON removed (removed_at);
CREATE INDEX removed_by_account ON removed (account, removed_at);
CREATE INDEX removed_by_mailbox ON removed (mailbox);

-- Whose remote pictures are loaded without asking.
CREATE TABLE remote_image (
  scope TEXT NOT NULL,                         -- sender, domain
  value TEXT NOT NULL,                         -- lower case
  PRIMARY KEY (scope, value)
) STRICT, WITHOUT ROWID;

-- In which encoding a sender's mail is read instead of what it says.
CREATE TABLE sender_charset (
  email TEXT NOT NULL,                         -- lower case
  own TEXT NOT NULL,                           -- what the mail would be read in, lower case
  charset TEXT NOT NULL,
  PRIMARY KEY (email, own)
) STRICT, WITHOUT ROWID;

-- Bodies that were let go on purpose: the sweep may take them, and does not index them again.
CREATE TABLE released_body (
  body INTEGER NOT NULL PRIMARY KEY,           -- bodies.db body.id
  released_at INTEGER NOT NULL
) STRICT;

-- What the server was found to have, and what the last proof found. No row = nothing was compared yet.
CREATE TABLE ledger (
  mailbox INTEGER NOT NULL PRIMARY KEY REFERENCES mailbox (id) ON DELETE CASCADE,
  object_id TEXT NOT NULL DEFAULT '',          -- MAILBOXID (RFC 8474), empty = not told
  there INTEGER NOT NULL DEFAULT -1,           -- messages there when it was last compared, -1 = not known
  proved_at INTEGER NOT NULL DEFAULT 0,        -- last complete proof
  compared INTEGER NOT NULL DEFAULT 0,         -- messages that were compared then
  missing INTEGER NOT NULL DEFAULT 0,          -- there and not here: fetched
  gone INTEGER NOT NULL DEFAULT 0,             -- here and not there: to Removed on the server
  flags INTEGER NOT NULL DEFAULT 0,            -- other flags there: taken over
  other INTEGER NOT NULL DEFAULT 0,            -- another message under the uid: matched anew
  spared INTEGER NOT NULL DEFAULT 0,           -- left alone, because a change of the user's is under way
  remaining INTEGER NOT NULL DEFAULT 0,        -- still differs afterwards
  problem TEXT NOT NULL DEFAULT ''             -- why it did not come to its end, empty = it did
) STRICT, WITHOUT ROWID;

-- Messages that the server lists, and does not give or gives in a form that nobody can read.
CREATE TABLE quarantine (
  mailbox INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
  uid INTEGER NOT NULL,
  since INTEGER NOT NULL,
  reason TEXT NOT NULL DEFAULT '',             -- the server's sentence, or what could not be read
  PRIMARY KEY (mailbox, uid)
) STRICT, WITHOUT ROWID;
