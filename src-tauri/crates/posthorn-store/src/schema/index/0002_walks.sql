-- Searches walk what is unread, starred or has files without looking through everything else; each is a few percent
-- of the mail.
CREATE INDEX placement_unseen ON placement (position, mailbox)
  WHERE is_seen = 0 AND is_deleted = 0 AND is_leaving = 0;
CREATE INDEX placement_flagged ON placement (position, mailbox)
  WHERE is_flagged = 1 AND is_deleted = 0 AND is_leaving = 0;
CREATE INDEX message_with_files ON message (position) WHERE has_attachments = 1;
