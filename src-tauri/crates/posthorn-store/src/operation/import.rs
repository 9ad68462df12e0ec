//! Messages that come from files: into a folder of this computer at once, into one of a server as messages that are
//! appended there.
//!
//! Invariant: a message whose very bytes are in the folder already is not taken in again, so that an import that is
//! repeated or goes on after a break doubles nothing.

use std::collections::BTreeSet;

use posthorn_model::{BodyId, MailboxId, MessageId};
use rusqlite::params;

use super::Action;
use super::effect::{add, add_pending};
use crate::error::{Error, Result};
use crate::mailbox;
use crate::placement::{self, Arrival};
use crate::tx::{ReadTx, WriteTx};

/// What became of messages from files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Messages that are new in the folder.
    pub added: u64,
    /// Messages that were in the folder already.
    pub known: u64,
}

/// Takes messages into a folder. Their whole bytes must be durable; uids and mod-seqs are not looked at.
pub fn import(tx: &WriteTx<'_>, to: MailboxId, arrivals: Vec<Arrival>) -> Result<Imported> {
    let folder = mailbox::get(tx, to)?;
    if !folder.is_selectable {
        return Err(Error::Invalid("this folder cannot hold messages"));
    }
    let (mut fresh, mut bodies) = (Vec::new(), BTreeSet::new());
    let mut known = 0;
    for arrival in arrivals {
        let body = arrival.body.ok_or(Error::NotFound("body"))?;
        if bodies.contains(&body) || holds(tx, to, body)? {
            known += 1;
            continue;
        }
        bodies.insert(body);
        tx.run("DELETE FROM released_body WHERE body = ?1", [body.0])?;
        fresh.push(Arrival { uid: None, modseq: None, ..arrival });
    }
    let arrived = placement::arrive(tx, to, &fresh)?;
    let added: Vec<MessageId> =
        arrived.iter().filter(|one| one.is_new_here).map(|one| one.message).collect();
    if !folder.is_local && !added.is_empty() {
        let append = add(tx, folder.account, &Action::Append { to })?;
        let sql = "INSERT INTO operation_target (operation, message, mailbox, flags_before) \
            SELECT ?1, ?2, ?3, ?4";
        for (arrival, one) in fresh.iter().zip(&arrived).filter(|(_, one)| one.is_new_here) {
            let flags = arrival.flags.names().join(" ");
            tx.run(sql, params![append.0, one.message.0, to.0, flags])?;
            add_pending(tx, to, one.message, 1)?;
        }
    }
    let added = added.len() as u64;
    Ok(Imported { added, known: known + arrived.len() as u64 - added })
}

/// Tells whether a folder has a message of these bytes, one that is on its way out aside.
fn holds(tx: &ReadTx<'_>, mailbox: MailboxId, body: BodyId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM message JOIN placement ON placement.message = message.id \
        WHERE message.body = ?2 AND message.body <> 0 AND placement.mailbox = ?1 AND placement.is_hidden = 0)";
    tx.one(sql, params![mailbox.0, body.0], |row| row.get(0))
}
