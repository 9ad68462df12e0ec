//! Each recipient of a message has a result of its own.

use posthorn_model::{Address, OutboxId};
use rusqlite::params;

use super::OutboxState;
use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

/// What became of one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecipientState {
    /// Nothing yet.
    Waiting,
    /// The server takes mail for it.
    Accepted,
    /// Not now (4xx): another try follows.
    Deferred,
    /// Never (5xx).
    Refused,
}

impl RecipientState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Accepted, Self::Deferred, Self::Refused];

    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Refused => "refused",
        }
    }
}

/// A recipient with its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub address: Address,
    /// What became of it.
    pub state: RecipientState,
    /// The server's sentence; empty = none.
    pub reply: String,
}

/// Returns a message's recipients in order.
pub fn recipients(tx: &ReadTx<'_>, id: OutboxId) -> Result<Vec<Recipient>> {
    let sql =
        "SELECT name, email, state, reply FROM outbox_recipient WHERE outbox = ?1 ORDER BY place";
    tx.all(sql, [id.0], |row| {
        let word: String = row.get(2)?;
        Ok(Recipient {
            address: Address { name: row.get(0)?, email: row.get(1)? },
            state: RecipientState::ALL
                .into_iter()
                .find(|state| state.word() == word)
                .unwrap_or(RecipientState::Waiting),
            reply: row.get(3)?,
        })
    })
}

/// Notes what the server said about one recipient.
pub fn set_recipient(
    tx: &WriteTx<'_>,
    id: OutboxId,
    email: &str,
    state: RecipientState,
    reply: &str,
) -> Result<()> {
    let sql = "UPDATE outbox_recipient SET state = ?3, reply = ?4 WHERE outbox = ?1 AND email = ?2";
    if tx.run(sql, params![id.0, email, state.word(), reply])? == 0 {
        return Err(Error::NotFound("recipient"));
    }
    tx.note(|changes| changes.outbox(id));
    Ok(())
}

/// Gives a refused message another address in the place of `from`, or the same one for another try; absent = nobody in
/// its place. The envelope alone changes: the bytes, their `To:` and the `Message-ID` stay.
pub fn correct(tx: &WriteTx<'_>, id: OutboxId, from: &str, to: Option<&str>) -> Result<()> {
    if super::get(tx, id)?.state != OutboxState::Failed {
        return Err(Error::Invalid("only what was refused can go to another address"));
    }
    let others: Vec<Recipient> =
        recipients(tx, id)?.into_iter().filter(|one| one.address.email != from).collect();
    let done = match to {
        Some(to) if others.iter().any(|one| one.address.email.eq_ignore_ascii_case(to)) => {
            return Err(Error::Invalid("this address gets the message already"));
        }
        Some(to) => {
            let sql = "UPDATE outbox_recipient SET email = ?3, state = 'waiting', reply = '' \
                WHERE outbox = ?1 AND email = ?2";
            tx.run(sql, params![id.0, from, to])?
        }
        None if others.is_empty() => {
            return Err(Error::Invalid("a message needs somebody to go to"));
        }
        None => tx.run(
            "DELETE FROM outbox_recipient WHERE outbox = ?1 AND email = ?2",
            params![id.0, from],
        )?,
    };
    if done == 0 {
        return Err(Error::NotFound("recipient"));
    }
    tx.note(|changes| changes.outbox(id));
    Ok(())
}
