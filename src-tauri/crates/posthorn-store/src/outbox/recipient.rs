//! Each recipient of a message has a result of its own.

use posthorn_model::{Address, OutboxId};
use rusqlite::params;

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
