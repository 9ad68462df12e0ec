//! Messages being written. Saved as they are typed; attached files are snapshotted into the body store.
//!
//! Invariants: every change gives a draft a greater `updated_at`, which names the version. A draft with a copy in the
//! Drafts folder is *resting* while that copy is in no folder but Trash or Junk, because it was removed or thrown away: it is
//! not listed and not copied, and a save wakes it. One that was changed here after its copy was made never rests by what
//! happened elsewhere: it loses the copy and is kept.

mod copy;
mod version;
mod wish;

pub use copy::{
    DraftCopy, NewCopy, begin_copy, begin_copy_again, copied, copies, copy_failed, forget_copy,
    look_again, remove_copy, settle_copy, strays, to_copy,
};
pub(crate) use copy::{copy_vanished, forget_resting};
pub use version::{DraftVersion, keep_version, versions};
pub use wish::{Wishes, habit, set_habit, set_wishes, wishes};

use posthorn_model::{
    AccountId, Address, AttachmentId, BodyId, DraftId, MessageId, MessageIdHeader, OperationId,
    OutboxId, Timestamp,
};
use rusqlite::{Row, params};

use crate::address_list;
use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

/// How a draft began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DraftKind {
    /// From nothing.
    #[default]
    New,
    /// An answer to the sender.
    Reply,
    /// An answer to all.
    ReplyAll,
    /// A forwarded message.
    Forward,
    /// A message from the Drafts folder, written on.
    Edit,
}

impl DraftKind {
    const ALL: [Self; 5] = [Self::New, Self::Reply, Self::ReplyAll, Self::Forward, Self::Edit];

    fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Reply => "reply",
            Self::ReplyAll => "reply-all",
            Self::Forward => "forward",
            Self::Edit => "edit",
        }
    }
}

/// What the composer knows of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftContent {
    /// Account to send with.
    pub account: AccountId,
    /// Identity to send as; absent = the account's default.
    pub identity: Option<i64>,
    /// How it began.
    pub kind: DraftKind,
    /// What it answers or forwards; absent for a new one.
    pub original: Option<MessageId>,
    /// Its `Message-ID`, fixed when it begins.
    pub message_id: MessageIdHeader,
    /// `In-Reply-To`; absent for a new one.
    pub in_reply_to: Option<MessageIdHeader>,
    /// `References`, oldest first.
    pub references: Vec<MessageIdHeader>,
    /// `To`.
    pub to: Vec<Address>,
    /// `Cc`.
    pub cc: Vec<Address>,
    /// `Bcc`.
    pub bcc: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML; empty = a plain-text message.
    pub html: String,
    /// The original, kept apart from what was typed; empty = none.
    pub quoted_html: String,
    /// The original stands above what was typed, else below.
    pub is_quote_first: bool,
    /// The signature stands below the original, else below what was typed. Without meaning where the original is first.
    pub is_signature_last: bool,
}

/// A draft as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// What the composer knows.
    pub content: DraftContent,
    /// Its files, in order.
    pub attachments: Vec<DraftAttachment>,
    /// Its copy in the Drafts folder; absent = not saved there.
    pub saved_message: Option<MessageId>,
    /// The outbox row that sends it; absent = it is being written.
    pub outbox: Option<OutboxId>,
    /// Last change; names the version.
    pub updated_at: Timestamp,
    /// How its copy on the server stands.
    pub copy: CopyState,
    /// Its copy was changed or removed elsewhere after it was changed here; absent = it was not.
    pub diverged_at: Option<Timestamp>,
}

/// How a draft's copy on the server stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopyState {
    /// First change that the copy does not have; absent = it has all of them.
    pub dirty_since: Option<Timestamp>,
    /// The composer was closed since the last change.
    pub is_left: bool,
    /// Tries since the last success.
    pub attempts: u32,
    /// Not before this; in the past = at once.
    pub next_try: Timestamp,
    /// Why there is no newer copy; empty = nothing is wrong.
    pub error: String,
}

/// A file attached to a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftAttachment {
    /// Its id.
    pub id: AttachmentId,
    /// File name.
    pub name: String,
    /// Media type in lower case.
    pub mime: String,
    /// Bytes.
    pub size: u64,
    /// `Content-ID` without angle brackets; empty = not referred to by the text.
    pub content_id: String,
    /// It is shown inside the text.
    pub is_inline: bool,
    /// The snapshot of its bytes.
    pub body: BodyId,
}

const COLUMNS: &str = "id, account, identity, kind, original, message_id, in_reply_to, reference_list, to_list, cc_list, \
    bcc_list, subject, text, html, quoted_html, saved_message, outbox, updated_at, dirty_since, is_left, diverged_at, \
    copy_attempts, copy_next_try, copy_error, is_quote_first, is_signature_last";

/// Whether a draft is awake: it has no copy, or one in a folder where it is seen.
const AWAKE: &str = "(saved_message IS NULL OR EXISTS (SELECT 1 FROM placement JOIN mailbox ON mailbox.id = placement.mailbox \
    WHERE placement.message = draft.saved_message AND placement.is_hidden = 0 \
      AND CASE role_override WHEN '' THEN role ELSE role_override END NOT IN ('trash', 'junk')))";
/// A time that is greater than that of the version before, in the order of saving.
const NEXT_VERSION: &str = "MAX(?2, updated_at + 1)";

fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let list = |name: &str| {
        row.get_ref(name).map(|value| address_list::read(value.as_str().unwrap_or_default()))
    };
    let in_reply_to: String = row.get("in_reply_to")?;
    let references: String = row.get("reference_list")?;
    let kind: String = row.get("kind")?;
    let outbox: i64 = row.get("outbox")?;
    let time = |name: &str| -> rusqlite::Result<Option<Timestamp>> {
        row.get(name).map(|at: i64| (at != 0).then_some(Timestamp(at)))
    };
    Ok(Draft {
        id: DraftId(row.get("id")?),
        content: DraftContent {
            account: AccountId(row.get("account")?),
            identity: row.get("identity")?,
            kind: DraftKind::ALL.into_iter().find(|known| known.word() == kind).unwrap_or_default(),
            original: row.get::<_, Option<i64>>("original")?.map(MessageId),
            message_id: MessageIdHeader(row.get("message_id")?),
            in_reply_to: (!in_reply_to.is_empty()).then_some(MessageIdHeader(in_reply_to)),
            references: references
                .split(' ')
                .filter(|id| !id.is_empty())
                .map(|id| MessageIdHeader(id.to_owned()))
                .collect(),
            to: list("to_list")?,
            cc: list("cc_list")?,
            bcc: list("bcc_list")?,
            subject: row.get("subject")?,
            text: row.get("text")?,
            html: row.get("html")?,
            quoted_html: row.get("quoted_html")?,
            is_quote_first: row.get("is_quote_first")?,
            is_signature_last: row.get("is_signature_last")?,
        },
        attachments: Vec::new(),
        saved_message: row.get::<_, Option<i64>>("saved_message")?.map(MessageId),
        outbox: (outbox != 0).then_some(OutboxId(outbox)),
        updated_at: Timestamp(row.get("updated_at")?),
        copy: CopyState {
            dirty_since: time("dirty_since")?,
            is_left: row.get("is_left")?,
            attempts: row.get("copy_attempts")?,
            next_try: Timestamp(row.get("copy_next_try")?),
            error: row.get("copy_error")?,
        },
        diverged_at: time("diverged_at")?,
    })
}

/// Returns all drafts that are being written and do not rest, last changed first, with their files.
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<Draft>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM draft WHERE outbox = 0 AND {AWAKE} ORDER BY updated_at DESC, id DESC"
    );
    let drafts = tx.all(&sql, [], read)?;
    drafts.into_iter().map(|draft| complete(tx, draft)).collect()
}

/// Returns one draft with its files.
pub fn get(tx: &ReadTx<'_>, id: DraftId) -> Result<Draft> {
    let sql = format!("SELECT {COLUMNS} FROM draft WHERE id = ?1");
    complete(tx, tx.maybe(&sql, [id.0], read)?.ok_or(Error::NotFound("draft"))?)
}

/// Returns the draft that has this message as its copy, also one that rests or is being sent.
pub fn of_copy(tx: &ReadTx<'_>, message: MessageId) -> Result<Option<Draft>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM draft WHERE saved_message = ?1 ORDER BY updated_at DESC LIMIT 1"
    );
    tx.maybe(&sql, [message.0], read)?.map(|draft| complete(tx, draft)).transpose()
}

fn complete(tx: &ReadTx<'_>, mut draft: Draft) -> Result<Draft> {
    draft.attachments = attachments(tx, draft.id)?;
    Ok(draft)
}

/// Begins a draft. Until its first change there is nothing in it to be copied.
pub fn add(tx: &WriteTx<'_>, content: &DraftContent) -> Result<DraftId> {
    let sql = "INSERT INTO draft (account, created_at) VALUES (?1, ?2)";
    let id = DraftId(tx.insert(sql, params![content.account.0, tx.now().0])?);
    write(tx, id, content)?;
    Ok(id)
}

/// Notes that a draft has begun with its files: nobody has changed it yet. `copy`: the message of the Drafts folder that
/// it goes on with; absent = none.
pub fn begun(tx: &WriteTx<'_>, id: DraftId, copy: Option<MessageId>) -> Result<()> {
    let sql = "UPDATE draft SET saved_message = ?2, dirty_since = 0, is_left = 0 WHERE id = ?1";
    tx.run(sql, params![id.0, copy.map(|id| id.0)])?;
    tx.note(|changes| changes.draft(id));
    Ok(())
}

/// Saves what was typed; now and then what was there before is kept as an earlier version. A draft that is being sent is
/// not changed. One that rests wakes, without its copy.
pub fn update(tx: &WriteTx<'_>, id: DraftId, content: &DraftContent) -> Result<()> {
    version::keep(tx, id, content)?;
    let sql = format!(
        "UPDATE draft SET diverged_at = ?2, saved_message = NULL WHERE id = ?1 AND outbox = 0 AND NOT {AWAKE}"
    );
    tx.run(&sql, [id.0, tx.now().0])?;
    write(tx, id, content)?;
    touch(tx, id)
}

fn write(tx: &WriteTx<'_>, id: DraftId, content: &DraftContent) -> Result<()> {
    let sql = format!(
        "UPDATE draft SET account = ?3, identity = ?4, kind = ?5, original = ?6, message_id = ?7, in_reply_to = ?8, \
        reference_list = ?9, to_list = ?10, cc_list = ?11, bcc_list = ?12, subject = ?13, text = ?14, html = ?15, \
        quoted_html = ?16, is_quote_first = ?17, is_signature_last = ?18, updated_at = {NEXT_VERSION} \
        WHERE id = ?1 AND outbox = 0"
    );
    let references: Vec<&str> = content.references.iter().map(|id| id.0.as_str()).collect();
    let values = params![
        id.0,
        tx.now().0,
        content.account.0,
        content.identity,
        content.kind.word(),
        content.original.map(|id| id.0),
        content.message_id.0,
        content.in_reply_to.as_ref().map_or("", |id| id.0.as_str()),
        references.join(" "),
        address_list::write(&content.to),
        address_list::write(&content.cc),
        address_list::write(&content.bcc),
        content.subject,
        content.text,
        content.html,
        content.quoted_html,
        content.is_quote_first,
        content.is_signature_last,
    ];
    if tx.run(&sql, values)? == 0 {
        return Err(Error::NotFound("draft"));
    }
    tx.note(|changes| changes.draft(id));
    Ok(())
}

/// Notes a change: the copy on the server lacks it.
fn touch(tx: &WriteTx<'_>, id: DraftId) -> Result<()> {
    let sql = format!(
        "UPDATE draft SET updated_at = {NEXT_VERSION}, is_left = 0, \
         dirty_since = CASE dirty_since WHEN 0 THEN ?2 ELSE dirty_since END WHERE id = ?1"
    );
    tx.run(&sql, [id.0, tx.now().0])?;
    tx.note(|changes| changes.draft(id));
    Ok(())
}

/// Notes that the composer was closed and the draft is kept. One that only looked at a message of the Drafts folder goes,
/// and the message stays as it was.
pub fn leave(tx: &WriteTx<'_>, id: DraftId) -> Result<()> {
    let sql = format!(
        "DELETE FROM draft WHERE id = ?1 AND kind = 'edit' AND outbox = 0 AND dirty_since = 0 \
           AND saved_message IS NOT NULL AND {AWAKE} \
           AND NOT EXISTS (SELECT 1 FROM draft_copy WHERE draft_copy.draft = draft.id)"
    );
    if tx.run(&sql, [id.0])? == 0 {
        let sql = "UPDATE draft SET is_left = 1, \
            dirty_since = CASE WHEN dirty_since = 0 AND saved_message IS NULL THEN updated_at ELSE dirty_since END \
            WHERE id = ?1 AND outbox = 0";
        tx.run(sql, [id.0])?;
    }
    tx.note(|changes| changes.draft(id));
    Ok(())
}

/// Throws a draft away, and its copy on the server by an operation.
pub fn discard(tx: &WriteTx<'_>, id: DraftId) -> Result<Vec<OperationId>> {
    let draft = get(tx, id)?;
    let operations = match draft.saved_message {
        Some(copy) => remove_copy(tx, copy)?,
        None => Vec::new(),
    };
    remove(tx, id)?;
    Ok(operations)
}

/// Removes a draft and its files (whose bytes the sweep takes after its time). A copy on the server stays.
pub fn remove(tx: &WriteTx<'_>, id: DraftId) -> Result<()> {
    tx.run("DELETE FROM draft WHERE id = ?1", [id.0])?;
    tx.note(|changes| changes.draft(id));
    Ok(())
}

/// Says that an outbox row sends the draft (it is no longer listed), or that it is written on again.
pub fn set_outbox(tx: &WriteTx<'_>, id: DraftId, outbox: Option<OutboxId>) -> Result<()> {
    let sql = format!("UPDATE draft SET outbox = ?3, updated_at = {NEXT_VERSION} WHERE id = ?1");
    if tx.run(&sql, params![id.0, tx.now().0, outbox.map_or(0, |id| id.0)])? == 0 {
        return Err(Error::NotFound("draft"));
    }
    tx.note(|changes| changes.draft(id));
    Ok(())
}

/// Returns a draft's files in order.
pub fn attachments(tx: &ReadTx<'_>, draft: DraftId) -> Result<Vec<DraftAttachment>> {
    let sql = "SELECT id, name, mime, size, content_id, is_inline, body FROM draft_attachment WHERE draft = ?1 \
        ORDER BY place, id";
    tx.all(sql, [draft.0], |row| {
        Ok(DraftAttachment {
            id: AttachmentId(row.get(0)?),
            name: row.get(1)?,
            mime: row.get(2)?,
            size: row.get::<_, i64>(3)?.unsigned_abs(),
            content_id: row.get(4)?,
            is_inline: row.get(5)?,
            body: BodyId(row.get(6)?),
        })
    })
}

/// Attaches a file whose bytes are durable in the body store; `file.id` is ignored. Returns its id.
pub fn attach(tx: &WriteTx<'_>, draft: DraftId, file: &DraftAttachment) -> Result<AttachmentId> {
    let sql = "INSERT INTO draft_attachment (draft, place, name, mime, size, content_id, is_inline, body) VALUES (?1, \
        (SELECT COALESCE(MAX(place), -1) + 1 FROM draft_attachment WHERE draft = ?1), ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = params![
        draft.0,
        file.name,
        file.mime,
        file.size as i64,
        file.content_id,
        file.is_inline,
        file.body.0
    ];
    let id = AttachmentId(tx.insert(sql, values)?);
    tx.run("DELETE FROM released_body WHERE body = ?1", [file.body.0])?;
    touch(tx, draft)?;
    Ok(id)
}

/// Says that a file is a message that is here: it is forwarded with the draft.
pub fn is_message(tx: &WriteTx<'_>, file: AttachmentId, message: MessageId) -> Result<()> {
    let sql = "UPDATE draft_attachment SET message = ?2 WHERE id = ?1";
    tx.run(sql, params![file.0, message.0])?;
    Ok(())
}

/// Returns the messages that a draft has as files, each once.
pub fn messages_within(tx: &ReadTx<'_>, draft: DraftId) -> Result<Vec<MessageId>> {
    let sql = "SELECT DISTINCT message FROM draft_attachment WHERE draft = ?1 AND message IS NOT NULL ORDER BY message";
    tx.all(sql, [draft.0], |row| row.get(0).map(MessageId))
}

/// Takes a file off.
pub fn detach(tx: &WriteTx<'_>, draft: DraftId, id: AttachmentId) -> Result<()> {
    tx.run("DELETE FROM draft_attachment WHERE draft = ?1 AND id = ?2", [draft.0, id.0])?;
    touch(tx, draft)
}
