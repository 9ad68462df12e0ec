//! Messages on their way out: an outbox row is the only thing that can send.
//!
//! Invariants:
//! * A row moves only along [`OutboxState::may_become`]; each step is a row of the receipt, written with it.
//! * Its `Message-ID` and bytes are fixed when it is made. Bcc is not in the bytes.
//! * `DotSent` is durable before the final dot is sent: after a break it becomes `Unknown` and is never silently sent
//!   again ([`recover`]). What broke before the dot is simply queued again.

mod hold;
mod receipt;
mod recipient;
mod report;
mod state;

use posthorn_model::{
    AccountId, Address, BodyId, DraftId, MailboxId, MessageId, MessageIdHeader, OutboxId, Timestamp,
};
use rusqlite::{Row, params};

use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

pub use hold::{bury, discard, hold, next_burial, restore};
pub use receipt::{Handover, handover, of_message_id, set_handover};
pub use recipient::{Recipient, RecipientState, correct, recipients, set_recipient};
pub use report::{DeliveryFate, DeliveryReport, NewReport, note_reports, of_report, reports};
pub use state::OutboxState;

/// What is needed to send a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOutbox {
    /// Account whose submission server takes it.
    pub account: AccountId,
    /// Identity that it is sent as: where that has a submission server of its own, it goes through it. Absent = through
    /// the account's.
    pub identity: Option<i64>,
    /// The draft that it was; absent for a resend.
    pub draft: Option<DraftId>,
    /// Its `Message-ID`.
    pub message_id: MessageIdHeader,
    /// `MAIL FROM`.
    pub sender: String,
    /// Subject, for lists.
    pub subject: String,
    /// The bytes for the wire, durable in the body store, without Bcc.
    pub body: BodyId,
    /// The `Bcc:` line with its line end, which goes before those bytes in the copy for Sent; empty = none.
    pub bcc_line: String,
    /// Number of those bytes.
    pub size: u64,
    /// Not sent before this (undo window, schedule); in the past = at once.
    pub not_before: Timestamp,
    /// The user holds it back: it is sent only after it was let go.
    pub is_held: bool,
    /// One refused recipient stops the message for all.
    pub stop_on_refused: bool,
    /// The copy for Sent is our step (false where the server files it itself, or for a resend).
    pub needs_filing: bool,
    /// Folder for that copy; absent = the account's Sent folder.
    pub sent_mailbox: Option<MailboxId>,
    /// To, Cc and Bcc, each address once.
    pub recipients: Vec<Address>,
}

/// Through which submission server a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route {
    /// The account's own.
    Account,
    /// That of an identity which has one of its own, by its id.
    Identity(i64),
}

impl Route {
    /// Reads the column that [`COLUMNS`] computes.
    fn of(identity: i64) -> Self {
        if identity == 0 { Self::Account } else { Self::Identity(identity) }
    }

    fn number(self) -> i64 {
        match self {
            Self::Account => 0,
            Self::Identity(id) => id,
        }
    }
}

/// An outbox row as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbox {
    /// Its id.
    pub id: OutboxId,
    /// What was asked; recipients as they are now are in `recipients` below.
    pub request: NewOutbox,
    /// Through which server it goes, as the identity stands now.
    pub route: Route,
    /// How far it is.
    pub state: OutboxState,
    /// Each recipient with its own result.
    pub recipients: Vec<Recipient>,
    /// Tries so far.
    pub attempts: u32,
    /// Next try, for `Waiting`.
    pub next_try: Timestamp,
    /// The server's last sentence; empty = none.
    pub reply: String,
    /// Name that the server gave it when it accepted; empty = none told.
    pub queue_id: String,
    /// The copy in Sent; absent = not filed yet.
    pub filed_message: Option<MessageId>,
    /// A delivery report is asked for where the server offers that.
    pub asks_report: bool,
    /// The user threw it away, which can be taken back for a while ([`bury`]); absent = not.
    pub discarded_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Last step.
    pub updated_at: Timestamp,
}

/// One line of the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEvent {
    /// When.
    pub at: Timestamp,
    /// State that was reached.
    pub state: OutboxState,
    /// What was said; empty = nothing.
    pub reply: String,
}

const COLUMNS: &str = "id, account, draft, state, message_id, sender, subject, body, bcc_line, size, not_before, attempts, \
    next_try, reply, queue_id, stop_on_refused, needs_filing, filed_message, created_at, updated_at, \
    sent_mailbox, is_held, discarded_at, asks_report, identity, \
    COALESCE((SELECT identity FROM identity_server WHERE identity_server.identity = outbox.identity), 0) AS route";

fn read(row: &Row<'_>) -> rusqlite::Result<Outbox> {
    let time = |name: &str| row.get(name).map(Timestamp);
    let (sent, discarded): (i64, i64) = (row.get("sent_mailbox")?, row.get("discarded_at")?);
    Ok(Outbox {
        id: OutboxId(row.get("id")?),
        request: NewOutbox {
            account: AccountId(row.get("account")?),
            identity: row.get("identity")?,
            draft: row.get::<_, Option<i64>>("draft")?.map(DraftId),
            message_id: MessageIdHeader(row.get("message_id")?),
            sender: row.get("sender")?,
            subject: row.get("subject")?,
            body: BodyId(row.get("body")?),
            bcc_line: row.get("bcc_line")?,
            size: row.get::<_, i64>("size")?.unsigned_abs(),
            not_before: time("not_before")?,
            is_held: row.get("is_held")?,
            stop_on_refused: row.get("stop_on_refused")?,
            needs_filing: row.get("needs_filing")?,
            sent_mailbox: (sent != 0).then_some(MailboxId(sent)),
            recipients: Vec::new(),
        },
        route: Route::of(row.get("route")?),
        state: OutboxState::parse(row.get_ref("state")?.as_str()?),
        recipients: Vec::new(),
        attempts: row.get("attempts")?,
        next_try: time("next_try")?,
        reply: row.get("reply")?,
        queue_id: row.get("queue_id")?,
        asks_report: row.get("asks_report")?,
        filed_message: row.get::<_, Option<i64>>("filed_message")?.map(MessageId),
        discarded_at: (discarded != 0).then_some(Timestamp(discarded)),
        created_at: time("created_at")?,
        updated_at: time("updated_at")?,
    })
}

fn complete(tx: &ReadTx<'_>, mut row: Outbox) -> Result<Outbox> {
    row.recipients = recipients(tx, row.id)?;
    row.request.recipients =
        row.recipients.iter().map(|recipient| recipient.address.clone()).collect();
    Ok(row)
}

/// Returns one row.
pub fn get(tx: &ReadTx<'_>, id: OutboxId) -> Result<Outbox> {
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1");
    complete(tx, tx.maybe(&sql, [id.0], read)?.ok_or(Error::NotFound("outbox message"))?)
}

/// Returns everything that is not over and not thrown away, oldest first, with what failed or is unknown.
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<Outbox>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM outbox WHERE state NOT IN ('done', 'cancelled') AND discarded_at = 0 ORDER BY id"
    );
    tx.all(&sql, [], read)?.into_iter().map(|row| complete(tx, row)).collect()
}

/// Returns the account's rows in some states, oldest first.
pub fn in_states(
    tx: &ReadTx<'_>,
    account: AccountId,
    states: &[OutboxState],
) -> Result<Vec<Outbox>> {
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE account = ?1 AND state = ?2 ORDER BY id");
    let mut rows = Vec::new();
    for state in states {
        rows.extend(tx.all(&sql, params![account.0, state.as_str()], read)?);
    }
    rows.sort_by_key(|row| row.id);
    rows.into_iter().map(|row| complete(tx, row)).collect()
}

/// Returns the account's rows that are due to be sent now, oldest first.
pub fn due(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<Outbox>> {
    let mut rows = in_states(tx, account, &[OutboxState::Queued, OutboxState::Waiting])?;
    rows.retain(|row| row.is_due(tx.now()));
    Ok(rows)
}

/// Returns the oldest row of the account that is due to be sent now, leaving out those that go through servers which
/// cannot be used. Reads no more than that: the outbox may be long.
pub fn first_due(tx: &ReadTx<'_>, account: AccountId, without: &[Route]) -> Result<Option<Outbox>> {
    let left_out: Vec<String> = without.iter().map(|route| route.number().to_string()).collect();
    // Numbers alone: nothing of anybody's text is in the statement.
    let sql = format!(
        "SELECT {COLUMNS} FROM outbox WHERE account = ?1 AND state IN ('queued', 'waiting') AND is_held = 0 \
           AND discarded_at = 0 AND not_before <= ?2 AND next_try <= ?2 AND route NOT IN ({}) ORDER BY id LIMIT 1",
        left_out.join(", ")
    );
    tx.maybe(&sql, [account.0, tx.now().0], read)?.map(|row| complete(tx, row)).transpose()
}

impl Outbox {
    /// Tells whether it may be sent now, as far as its times and the user's wishes go.
    pub fn is_due(&self, now: Timestamp) -> bool {
        !self.request.is_held
            && self.discarded_at.is_none()
            && self.request.not_before <= now
            && self.next_try <= now
    }
}

/// Returns when the account's next row becomes due, for each server that one waits for.
pub fn next_due(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<(Route, Timestamp)>> {
    let sql = "SELECT COALESCE(identity_server.identity, 0), MIN(MAX(not_before, next_try)) FROM outbox \
          LEFT JOIN identity_server USING (identity) \
        WHERE account = ?1 AND state IN ('queued', 'waiting') AND is_held = 0 AND discarded_at = 0 GROUP BY 1";
    tx.all(sql, [account.0], |row| Ok((Route::of(row.get(0)?), Timestamp(row.get(1)?))))
}

/// Returns the receipt, oldest first.
pub fn events(tx: &ReadTx<'_>, id: OutboxId) -> Result<Vec<OutboxEvent>> {
    tx.all(
        "SELECT at, state, reply FROM outbox_event WHERE outbox = ?1 ORDER BY id",
        [id.0],
        |row| {
            Ok(OutboxEvent {
                at: Timestamp(row.get(0)?),
                state: OutboxState::parse(row.get_ref(1)?.as_str()?),
                reply: row.get(2)?,
            })
        },
    )
}

/// Queues a message. Its draft, where it has one, is no longer listed.
pub fn add(tx: &WriteTx<'_>, new: &NewOutbox) -> Result<OutboxId> {
    if new.recipients.is_empty() {
        return Err(Error::Invalid("a message needs somebody to go to"));
    }
    let sql = "INSERT INTO outbox (account, draft, message_id, sender, subject, body, bcc_line, size, not_before, \
        stop_on_refused, needs_filing, created_at, updated_at, sent_mailbox, is_held, identity) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?14, ?15)";
    let values = params![
        new.account.0,
        new.draft.map(|id| id.0),
        new.message_id.0,
        new.sender,
        new.subject,
        new.body.0,
        new.bcc_line,
        new.size as i64,
        new.not_before.0,
        new.stop_on_refused,
        new.needs_filing,
        tx.now().0,
        new.sent_mailbox.map_or(0, |mailbox| mailbox.0),
        new.is_held,
        new.identity,
    ];
    let id = OutboxId(tx.insert(sql, values)?);
    for (place, address) in (0_i64..).zip(&new.recipients) {
        let sql =
            "INSERT INTO outbox_recipient (outbox, place, name, email) VALUES (?1, ?2, ?3, ?4)";
        tx.run(sql, params![id.0, place, address.name, address.email])?;
    }
    if let Some(draft) = new.draft {
        crate::draft::set_outbox(tx, draft, Some(id))?;
    }
    tx.run("DELETE FROM released_body WHERE body = ?1", [new.body.0])?;
    note(tx, id, OutboxState::Queued, "")?;
    Ok(id)
}

/// Asks for a delivery report with the next attempt.
pub fn ask_for_report(tx: &WriteTx<'_>, id: OutboxId) -> Result<()> {
    tx.run("UPDATE outbox SET asks_report = 1 WHERE id = ?1", [id.0])?;
    Ok(())
}

fn note(tx: &WriteTx<'_>, id: OutboxId, state: OutboxState, reply: &str) -> Result<()> {
    let sql = "INSERT INTO outbox_event (outbox, at, state, reply) VALUES (?1, ?2, ?3, ?4)";
    tx.run(sql, params![id.0, tx.now().0, state.as_str(), reply])?;
    tx.note(|changes| changes.outbox(id));
    Ok(())
}

/// Moves a row one step and writes the receipt; a step that the state machine does not know is refused.
pub fn step(tx: &WriteTx<'_>, id: OutboxId, to: OutboxState, reply: &str) -> Result<()> {
    let row = get(tx, id)?;
    if !row.state.may_become(to) {
        return Err(Error::IllegalStep { from: row.state.as_str(), to: to.as_str() });
    }
    let sql = "UPDATE outbox SET state = ?2, reply = CASE WHEN ?3 = '' THEN reply ELSE ?3 END, updated_at = ?4, \
        attempts = attempts + (?2 = 'connecting') WHERE id = ?1";
    tx.run(sql, params![id.0, to.as_str(), reply, tx.now().0])?;
    if let Some(draft) = row.request.draft {
        match to {
            OutboxState::Done => crate::draft::remove(tx, draft)?,
            OutboxState::Cancelled => crate::draft::set_outbox(tx, draft, None)?,
            _ => {}
        }
    }
    if to == OutboxState::Cancelled {
        crate::invitation::forget(tx, id)?;
    }
    if to == OutboxState::Accepted {
        crate::contact::note_sent(tx, &row.request.recipients)?;
        crate::follow_up::begin(tx, &row)?;
    }
    note(tx, id, to, reply)
}

/// Tells whether the user took a row back, also while it was under way.
pub fn is_taken_back(tx: &ReadTx<'_>, id: OutboxId) -> Result<bool> {
    let state: Option<String> =
        tx.maybe("SELECT state FROM outbox WHERE id = ?1", [id.0], |row| row.get(0))?;
    Ok(state.is_none_or(|word| word == OutboxState::Cancelled.as_str()))
}

/// Lets a row wait after a transient failure.
pub fn wait(tx: &WriteTx<'_>, id: OutboxId, next_try: Timestamp, reply: &str) -> Result<()> {
    step(tx, id, OutboxState::Waiting, reply)?;
    tx.run("UPDATE outbox SET next_try = ?2 WHERE id = ?1", params![id.0, next_try.0])?;
    Ok(())
}

/// Notes that the server took it, with its reply and the name that it gave it (empty = none told).
pub fn accept(tx: &WriteTx<'_>, id: OutboxId, reply: &str, queue_id: &str) -> Result<()> {
    step(tx, id, OutboxState::Accepted, reply)?;
    tx.run("UPDATE outbox SET queue_id = ?2 WHERE id = ?1", params![id.0, queue_id])?;
    Ok(())
}

/// Notes where the copy in Sent is; absent where the server has it and its listing will show it.
pub fn file(tx: &WriteTx<'_>, id: OutboxId, message: Option<MessageId>) -> Result<()> {
    step(tx, id, OutboxState::Filed, "")?;
    tx.run(
        "UPDATE outbox SET filed_message = ?2 WHERE id = ?1",
        params![id.0, message.map(|id| id.0)],
    )?;
    Ok(())
}

/// Changes when a row that is not under way is sent (send now, another schedule, a retry at once). It is held no more.
pub fn reschedule(tx: &WriteTx<'_>, id: OutboxId, not_before: Timestamp) -> Result<()> {
    let sql = "UPDATE outbox SET not_before = ?2, next_try = 0, is_held = 0, updated_at = ?3 \
        WHERE id = ?1 AND state IN ('queued', 'waiting') AND discarded_at = 0";
    if tx.run(sql, params![id.0, not_before.0, tx.now().0])? == 0 {
        return Err(Error::Invalid("this message is under way already"));
    }
    tx.note(|changes| changes.outbox(id));
    Ok(())
}

/// Brings the rows that a stopped program left under way to where they truly are, at start: before the dot nothing
/// was sent, after it nobody knows. Returns the rows that became unknown.
pub fn recover(tx: &WriteTx<'_>) -> Result<Vec<OutboxId>> {
    let sql = "SELECT id, state FROM outbox WHERE state IN ('connecting', 'recipients', 'data', 'dot-sent') ORDER BY id";
    let rows = tx.all(sql, [], |row| {
        Ok((OutboxId(row.get(0)?), OutboxState::parse(row.get_ref(1)?.as_str()?)))
    })?;
    let mut unknown = Vec::new();
    for (id, state) in rows {
        if state == OutboxState::DotSent {
            step(tx, id, OutboxState::Unknown, "")?;
            unknown.push(id);
        } else {
            step(tx, id, OutboxState::Queued, "")?;
        }
    }
    Ok(unknown)
}

/// Removes a row that is over from the list.
pub fn remove(tx: &WriteTx<'_>, id: OutboxId) -> Result<()> {
    let row = get(tx, id)?;
    if !matches!(row.state, OutboxState::Done | OutboxState::Cancelled | OutboxState::Failed) {
        return Err(Error::Invalid("this message is still to be sent"));
    }
    tx.run("DELETE FROM outbox WHERE id = ?1", [id.0])?;
    tx.note(|changes| changes.outbox(id));
    Ok(())
}
