//! What POP3 servers have or had: which message is which UIDL, and what may be removed there.
//!
//! Invariants: absence from a listing changes nothing here. A row is only ever due for removal when its message's
//! bytes are durable, or the user deleted it. `Deleted` means that QUIT confirmed it.

mod choice;
mod rule;
mod rules;
mod ruling;
mod standing;

use std::collections::HashSet;

use posthorn_model::{AccountId, MessageId, Timestamp, Uidl};
use rusqlite::{Row, params};

use crate::error::{Error, Result};
use crate::removed::DAY_MS;
use crate::tx::{ReadTx, WriteTx};

pub use choice::{Removal, mark_for_removal, set_kept, take_again};
pub use rule::{Rule, RuleAction, RuleCondition, rules, set_rules};
pub use rules::{Fate, Preview, due_for_removal, fate, preview};
pub(crate) use rules::{mark_left_here, unmark};
pub use ruling::{
    Ruled, Ruling, decide_again, kept, left_there, note_rulings, ruled_out, undecided,
};
pub use standing::{Standing, standings};

/// How far a message of a maildrop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DropState {
    /// Seen in a listing, nothing fetched.
    Known,
    /// Its header is here (TOP): the rest waits for the user's choice.
    Headers,
    /// All of it is durable here.
    Downloaded,
    /// It is to be removed from the server: marked by the user, or DELE sent and QUIT not confirmed.
    Marked,
    /// QUIT confirmed its removal.
    Deleted,
}

impl DropState {
    const ALL: [Self; 5] =
        [Self::Known, Self::Headers, Self::Downloaded, Self::Marked, Self::Deleted];

    fn word(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Headers => "headers",
            Self::Downloaded => "downloaded",
            Self::Marked => "marked",
            Self::Deleted => "deleted",
        }
    }

    fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.word() == word).unwrap_or(Self::Known)
    }
}

/// One message of a maildrop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The server's unique id, or one made from the header's hash where it has no UIDL.
    pub uidl: Uidl,
    /// Bytes, as LIST says; 0 = not told.
    pub size: u64,
    /// Hash of the header in hex, to know the message again under a new UIDL; empty = not known.
    pub header_hash: String,
    /// The message here; absent before it is fetched, and after it was deleted here for good.
    pub message: Option<MessageId>,
    /// How far it is.
    pub state: DropState,
    /// When it was first listed.
    pub first_seen: Timestamp,
}

const COLUMNS: &str = "uidl, size, header_hash, message, state, first_seen";

fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        uidl: Uidl(row.get(0)?),
        size: row.get::<_, i64>(1)?.unsigned_abs(),
        header_hash: row.get(2)?,
        message: row.get::<_, Option<i64>>(3)?.map(MessageId),
        state: DropState::parse(row.get_ref(4)?.as_str()?),
        first_seen: Timestamp(row.get(5)?),
    })
}

/// Returns all that is known of an account's maildrop, oldest first.
pub fn list(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<Entry>> {
    tx.all(
        &format!("SELECT {COLUMNS} FROM maildrop WHERE account = ?1 ORDER BY id"),
        [account.0],
        read,
    )
}

/// Returns one message of a maildrop, absent where it was never listed.
pub fn get(tx: &ReadTx<'_>, account: AccountId, uidl: &Uidl) -> Result<Option<Entry>> {
    let sql = format!("SELECT {COLUMNS} FROM maildrop WHERE account = ?1 AND uidl = ?2");
    tx.maybe(&sql, params![account.0, uidl.0], read)
}

/// Returns the row of a message; absent where it never was in a maildrop.
pub fn of_message(tx: &ReadTx<'_>, message: MessageId) -> Result<Option<Entry>> {
    // A message that came twice under two ids is told by the newer one.
    let sql = format!("SELECT {COLUMNS} FROM maildrop WHERE message = ?1 ORDER BY id DESC LIMIT 1");
    tx.maybe(&sql, [message.0], read)
}

/// Returns rows of this size and header: the same message under another UIDL after a renumbering.
pub fn by_content(
    tx: &ReadTx<'_>,
    account: AccountId,
    size: u64,
    header_hash: &str,
) -> Result<Vec<Entry>> {
    // Only those that were fetched have a hash, and are in the index.
    let sql = format!(
        "SELECT {COLUMNS} FROM maildrop WHERE account = ?1 AND size = ?2 AND header_hash = ?3 AND header_hash <> ''"
    );
    tx.all(&sql, params![account.0, size as i64, header_hash], read)
}

/// Notes what a complete listing shows; those known already keep their state.
pub fn note_listed(tx: &WriteTx<'_>, account: AccountId, listed: &[(Uidl, u64)]) -> Result<()> {
    for (uidl, size) in listed {
        let sql = "INSERT INTO maildrop (account, uidl, size, first_seen) VALUES (?1, ?2, ?3, ?4) \
            ON CONFLICT (account, uidl) DO UPDATE SET size = CASE WHEN size = 0 THEN excluded.size ELSE size END";
        tx.run(sql, params![account.0, uidl.0, *size as i64, tx.now().0])?;
    }
    tx.note(|changes| changes.maildrop(account));
    Ok(())
}

/// Returns what the last complete listing did not show, of what nobody here removed.
pub fn absent(tx: &ReadTx<'_>, account: AccountId) -> Result<HashSet<Uidl>> {
    let sql =
        "SELECT uidl FROM maildrop WHERE account = ?1 AND absent_since > 0 AND state <> 'deleted'";
    Ok(tx.all(sql, [account.0], |row| Ok(Uidl(row.get(0)?)))?.into_iter().collect())
}

/// Notes what a complete listing does not show any more, and what is listed again. Nothing here changes by it but what
/// is said of the copies on the server.
pub fn note_absent(
    tx: &WriteTx<'_>,
    account: AccountId,
    gone: &[Uidl],
    back: &[Uidl],
) -> Result<()> {
    let sql = "UPDATE maildrop SET absent_since = ?3 WHERE account = ?1 AND uidl = ?2";
    let gone = gone.iter().map(|uidl| (uidl, tx.now().0));
    for (uidl, at) in gone.chain(back.iter().map(|uidl| (uidl, 0))) {
        tx.run(sql, params![account.0, uidl.0, at])?;
    }
    tx.note(|changes| changes.maildrop(account));
    Ok(())
}

/// Moves a row to another UIDL after a renumbering, so that nothing is fetched again.
pub fn renumber(tx: &WriteTx<'_>, account: AccountId, old: &Uidl, new: &Uidl) -> Result<()> {
    tx.run("DELETE FROM maildrop WHERE account = ?1 AND uidl = ?2", params![account.0, new.0])?;
    let sql = "UPDATE maildrop SET uidl = ?3, absent_since = 0 WHERE account = ?1 AND uidl = ?2";
    match tx.run(sql, params![account.0, old.0, new.0])? {
        0 => Err(Error::NotFound("message in the maildrop")),
        _ => Ok(()),
    }
}

/// Notes that a message is here, in the transaction that adds it: `Headers` or `Downloaded`.
pub fn note_fetched(
    tx: &WriteTx<'_>,
    account: AccountId,
    uidl: &Uidl,
    message: MessageId,
    header_hash: &str,
    state: DropState,
) -> Result<()> {
    let sql = "UPDATE maildrop SET message = ?3, header_hash = ?4, state = ?5 WHERE account = ?1 AND uidl = ?2";
    let values = params![account.0, uidl.0, message.0, header_hash, state.word()];
    if tx.run(sql, values)? == 0 {
        return Err(Error::NotFound("message in the maildrop"));
    }
    tx.note(|changes| changes.maildrop(account));
    Ok(())
}

/// Sets a state: `Marked` before DELE is sent, `Deleted` after QUIT confirmed it, back to `Downloaded` when the user
/// takes a mark back.
pub fn set_state(
    tx: &WriteTx<'_>,
    account: AccountId,
    uidl: &Uidl,
    state: DropState,
) -> Result<()> {
    let at = if state == DropState::Deleted { tx.now().0 } else { 0 };
    let sql = "UPDATE maildrop SET state = ?3, deleted_at = ?4 WHERE account = ?1 AND uidl = ?2";
    if tx.run(sql, params![account.0, uidl.0, state.word(), at])? == 0 {
        return Err(Error::NotFound("message in the maildrop"));
    }
    tx.note(|changes| changes.maildrop(account));
    Ok(())
}

/// Forgets confirmed removals older than a year: a server does not use a UIDL again within that time.
pub fn purge(tx: &WriteTx<'_>) -> Result<usize> {
    let until = tx.now().plus_ms(-365 * DAY_MS);
    tx.run("DELETE FROM maildrop WHERE state = 'deleted' AND deleted_at < ?1", [until.0])
}
