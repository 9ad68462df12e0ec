//! What a row of a list shows.

use posthorn_model::{AccountId, Address, MailboxId, MessageId, Position, ThreadId, Timestamp};
use rusqlite::Row as SqlRow;

use super::{Grouping, View};
use crate::address_list;
use crate::error::Result;
use crate::tx::ReadTx;

/// Senders named in the row of a conversation.
const SENDER_LIMIT: i64 = 12;

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place in time order; what the list calls it by.
    pub position: Position,
    /// The message (of a conversation: the newest there).
    pub message: MessageId,
    /// Its conversation.
    pub thread: ThreadId,
    /// The mailbox in which it is shown; of a search, one in which it is visible.
    pub mailbox: MailboxId,
    /// Whose it is.
    pub account: AccountId,
    /// Who wrote; of a conversation all writers, oldest first, each once.
    pub senders: Vec<Address>,
    /// To whom the message goes, for folders of sent mail.
    pub recipients: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// Beginning of the text; empty = not known yet.
    pub preview: String,
    /// When it was received.
    pub received: Timestamp,
    /// Bytes of the message.
    pub size: u64,
    /// Messages in the conversation that are visible anywhere; 1 in a list of messages.
    pub count: u32,
    /// Something in it is not read.
    pub is_unread: bool,
    /// Something in it is starred.
    pub is_starred: bool,
    /// The message was answered.
    pub is_answered: bool,
    /// The message was forwarded (`$Forwarded`).
    pub is_forwarded: bool,
    /// The message is a draft.
    pub is_draft: bool,
    /// Something in it has attachments.
    pub has_attachments: bool,
    /// A recipient of this sent message was refused.
    pub is_undelivered: bool,
    /// An operation on the message is under way.
    pub is_pending: bool,
}

const SQL: &str = "SELECT message.position, message.id, message.thread, placement.mailbox, message.account, from_list, \
    to_list, subject, preview, received, size, is_seen, is_flagged, is_answered, placement.is_draft, keywords, \
    has_attachments, pending, EXISTS (SELECT 1 FROM outbox JOIN outbox_recipient AS recipient \
      ON recipient.outbox = outbox.id WHERE outbox.filed_message = message.id AND recipient.state = 'refused') \
    FROM message JOIN placement ON placement.message = message.id \
    WHERE message.position = ?1 AND is_deleted = 0 AND is_leaving = 0";

/// Returns what the rows at these positions of a list show, in the order asked; absent where one is gone meanwhile.
pub fn rows(tx: &ReadTx<'_>, view: &View, positions: &[Position]) -> Result<Vec<Option<Row>>> {
    rows_in(tx, view.spec.grouping, &view.mailboxes, positions)
}

/// Like [`rows`], for a list that is not open: `mailboxes` empty = wherever it is visible.
pub fn rows_in(
    tx: &ReadTx<'_>,
    grouping: Grouping,
    mailboxes: &[MailboxId],
    positions: &[Position],
) -> Result<Vec<Option<Row>>> {
    let mut rows = Vec::with_capacity(positions.len());
    for position in positions {
        let placed = tx.all(SQL, [position.0], read)?;
        let here = placed.iter().find(|row| mailboxes.contains(&row.mailbox));
        let row = if mailboxes.is_empty() { placed.first() } else { here };
        let mut row = row.cloned();
        if let Some(row) = row.as_mut()
            && grouping == Grouping::Threads
            && !mailboxes.is_empty()
        {
            widen(tx, row)?;
        }
        rows.push(row);
    }
    Ok(rows)
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    let list = |index| {
        row.get_ref(index).map(|value| address_list::read(value.as_str().unwrap_or_default()))
    };
    Ok(Row {
        position: Position(row.get(0)?),
        message: MessageId(row.get(1)?),
        thread: ThreadId(row.get(2)?),
        mailbox: MailboxId(row.get(3)?),
        account: AccountId(row.get(4)?),
        senders: list(5)?,
        recipients: list(6)?,
        subject: row.get(7)?,
        preview: row.get(8)?,
        received: Timestamp(row.get(9)?),
        size: row.get::<_, i64>(10)?.unsigned_abs(),
        count: 1,
        is_unread: !row.get::<_, bool>(11)?,
        is_starred: row.get(12)?,
        is_answered: row.get(13)?,
        is_draft: row.get(14)?,
        is_forwarded: row
            .get_ref(15)?
            .as_str()?
            .split(' ')
            .any(|word| word.eq_ignore_ascii_case("$forwarded")),
        has_attachments: row.get(16)?,
        is_pending: row.get::<_, i64>(17)? > 0,
        is_undelivered: row.get(18)?,
    })
}

/// Adds what the whole conversation tells: in the mailbox for its state, everywhere for its writers and number.
fn widen(tx: &ReadTx<'_>, row: &mut Row) -> Result<()> {
    let sql = "SELECT mailbox, total, unread > 0, flagged > 0, files > 0 FROM thread_mailbox WHERE thread = ?1";
    let mut statement = tx.statement(sql)?;
    let mut parts = statement.query([row.thread.0])?;
    let mut places = 0;
    while let Some(part) = parts.next()? {
        places += 1;
        // Where it is in one place alone, each of its messages is there once.
        row.count = part.get(1)?;
        if part.get::<_, i64>(0)? == row.mailbox.0 {
            (row.is_unread, row.is_starred, row.has_attachments) =
                (part.get(2)?, part.get(3)?, part.get(4)?);
        }
    }
    if places > 1 {
        let sql = "SELECT COUNT(DISTINCT message) FROM placement WHERE thread = ?1 AND is_deleted = 0 AND is_leaving = 0";
        row.count = tx.one(sql, [row.thread.0], |found| found.get(0))?;
    }
    if row.count > 1 {
        row.senders = writers(tx, row.thread)?;
    }
    Ok(())
}

fn writers(tx: &ReadTx<'_>, thread: ThreadId) -> Result<Vec<Address>> {
    let sql = "SELECT from_list FROM message WHERE thread = ?1 AND EXISTS (SELECT 1 FROM placement \
        WHERE placement.message = message.id AND is_deleted = 0 AND is_leaving = 0) \
        GROUP BY from_list ORDER BY MIN(position) LIMIT ?2";
    let lists: Vec<String> = tx.all(sql, [thread.0, SENDER_LIMIT], |row| row.get(0))?;
    let mut writers: Vec<Address> = Vec::new();
    for address in lists.iter().flat_map(|list| address_list::read(list)) {
        if !writers.iter().any(|known| known.email.eq_ignore_ascii_case(&address.email)) {
            writers.push(address);
        }
    }
    Ok(writers)
}
