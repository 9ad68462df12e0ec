//! Messages: one set of bytes each, known by its head before the bytes are here.
//!
//! Invariants: an id is never reused and never changes its meaning; a whole body, once set, is never replaced by a
//! different one; sections are never passed off as the whole. The store does not parse: heads come parsed.

use std::collections::{BTreeMap, BTreeSet};

use posthorn_model::{
    AccountId, Address, BodyId, MailboxId, MessageId, MessageIdHeader, Position, ThreadId,
    Timestamp,
};
use rusqlite::{Row, params};

use crate::address_list;
use crate::error::{Error, Result};
use crate::thread::Assigned;
use crate::tx::{ReadTx, WriteTx};

/// Attachments kept per message: hostile mail has thousands of parts.
const ATTACHMENT_LIMIT: usize = 1000;

/// A message's head, already parsed and decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `Message-ID`; absent when missing or unusable.
    pub message_id: Option<MessageIdHeader>,
    /// EMAILID (RFC 8474) or X-GM-MSGID; absent where the server has none.
    pub server_id: Option<String>,
    /// `References` and `In-Reply-To`, oldest first, each once.
    pub references: Vec<MessageIdHeader>,
    /// Subject, decoded.
    pub subject: String,
    /// Subject without reply prefixes and list tags, folded: equal for all of a conversation. Empty = none.
    pub subject_key: String,
    /// The subject has a reply or forward prefix.
    pub has_reply_prefix: bool,
    /// `From`.
    pub from: Vec<Address>,
    /// `To`.
    pub to: Vec<Address>,
    /// `Cc`.
    pub cc: Vec<Address>,
    /// `Bcc`, only in our own sent mail and drafts.
    pub bcc: Vec<Address>,
    /// `Reply-To`.
    pub reply_to: Vec<Address>,
    /// `Date`; absent when missing or nonsense.
    pub date: Option<Timestamp>,
    /// When it was received (INTERNALDATE, or the newest `Received`).
    pub received: Timestamp,
    /// Bytes of the whole message.
    pub size: u64,
    /// Beginning of the text for lists; empty = not known yet.
    pub preview: String,
    /// It has files that a person would call attachments.
    pub has_attachments: bool,
    /// A program wrote it (a report, a receipt, an absence note): it is nobody's answer.
    pub is_automatic: bool,
    /// Its attachments, as far as the structure is known.
    pub attachments: Vec<Attachment>,
}

/// A part that can be saved as a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    /// Part number (RFC 9051 section 6.4.5.1), `1` for a message of one part.
    pub section: String,
    /// File name, decoded; empty = none given.
    pub name: String,
    /// Media type in lower case, like `image/png`.
    pub mime: String,
    /// Decoded bytes, as far as known.
    pub size: u64,
    /// `Content-ID` without angle brackets; empty = none.
    pub content_id: String,
    /// It is shown inside the text.
    pub is_inline: bool,
}

/// Which of a message's bytes are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyState {
    /// None.
    Missing,
    /// Some sections.
    Sections,
    /// All.
    Whole(BodyId),
}

/// A message as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its place in time order, also its full-text row.
    pub position: Position,
    /// Whose it is.
    pub account: AccountId,
    /// Its conversation.
    pub thread: ThreadId,
    /// Which bytes are here.
    pub body: BodyState,
    /// Its head. `references` is empty here: they are kept in the thread, not per message.
    pub head: Head,
}

const COLUMNS: &str = "id, position, account, thread, body_state, body, message_id, server_id, subject, subject_key, \
    is_reply, from_list, to_list, cc_list, bcc_list, reply_to_list, date, received, size, preview, has_attachments, \
    is_automatic";

fn read(row: &Row<'_>) -> rusqlite::Result<Message> {
    let list = |name: &str| {
        row.get_ref(name).map(|value| address_list::read(value.as_str().unwrap_or_default()))
    };
    let known =
        |name: &str| row.get::<_, String>(name).map(|text| (!text.is_empty()).then_some(text));
    let date: i64 = row.get("date")?;
    let head = Head {
        message_id: known("message_id")?.map(MessageIdHeader),
        server_id: known("server_id")?,
        references: Vec::new(),
        subject: row.get("subject")?,
        subject_key: row.get("subject_key")?,
        has_reply_prefix: row.get("is_reply")?,
        from: list("from_list")?,
        to: list("to_list")?,
        cc: list("cc_list")?,
        bcc: list("bcc_list")?,
        reply_to: list("reply_to_list")?,
        date: (date != 0).then_some(Timestamp(date)),
        received: Timestamp(row.get("received")?),
        size: row.get::<_, i64>("size")?.unsigned_abs(),
        preview: row.get("preview")?,
        has_attachments: row.get("has_attachments")?,
        is_automatic: row.get("is_automatic")?,
        attachments: Vec::new(),
    };
    Ok(Message {
        id: MessageId(row.get("id")?),
        position: Position(row.get("position")?),
        account: AccountId(row.get("account")?),
        thread: ThreadId(row.get("thread")?),
        body: body_state(row.get("body_state")?, row.get("body")?),
        head,
    })
}

fn body_state(state: i64, body: i64) -> BodyState {
    match state {
        2 => BodyState::Whole(BodyId(body)),
        1 => BodyState::Sections,
        _ => BodyState::Missing,
    }
}

/// Returns one message with its attachments.
pub fn get(tx: &ReadTx<'_>, id: MessageId) -> Result<Message> {
    let sql = format!("SELECT {COLUMNS} FROM message WHERE id = ?1");
    let mut message = tx.maybe(&sql, [id.0], read)?.ok_or(Error::NotFound("message"))?;
    message.head.attachments = attachments(tx, id)?;
    Ok(message)
}

/// Returns the message at a position, absent where there is none.
pub fn at(tx: &ReadTx<'_>, position: Position) -> Result<Option<MessageId>> {
    tx.maybe("SELECT id FROM message WHERE position = ?1", [position.0], |row| {
        row.get(0).map(MessageId)
    })
}

/// Returns a thread's messages that are visible anywhere, oldest first, with their attachments.
pub fn in_thread(tx: &ReadTx<'_>, thread: ThreadId) -> Result<Vec<Message>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message WHERE thread = ?1 AND EXISTS (SELECT 1 FROM placement \
           WHERE placement.message = message.id AND is_hidden = 0) ORDER BY position"
    );
    let mut messages = tx.all(&sql, [thread.0], read)?;
    for message in &mut messages {
        message.head.attachments = attachments(tx, message.id)?;
    }
    Ok(messages)
}

/// Returns the account's messages with this `Message-ID`, newest first.
pub fn by_message_id(
    tx: &ReadTx<'_>,
    account: AccountId,
    id: &MessageIdHeader,
) -> Result<Vec<MessageId>> {
    let sql = "SELECT id FROM message WHERE account = ?1 AND message_id = ?2 AND message_id <> '' ORDER BY position DESC";
    tx.all(sql, params![account.0, id.0], |row| row.get(0).map(MessageId))
}

/// Returns a message's attachments by part number.
pub fn attachments(tx: &ReadTx<'_>, id: MessageId) -> Result<Vec<Attachment>> {
    let sql = "SELECT section, name, mime, size, content_id, is_inline FROM attachment WHERE message = ?1 ORDER BY section";
    tx.all(sql, [id.0], |row| {
        Ok(Attachment {
            section: row.get(0)?,
            name: row.get(1)?,
            mime: row.get(2)?,
            size: row.get::<_, i64>(3)?.unsigned_abs(),
            content_id: row.get(4)?,
            is_inline: row.get(5)?,
        })
    })
}

/// Returns the sections that are here, by name.
pub fn sections(tx: &ReadTx<'_>, id: MessageId) -> Result<Vec<(String, BodyId)>> {
    let sql = "SELECT section, body FROM message_section WHERE message = ?1 ORDER BY section";
    tx.all(sql, [id.0], |row| Ok((row.get(0)?, BodyId(row.get(1)?))))
}

/// A placement whose message's bytes are not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The message.
    pub message: MessageId,
    /// Its uid in the mailbox asked about.
    pub uid: posthorn_model::Uid,
    /// Bytes of the whole message.
    pub size: u64,
    /// When it was received.
    pub received: Timestamp,
}

/// Returns what the mailbox's messages lack, newest first: at most `limit`, and none above `size_limit` bytes that
/// already has sections.
pub fn without_body(
    tx: &ReadTx<'_>,
    mailbox: MailboxId,
    size_limit: u64,
    limit: usize,
) -> Result<Vec<Wanted>> {
    // Walks the partial index over messages without bytes: its cost follows what is missing, not the mailbox.
    let sql = "SELECT message.id, placement.uid, message.size, message.received \
        FROM message INDEXED BY message_without_body JOIN placement ON placement.mailbox = ?1 \
          AND placement.message = message.id \
        WHERE message.account = (SELECT account FROM mailbox WHERE id = ?1) AND message.body_state <> 2 \
          AND placement.uid IS NOT NULL AND NOT (message.body_state = 1 AND message.size > ?2) \
        ORDER BY message.position DESC LIMIT ?3";
    tx.all(sql, params![mailbox.0, size_limit as i64, limit as i64], |row| {
        Ok(Wanted {
            message: MessageId(row.get(0)?),
            uid: posthorn_model::Uid(row.get(1)?),
            size: row.get::<_, i64>(2)?.unsigned_abs(),
            received: Timestamp(row.get(3)?),
        })
    })
}

/// Returns how many of an account's messages lack bytes; those above `size_limit` that have sections do not count.
pub fn count_without_body(tx: &ReadTx<'_>, account: AccountId, size_limit: u64) -> Result<u64> {
    let sql = "SELECT count(*) FROM message INDEXED BY message_without_body WHERE account = ?1 \
        AND body_state <> 2 AND NOT (body_state = 1 AND size > ?2)";
    tx.one(sql, params![account.0, size_limit as i64], |row| row.get::<_, i64>(0))
        .map(i64::unsigned_abs)
}

/// Returns the mailboxes of an account that have messages of which nothing but the head is here.
pub fn lacking_text(tx: &ReadTx<'_>, account: AccountId) -> Result<BTreeSet<MailboxId>> {
    // One walk along the partial index over messages without bytes, for all mailboxes.
    let sql = "SELECT DISTINCT placement.mailbox FROM message INDEXED BY message_without_body \
        JOIN placement ON placement.message = message.id \
        WHERE message.account = ?1 AND message.body_state <> 2 AND message.body_state = 0 \
          AND placement.uid IS NOT NULL";
    let found = tx.all(sql, [account.0], |row| row.get(0).map(MailboxId))?;
    Ok(found.into_iter().collect())
}

/// What reading the bytes told about a message, beyond the head that the server sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Beginning of the text; empty = keep what is known.
    pub preview: String,
    /// Attachments; absent = keep what is known.
    pub attachments: Option<Vec<Attachment>>,
    /// It has files that a person would call attachments; absent = keep what is known.
    pub has_attachments: Option<bool>,
}

/// Attaches the whole bytes, which must be durable in the body store already, and what they told.
pub fn set_body(tx: &WriteTx<'_>, id: MessageId, body: BodyId, contents: &Contents) -> Result<()> {
    let known = known_contents(tx, id)?;
    // One write of the row: it is long, and in several indexes.
    let sql = "UPDATE message SET body = ?2, body_state = 2, \
        preview = CASE WHEN ?3 = '' THEN preview ELSE ?3 END WHERE id = ?1";
    tx.run(sql, params![id.0, body.0, contents.preview])?;
    tx.run("DELETE FROM released_body WHERE body = ?1", [body.0])?;
    change_contents(tx, id, &known, contents)
}

/// Attaches one section's bytes, which must be durable in the body store already.
pub fn set_section(tx: &WriteTx<'_>, id: MessageId, section: &str, body: BodyId) -> Result<()> {
    let sql = "INSERT INTO message_section (message, section, body) VALUES (?1, ?2, ?3) \
        ON CONFLICT (message, section) DO UPDATE SET body = excluded.body";
    tx.run(sql, params![id.0, section, body.0])?;
    tx.run("DELETE FROM released_body WHERE body = ?1", [body.0])?;
    tx.run("UPDATE message SET body_state = 1 WHERE id = ?1 AND body_state = 0", [id.0])?;
    tx.note(|changes| changes.contents(id));
    Ok(())
}

/// Changes preview and attachments.
pub fn set_contents(tx: &WriteTx<'_>, id: MessageId, contents: &Contents) -> Result<()> {
    let known = known_contents(tx, id)?;
    if !contents.preview.is_empty() {
        tx.run("UPDATE message SET preview = ?2 WHERE id = ?1", params![id.0, contents.preview])?;
    }
    change_contents(tx, id, &known, contents)
}

/// What is known of a message's contents before they are changed.
struct KnownContents {
    position: Position,
    /// Files that a person would call attachments.
    has_files: bool,
    /// Rows of attachments, pictures in the text among them.
    has_rows: bool,
}

fn known_contents(tx: &ReadTx<'_>, id: MessageId) -> Result<KnownContents> {
    let sql = "SELECT position, has_attachments, EXISTS (SELECT 1 FROM attachment WHERE message = ?1) \
        FROM message WHERE id = ?1";
    let known = tx.maybe(sql, [id.0], |row| {
        Ok(KnownContents {
            position: Position(row.get(0)?),
            has_files: row.get(1)?,
            has_rows: row.get(2)?,
        })
    })?;
    known.ok_or(Error::NotFound("message"))
}

/// Changes attachments, and notes that the contents changed.
fn change_contents(
    tx: &WriteTx<'_>,
    id: MessageId,
    known: &KnownContents,
    contents: &Contents,
) -> Result<()> {
    if let Some(list) = &contents.attachments {
        if known.has_rows {
            tx.run("DELETE FROM attachment WHERE message = ?1", [id.0])?;
        }
        add_attachments(tx, id, list)?;
    }
    if let Some(has_files) = contents.has_attachments.filter(|has| *has != known.has_files) {
        let sql = "UPDATE message SET has_attachments = ?2 WHERE id = ?1";
        tx.run(sql, params![id.0, has_files])?;
        crate::thread::recount_message(tx, id)?;
    }
    let position = known.position;
    crate::search::queue(tx, position)?;
    tx.note(|changes| {
        changes.contents(id);
        changes.row(position);
    });
    Ok(())
}

/// Adds the attachments of a message that has none yet.
fn add_attachments(tx: &WriteTx<'_>, id: MessageId, list: &[Attachment]) -> Result<()> {
    // A part number that stands twice is one part. Told here: a REPLACE costs a savepoint for each.
    let parts: BTreeMap<&str, &Attachment> =
        list.iter().take(ATTACHMENT_LIMIT).map(|part| (part.section.as_str(), part)).collect();
    let sql = "INSERT INTO attachment (message, section, name, mime, size, content_id, is_inline) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    for part in parts.into_values() {
        let values = params![
            id.0,
            part.section,
            part.name,
            part.mime,
            part.size as i64,
            part.content_id,
            part.is_inline
        ];
        tx.run(sql, values)?;
    }
    Ok(())
}

/// A message that was just added.
#[derive(Debug)]
pub(crate) struct Added {
    pub(crate) id: MessageId,
    pub(crate) position: Position,
    pub(crate) assigned: Assigned,
}

/// Adds the row of a message that is not known yet; its thread and position are chosen here. The caller counts it
/// ([`crate::search::count_messages`]).
pub(crate) fn insert(
    tx: &WriteTx<'_>,
    account: AccountId,
    head: &Head,
    body: Option<BodyId>,
) -> Result<Added> {
    let position = crate::position::free(tx, head.received)?;
    let assigned = crate::thread::assign(tx, account, head)?;
    let sql = "INSERT INTO message (position, account, thread, received, date, message_id, server_id, subject, \
        subject_key, is_reply, has_references, from_list, to_list, cc_list, bcc_list, reply_to_list, size, preview, \
        has_attachments, body_state, body, sender_key, is_automatic) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)";
    let from = address_list::write(&head.from);
    let values = params![
        position.0,
        account.0,
        assigned.thread.0,
        head.received.0,
        head.date.map_or(0, |date| date.0),
        head.message_id.as_ref().map_or("", |id| id.0.as_str()),
        head.server_id.as_deref().unwrap_or_default(),
        head.subject,
        head.subject_key,
        head.has_reply_prefix,
        !head.references.is_empty(),
        from,
        address_list::write(&head.to),
        address_list::write(&head.cc),
        address_list::write(&head.bcc),
        address_list::write(&head.reply_to),
        head.size as i64,
        head.preview,
        head.has_attachments,
        if body.is_some() { 2 } else { 0 },
        body.map_or(0, |body| body.0),
        address_list::shown_key(&from),
        head.is_automatic,
    ];
    let id = MessageId(tx.insert(sql, values)?);
    add_attachments(tx, id, &head.attachments)?;
    crate::search::queue(tx, position)?;
    tx.note(|changes| changes.contents(id));
    Ok(Added { id, position, assigned })
}

/// Corrects the size that a message was stored with.
pub fn set_size(tx: &WriteTx<'_>, id: MessageId, size: u64) -> Result<()> {
    let sql = "UPDATE message SET size = ?2 WHERE id = ?1 RETURNING position";
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let position = tx.maybe(sql, params![id.0, size], |row| row.get(0).map(Position))?;
    tx.note(|changes| position.into_iter().for_each(|position| changes.row(position)));
    Ok(())
}

/// Returns the message that an arrival is another placement of: by the server's id, else inside the account by equal
/// `Message-ID`, size and date. Candidates newest first.
pub(crate) fn same(tx: &ReadTx<'_>, account: AccountId, head: &Head) -> Result<Vec<MessageId>> {
    if let Some(server_id) = &head.server_id {
        let sql = "SELECT id FROM message WHERE account = ?1 AND server_id = ?2 AND server_id <> '' \
            ORDER BY position DESC LIMIT 8";
        let found = tx.all(sql, params![account.0, server_id], |row| row.get(0).map(MessageId))?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let (Some(message_id), Some(date)) = (&head.message_id, head.date) else {
        return Ok(Vec::new());
    };
    // Two different ids of the server are two messages, whatever their heads say.
    let sql = "SELECT id FROM message WHERE account = ?1 AND message_id = ?2 AND message_id <> '' AND size = ?3 \
        AND date = ?4 AND (server_id = '' OR ?5 = '') ORDER BY position DESC LIMIT 8";
    let server_id = head.server_id.as_deref().unwrap_or_default();
    let values = params![account.0, message_id.0, head.size as i64, date.0, server_id];
    tx.all(sql, values, |row| row.get(0).map(MessageId))
}
