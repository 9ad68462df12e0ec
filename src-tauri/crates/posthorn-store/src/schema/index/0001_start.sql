-- index.db, version 1. What the columns mean is said in ../index.sql.
CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  sender_name TEXT NOT NULL DEFAULT '',
  incoming_protocol TEXT NOT NULL DEFAULT 'imap',
  incoming_host TEXT NOT NULL DEFAULT '',
  incoming_port INTEGER NOT NULL DEFAULT 993,
  incoming_encryption TEXT NOT NULL DEFAULT 'tls',
  incoming_user TEXT NOT NULL DEFAULT '',
  incoming_fingerprint TEXT NOT NULL DEFAULT '',
  outgoing_host TEXT NOT NULL DEFAULT '',
  outgoing_port INTEGER NOT NULL DEFAULT 465,
  outgoing_encryption TEXT NOT NULL DEFAULT 'tls',
  outgoing_user TEXT NOT NULL DEFAULT '',
  outgoing_fingerprint TEXT NOT NULL DEFAULT '',
  is_enabled INTEGER NOT NULL DEFAULT 1,
  color TEXT NOT NULL DEFAULT '',
  mark TEXT NOT NULL DEFAULT '',
  place INTEGER NOT NULL DEFAULT 0,
  pop_policy TEXT NOT NULL DEFAULT 'leave',
  pop_days INTEGER NOT NULL DEFAULT 0,
  pop_size_limit INTEGER NOT NULL DEFAULT 0,
  check_minutes INTEGER NOT NULL DEFAULT 10,
  keep_days INTEGER NOT NULL DEFAULT 0,
  server_files_sent INTEGER NOT NULL DEFAULT 0,
  tls_seen INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE identity (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  place INTEGER NOT NULL DEFAULT 0,
  name TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  reply_to TEXT NOT NULL DEFAULT '',
  signature TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX identity_by_account ON identity (account, place);
CREATE TABLE mailbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  parent INTEGER REFERENCES mailbox (id) ON DELETE SET NULL,
  path TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  delimiter TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL DEFAULT 'other',
  role_override TEXT NOT NULL DEFAULT '',
  uid_validity INTEGER NOT NULL DEFAULT 0,
  uid_next INTEGER NOT NULL DEFAULT 0,
  highest_modseq INTEGER NOT NULL DEFAULT 0,
  is_complete INTEGER NOT NULL DEFAULT 0,
  lowest_uid INTEGER NOT NULL DEFAULT 0,
  synced_at INTEGER NOT NULL DEFAULT 0,
  audited_at INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0,
  is_local INTEGER NOT NULL DEFAULT 0,
  is_selectable INTEGER NOT NULL DEFAULT 1,
  is_subscribed INTEGER NOT NULL DEFAULT 1,
  is_hidden INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, path)
) STRICT;
CREATE INDEX mailbox_by_parent ON mailbox (parent);
CREATE TABLE thread (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX thread_by_account ON thread (account);
CREATE TABLE thread_link (
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  thread INTEGER NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  PRIMARY KEY (account, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_link_by_thread ON thread_link (thread);
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  position INTEGER NOT NULL UNIQUE,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  thread INTEGER NOT NULL REFERENCES thread (id),
  received INTEGER NOT NULL DEFAULT 0,
  date INTEGER NOT NULL DEFAULT 0,
  message_id TEXT NOT NULL DEFAULT '',
  server_id TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  subject_key TEXT NOT NULL DEFAULT '',
  is_reply INTEGER NOT NULL DEFAULT 0,
  has_references INTEGER NOT NULL DEFAULT 0,
  from_list TEXT NOT NULL DEFAULT '',
  to_list TEXT NOT NULL DEFAULT '',
  cc_list TEXT NOT NULL DEFAULT '',
  bcc_list TEXT NOT NULL DEFAULT '',
  reply_to_list TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL DEFAULT 0,
  preview TEXT NOT NULL DEFAULT '',
  has_attachments INTEGER NOT NULL DEFAULT 0,
  body_state INTEGER NOT NULL DEFAULT 0,
  body INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX message_by_thread ON message (thread);
CREATE INDEX message_by_message_id ON message (account, message_id) WHERE message_id <> '';
CREATE INDEX message_by_server_id ON message (account, server_id) WHERE server_id <> '';
CREATE INDEX message_by_subject ON message (account, subject_key, received) WHERE subject_key <> '';
CREATE INDEX message_by_body ON message (body) WHERE body <> 0;
CREATE INDEX message_facts ON message (position, account, has_attachments, size, body_state);
CREATE INDEX message_without_body ON message (account, position) WHERE body_state <> 2;
CREATE TABLE placement (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
  message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  thread INTEGER NOT NULL,
  uid INTEGER,
  is_seen INTEGER NOT NULL DEFAULT 0,
  is_flagged INTEGER NOT NULL DEFAULT 0,
  is_answered INTEGER NOT NULL DEFAULT 0,
  is_draft INTEGER NOT NULL DEFAULT 0,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  keywords TEXT NOT NULL DEFAULT '',
  modseq INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0,
  is_leaving INTEGER NOT NULL DEFAULT 0,
  is_hidden INTEGER NOT NULL GENERATED ALWAYS AS (is_deleted OR is_leaving) VIRTUAL,
  UNIQUE (mailbox, message),
  UNIQUE (mailbox, uid)
) STRICT;
CREATE INDEX placement_walk ON placement (mailbox, position, is_seen, is_flagged, is_deleted, is_leaving);
CREATE INDEX placement_by_thread ON placement (thread, mailbox);
CREATE INDEX placement_by_message ON placement (message);
CREATE INDEX placement_by_position ON placement
  (position, mailbox, is_seen, is_flagged, is_answered, is_draft, is_deleted, is_leaving);
CREATE TABLE thread_mailbox (
  mailbox INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
  thread INTEGER NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
  latest INTEGER NOT NULL,
  total INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0,
  flagged INTEGER NOT NULL DEFAULT 0,
  files INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (mailbox, thread)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_mailbox_walk ON thread_mailbox (mailbox, latest, thread, unread, flagged, files);
CREATE INDEX thread_mailbox_by_thread ON thread_mailbox (thread);
CREATE TABLE word_queue (
  position INTEGER PRIMARY KEY
) STRICT;
CREATE TABLE message_section (
  message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  section TEXT NOT NULL,
  body INTEGER NOT NULL,
  PRIMARY KEY (message, section)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_section_by_body ON message_section (body);
CREATE TABLE attachment (
  message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  section TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  mime TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL DEFAULT 0,
  content_id TEXT NOT NULL DEFAULT '',
  is_inline INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (message, section)
) STRICT, WITHOUT ROWID;
CREATE TABLE operation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  action TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'queued',
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL DEFAULT 0,
  finished_at INTEGER NOT NULL DEFAULT 0,
  undone_by INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX operation_queue ON operation (account, id) WHERE state IN ('queued', 'sent');
CREATE TABLE operation_target (
  operation INTEGER NOT NULL REFERENCES operation (id) ON DELETE CASCADE,
  message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
  uid INTEGER,
  flags_before TEXT NOT NULL DEFAULT '',
  was_present INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (operation, message, mailbox)
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_target_by_message ON operation_target (message);
CREATE INDEX operation_target_by_mailbox ON operation_target (mailbox);
CREATE TABLE draft (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  identity INTEGER REFERENCES identity (id) ON DELETE SET NULL,
  kind TEXT NOT NULL DEFAULT 'new',
  original INTEGER REFERENCES message (id) ON DELETE SET NULL,
  message_id TEXT NOT NULL DEFAULT '',
  in_reply_to TEXT NOT NULL DEFAULT '',
  reference_list TEXT NOT NULL DEFAULT '',
  to_list TEXT NOT NULL DEFAULT '',
  cc_list TEXT NOT NULL DEFAULT '',
  bcc_list TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  html TEXT NOT NULL DEFAULT '',
  quoted_html TEXT NOT NULL DEFAULT '',
  saved_message INTEGER REFERENCES message (id) ON DELETE SET NULL,
  outbox INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL DEFAULT 0,
  updated_at INTEGER NOT NULL DEFAULT 0
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
  body INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_attachment_by_draft ON draft_attachment (draft, place);
CREATE INDEX draft_attachment_by_body ON draft_attachment (body);
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  draft INTEGER REFERENCES draft (id) ON DELETE SET NULL,
  state TEXT NOT NULL DEFAULT 'queued',
  message_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  subject TEXT NOT NULL DEFAULT '',
  body INTEGER NOT NULL,
  bcc_line TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER NOT NULL DEFAULT 0,
  reply TEXT NOT NULL DEFAULT '',
  queue_id TEXT NOT NULL DEFAULT '',
  stop_on_refused INTEGER NOT NULL DEFAULT 0,
  needs_filing INTEGER NOT NULL DEFAULT 1,
  filed_message INTEGER REFERENCES message (id) ON DELETE SET NULL,
  created_at INTEGER NOT NULL DEFAULT 0,
  updated_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_by_account ON outbox (account, state);
CREATE INDEX outbox_by_draft ON outbox (draft);
CREATE INDEX outbox_by_body ON outbox (body);
CREATE INDEX outbox_by_filed_message ON outbox (filed_message);
CREATE TABLE outbox_recipient (
  outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting',
  reply TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (outbox, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,
  reply TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_event_by_outbox ON outbox_event (outbox, id);
CREATE TABLE contact (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL DEFAULT '',
  sent INTEGER NOT NULL DEFAULT 0,
  received INTEGER NOT NULL DEFAULT 0,
  last_used INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE contact_word (
  word TEXT NOT NULL,
  contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
  PRIMARY KEY (word, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_word_by_contact ON contact_word (contact);
CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE maildrop (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  uidl TEXT NOT NULL,
  size INTEGER NOT NULL DEFAULT 0,
  header_hash TEXT NOT NULL DEFAULT '',
  message INTEGER REFERENCES message (id) ON DELETE SET NULL,
  state TEXT NOT NULL DEFAULT 'known',
  first_seen INTEGER NOT NULL DEFAULT 0,
  deleted_at INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, uidl)
) STRICT;
CREATE INDEX maildrop_by_message ON maildrop (message);
CREATE INDEX maildrop_by_content ON maildrop (account, size, header_hash);
CREATE TABLE removed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  mailbox INTEGER REFERENCES mailbox (id) ON DELETE SET NULL,
  flags TEXT NOT NULL DEFAULT '',
  by_user INTEGER NOT NULL DEFAULT 0,
  removed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX removed_by_message ON removed (message);
CREATE INDEX removed_by_time ON removed (removed_at);
CREATE INDEX removed_by_account ON removed (account, removed_at);
CREATE INDEX removed_by_mailbox ON removed (mailbox);
CREATE TABLE remote_image (
  scope TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (scope, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE released_body (
  body INTEGER NOT NULL PRIMARY KEY,
  released_at INTEGER NOT NULL
) STRICT;
