//! What became of sent messages later, as reports that arrived say: for each recipient, on the sent message.
//!
//! Invariants: a report counts only for a message that was sent from here and that some server may have taken; it changes
//! nothing of the row that sent it. What one arrived message reports is noted once, however often its bytes come.

use posthorn_model::{AccountId, MessageId, MessageIdHeader, OutboxId, Timestamp};
use rusqlite::params;

use super::{Outbox, OutboxState};
use crate::error::Result;
use crate::tx::{ReadTx, WriteTx};
use crate::{message, thread};

/// What a report says of one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryFate {
    /// It did not arrive and will not be tried again.
    Failed,
    /// It did not arrive yet and is tried again.
    Delayed,
    /// It arrived.
    Delivered,
    /// It was handed to a server that reports nothing.
    Relayed,
    /// It was shown to its reader.
    Read,
    /// It was deleted without being shown.
    Unread,
}

impl DeliveryFate {
    const ALL: [Self; 6] =
        [Self::Failed, Self::Delayed, Self::Delivered, Self::Relayed, Self::Read, Self::Unread];

    fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Read => "read",
            Self::Unread => "unread",
        }
    }
}

/// What a report that arrived says of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReport {
    /// Its address, as the report writes it.
    pub email: String,
    /// What became of it.
    pub fate: DeliveryFate,
    /// Enhanced status code (`5.1.1`); empty when missing.
    pub status: String,
    /// The last server's sentence; empty when missing.
    pub said: String,
}

/// What was reported of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The recipient, as the envelope had it; one of whom the envelope knows nothing (a forwarded address) as the
    /// report writes it.
    pub email: String,
    /// What became of it.
    pub fate: DeliveryFate,
    /// Enhanced status code; empty when missing.
    pub status: String,
    /// The last server's sentence; empty when missing.
    pub said: String,
    /// When the report was received.
    pub at: Timestamp,
    /// The message that reports it; absent when it is gone.
    pub message: Option<MessageId>,
}

/// Returns what was reported of a row's recipients, oldest first.
pub fn reports(tx: &ReadTx<'_>, id: OutboxId) -> Result<Vec<DeliveryReport>> {
    let sql = "SELECT email, fate, status, said, at, message FROM delivery_report WHERE outbox = ?1 ORDER BY id";
    let rows = tx.all(sql, [id.0], |row| {
        let word: String = row.get(1)?;
        let fate = DeliveryFate::ALL.into_iter().find(|fate| fate.word() == word);
        let report = DeliveryReport {
            email: row.get(0)?,
            fate: fate.unwrap_or(DeliveryFate::Relayed),
            status: row.get(2)?,
            said: row.get(3)?,
            at: Timestamp(row.get(4)?),
            message: row.get::<_, Option<i64>>(5)?.map(MessageId),
        };
        // A word of a newer program says nothing here.
        Ok(fate.map(|_| report))
    })?;
    Ok(rows.into_iter().flatten().collect())
}

/// Tells whether this message is a report that was noted.
pub fn of_report(tx: &ReadTx<'_>, message: MessageId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM delivery_report WHERE message = ?1)";
    tx.one(sql, [message.0], |row| row.get(0))
}

/// Notes what a message that arrived reports of a message with one of these ids, and puts it into that one's
/// conversation. Returns false, and changes nothing, where no such message was sent from here.
pub fn note_reports(
    tx: &WriteTx<'_>,
    report: MessageId,
    about: &[MessageIdHeader],
    told: &[NewReport],
) -> Result<bool> {
    let arrived = message::get(tx, report)?;
    let Some((id, rows)) = sent(tx, about)? else { return Ok(false) };
    tx.run("DELETE FROM delivery_report WHERE message = ?1", [report.0])?;
    let sql = "INSERT INTO delivery_report (outbox, message, email, fate, status, said, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    for one in told {
        let Some((row, email)) = whose(&rows, &one.email) else { continue };
        let at = arrived.head.received.0;
        let values = params![row.0, report.0, email, one.fate.word(), one.status, one.said, at];
        tx.run(sql, values)?;
        tx.note(|changes| changes.outbox(row));
    }
    if rows.iter().any(|row| row.request.account == arrived.account) {
        thread::join(tx, arrived.account, arrived.thread, id)?;
        note_copies(tx, arrived.account, id)?;
    }
    Ok(true)
}

/// Returns the rows that sent a message with one of these ids, with that id. Only what a server may have taken counts.
fn sent<'a>(
    tx: &ReadTx<'_>,
    about: &'a [MessageIdHeader],
) -> Result<Option<(&'a MessageIdHeader, Vec<Outbox>)>> {
    for id in about {
        let mut rows = super::of_message_id(tx, id)?;
        rows.retain(|row| {
            use OutboxState as S;
            matches!(row.state, S::DotSent | S::Unknown | S::Accepted | S::Filed | S::Done)
        });
        if !rows.is_empty() {
            return Ok(Some((id, rows)));
        }
    }
    Ok(None)
}

/// Returns which row sent to an address, with the address as its envelope has it. Where there is but one recipient, a
/// report under another address is about that one too: mail is forwarded.
fn whose(rows: &[Outbox], reported: &str) -> Option<(OutboxId, String)> {
    let all = || rows.iter().flat_map(|row| row.recipients.iter().map(move |one| (row.id, one)));
    let same = all().find(|(_, one)| one.address.email.eq_ignore_ascii_case(reported));
    let only = || all().next().filter(|_| all().count() == 1);
    match same.or_else(only) {
        Some((row, one)) => Some((row, one.address.email.clone())),
        None => Some((rows.first()?.id, reported.to_owned())).filter(|(_, to)| !to.is_empty()),
    }
}

/// Says that copies of a sent message are to be looked at again: what they show of its fate changed.
fn note_copies(tx: &WriteTx<'_>, account: AccountId, id: &MessageIdHeader) -> Result<()> {
    for copy in message::by_message_id(tx, account, id)? {
        let thread = thread::of_message(tx, copy)?;
        tx.note(|changes| {
            changes.contents(copy);
            changes.thread(thread);
        });
    }
    Ok(())
}
