//! Messages being written. Saved as they are typed; attached files are snapshotted into the body store.

use posthorn_model::{
    AccountId, Address, AttachmentId, BodyId, DraftId, MessageId, MessageIdHeader, OutboxId,
    Timestamp,
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
    /// Last change.
    pub updated_at: Timestamp,
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
    bcc_list, subject, text, html, quoted_html, saved_message, outbox, updated_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let list = |name: &str| {
        row.get_ref(name).map(|value| address_list::read(value.as_str().unwrap_or_default()))
    };
    let in_reply_to: String = row.get("in_reply_to")?;
    let references: String = row.get("reference_list")?;
    let kind: String = row.get("kind")?;
    let outbox: i64 = row.get("outbox")?;
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
        },
        attachments: Vec::new(),
        saved_message: row.get::<_, Option<i64>>("saved_message")?.map(MessageId),
        outbox: (outbox != 0).then_some(OutboxId(outbox)),
        updated_at: Timestamp(row.get("updated_at")?),
    })
}

/// Returns all drafts that are being written, last changed first, with their files.
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<Draft>> {
    let sql =
        format!("SELECT {COLUMNS} FROM draft WHERE outbox = 0 ORDER BY updated_at DESC, id DESC");
    let mut drafts = tx.all(&sql, [], read)?;
    for draft in &mut drafts {
        draft.attachments = attachments(tx, draft.id)?;
    }
    Ok(drafts)
}

/// Returns one draft with its files.
pub fn get(tx: &ReadTx<'_>, id: DraftId) -> Result<Draft> {
    let sql = format!("SELECT {COLUMNS} FROM draft WHERE id = ?1");
    let mut draft = tx.maybe(&sql, [id.0], read)?.ok_or(Error::NotFound("draft"))?;
    draft.attachments = attachments(tx, id)?;
    Ok(draft)
}

/// Begins a draft.
pub fn add(tx: &WriteTx<'_>, content: &DraftContent) -> Result<DraftId> {
    let sql = "INSERT INTO draft (account, created_at) VALUES (?1, ?2)";
    let id = DraftId(tx.insert(sql, params![content.account.0, tx.now().0])?);
    update(tx, id, content)?;
    Ok(id)
}

/// Saves what was typed. A draft that is being sent is not changed.
pub fn update(tx: &WriteTx<'_>, id: DraftId, content: &DraftContent) -> Result<()> {
    let sql = "UPDATE draft SET account = ?2, identity = ?3, kind = ?4, original = ?5, message_id = ?6, in_reply_to = ?7, \
        reference_list = ?8, to_list = ?9, cc_list = ?10, bcc_list = ?11, subject = ?12, text = ?13, html = ?14, \
        quoted_html = ?15, updated_at = ?16 WHERE id = ?1 AND outbox = 0";
    let references: Vec<&str> = content.references.iter().map(|id| id.0.as_str()).collect();
    let values = params![
        id.0,
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
        tx.now().0,
    ];
    if tx.run(sql, values)? == 0 {
        return Err(Error::NotFound("draft"));
    }
    tx.note(|changes| changes.draft(id));
    Ok(())
}

/// Removes a draft and its files (whose bytes the sweep takes after its time).
pub fn remove(tx: &WriteTx<'_>, id: DraftId) -> Result<()> {
    tx.run("DELETE FROM draft WHERE id = ?1", [id.0])?;
    tx.note(|changes| changes.draft(id));
    Ok(())
}

/// Says where the draft's copy in the Drafts folder is; absent = it is gone.
pub fn set_saved(tx: &WriteTx<'_>, id: DraftId, message: Option<MessageId>) -> Result<()> {
    tx.run(
        "UPDATE draft SET saved_message = ?2 WHERE id = ?1",
        params![id.0, message.map(|id| id.0)],
    )?;
    tx.note(|changes| changes.draft(id));
    Ok(())
}

/// Says that an outbox row sends the draft (it is no longer listed), or that it is written on again.
pub fn set_outbox(tx: &WriteTx<'_>, id: DraftId, outbox: Option<OutboxId>) -> Result<()> {
    let sql = "UPDATE draft SET outbox = ?2, updated_at = ?3 WHERE id = ?1";
    if tx.run(sql, params![id.0, outbox.map_or(0, |id| id.0), tx.now().0])? == 0 {
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
    tx.note(|changes| changes.draft(draft));
    Ok(id)
}

/// Takes a file off.
pub fn detach(tx: &WriteTx<'_>, draft: DraftId, id: AttachmentId) -> Result<()> {
    tx.run("DELETE FROM draft_attachment WHERE draft = ?1 AND id = ?2", [draft.0, id.0])?;
    tx.note(|changes| changes.draft(draft));
    Ok(())
}
