//! Between accounts: a message is added to the other account's folder, and only when that is proven the original goes.
//!
//! A copy is one operation of the target's account ([`Action::Append`]); a move is followed by a deletion in the
//! source's account that waits for it (`after`). What the target refuses stays where it was.
//!
//! Invariant: the whole bytes are durable here before either operation is written, so that the target needs nothing
//! from the source's server any more.

use std::collections::BTreeSet;

use posthorn_model::{AccountId, MailboxId, MessageId, MessageIdHeader, OperationId};
use rusqlite::params;

use super::effect::{add, add_pending, depart};
use super::{Action, Operation, Target, get};
use crate::error::{Error, Result};
use crate::mailbox::Mailbox;
use crate::message::{self, BodyState, Head};
use crate::placement::{self, Placement};
use crate::tx::{ReadTx, WriteTx};
use crate::{mailbox, thread};

/// Ids of a conversation that go along with a message: enough to find its fellows in the other account.
const LINK_LIMIT: i64 = 50;

/// What becomes of the originals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Originals {
    /// They stay.
    Stay,
    /// They go when the copies are safe.
    Go,
}

/// Copies or moves messages of one account to a mailbox of another.
pub(super) fn transfer(
    tx: &WriteTx<'_>,
    source: AccountId,
    group: &[(Mailbox, Placement)],
    to: &Mailbox,
    originals: Originals,
) -> Result<Vec<OperationId>> {
    let append = add(tx, to.account, &Action::Append { to: to.id })?;
    let mut touched = BTreeSet::new();
    for (home, placed) in group {
        let copy = copy_of(tx, placed.message, to)?;
        add_origin(tx, append, copy, to.id, home.id, placed)?;
        let mut flags = placed.flags.clone();
        flags.deleted = false;
        placement::put(tx, to.id, copy, &flags)?;
        add_pending(tx, to.id, copy, 1)?;
    }
    let mut operations = vec![append];
    if originals == Originals::Go {
        let removal = add(tx, source, &Action::Delete)?;
        tx.run("UPDATE operation SET after = ?2 WHERE id = ?1", [removal.0, append.0])?;
        for (_, placed) in group {
            super::effect::add_target(tx, removal, &Action::Delete, placed)?;
            depart(tx, placed, None, &mut touched)?;
        }
        operations.push(removal);
    }
    thread::recount(tx, &touched)?;
    if to.is_local {
        super::done(tx, append, &[])?;
    }
    Ok(operations)
}

/// Returns the message of the target's account that stands for this one: one that the account has elsewhere, else a
/// new one over the same bytes. Two equal messages in one folder stay two.
fn copy_of(tx: &WriteTx<'_>, original: MessageId, to: &Mailbox) -> Result<MessageId> {
    let known = message::get(tx, original)?;
    let BodyState::Whole(body) = known.body else { return Err(Error::NotFound("body")) };
    let head = Head { server_id: None, references: links(tx, &known)?, ..known.head };
    for candidate in message::same(tx, to.account, &head)? {
        let is_same = match message::get(tx, candidate)?.body {
            BodyState::Whole(other) => other == body,
            BodyState::Missing | BodyState::Sections => false,
        };
        if is_same && placement::get(tx, to.id, candidate)?.is_none() {
            crate::removed::forget(tx, candidate)?;
            return Ok(candidate);
        }
    }
    tx.run("DELETE FROM released_body WHERE body = ?1", [body.0])?;
    let added = message::insert(tx, to.account, &head, Some(body))?;
    crate::search::count_messages(tx, 1)?;
    Ok(added.id)
}

/// Returns the ids of a message's conversation, so that the copy joins the same one there.
fn links(tx: &ReadTx<'_>, known: &message::Message) -> Result<Vec<MessageIdHeader>> {
    let own = known.head.message_id.as_ref().map_or("", |id| id.0.as_str());
    // What begins with a space is no id of a message.
    let sql = "SELECT message_id FROM thread_link WHERE thread = ?1 AND message_id <> ?2 AND message_id NOT LIKE ' %' LIMIT ?3";
    tx.all(sql, params![known.thread.0, own, LINK_LIMIT], |row| row.get(0).map(MessageIdHeader))
}

fn add_origin(
    tx: &WriteTx<'_>,
    id: OperationId,
    copy: MessageId,
    to: MailboxId,
    home: MailboxId,
    placed: &Placement,
) -> Result<()> {
    let sql = "INSERT INTO operation_target (operation, message, mailbox, flags_before, origin, origin_mailbox) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let flags = placed.flags.names().join(" ");
    tx.run(sql, params![id.0, copy.0, to.0, flags, placed.message.0, home.0])?;
    Ok(())
}

/// Notes that one message of an append is proven to be in the target, under this uid. It is not appended again.
pub fn appended(
    tx: &WriteTx<'_>,
    id: OperationId,
    message: MessageId,
    mailbox: MailboxId,
    uid: posthorn_model::Uid,
) -> Result<()> {
    placement::set_uid(tx, mailbox, message, uid)?;
    let sql = "UPDATE operation_target SET uid = ?4 WHERE operation = ?1 AND message = ?2 AND mailbox = ?3";
    tx.run(sql, params![id.0, message.0, mailbox.0, uid.0])?;
    Ok(())
}

/// Goes on with what waited for an operation that is done now. On this computer alone that is over at once.
pub(super) fn release(tx: &WriteTx<'_>, id: OperationId) -> Result<()> {
    for waiting in waiting_for(tx, id)? {
        let operation = get(tx, waiting)?;
        if !is_local(tx, &operation)? {
            tx.note(|changes| changes.operation(waiting, operation.account));
            continue;
        }
        for target in &operation.targets {
            crate::maildrop::mark_left_here(tx, operation.account, target.message, true)?;
        }
        super::done(tx, waiting, &[])?;
    }
    Ok(())
}

/// Takes back what waited for messages that the target refused.
pub(super) fn give_up(
    tx: &WriteTx<'_>,
    waited_for: OperationId,
    refused: OperationId,
    error: &str,
) -> Result<()> {
    let sql =
        "SELECT origin_mailbox, origin FROM operation_target WHERE operation = ?1 AND origin <> 0";
    let origins =
        tx.all(sql, [refused.0], |row| Ok((MailboxId(row.get(0)?), MessageId(row.get(1)?))))?;
    for waiting in waiting_for(tx, waited_for)? {
        super::refuse_part(tx, waiting, &origins, error)?;
    }
    Ok(())
}

fn waiting_for(tx: &ReadTx<'_>, id: OperationId) -> Result<Vec<OperationId>> {
    let sql =
        "SELECT id FROM operation WHERE after = ?1 AND after <> 0 AND state IN ('queued', 'sent')";
    tx.all(sql, [id.0], |row| row.get(0).map(OperationId))
}

fn is_local(tx: &ReadTx<'_>, operation: &Operation) -> Result<bool> {
    for target in &operation.targets {
        if !mailbox::get(tx, target.mailbox)?.is_local {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Brings messages back that were moved to another account and have left their server: the same way round.
pub(super) fn bring_back(
    tx: &WriteTx<'_>,
    removal: &Operation,
    append: &Operation,
) -> Result<Vec<OperationId>> {
    let mut follow_ups = Vec::new();
    let homes: BTreeSet<MailboxId> = removal.targets.iter().map(|target| target.mailbox).collect();
    for home in homes {
        let home = mailbox::get(tx, home)?;
        let mut group = Vec::new();
        for copy in copies_from(tx, append, home.id)? {
            if let Some(placed) = placement::get(tx, copy.mailbox, copy.message)?
                && !placed.is_leaving
            {
                group.push((mailbox::get(tx, copy.mailbox)?, placed));
            }
        }
        if let Some((first, _)) = group.first() {
            let source = first.account;
            follow_ups.extend(transfer(tx, source, &group, &home, Originals::Go)?);
        }
    }
    Ok(follow_ups)
}

fn copies_from(tx: &ReadTx<'_>, append: &Operation, home: MailboxId) -> Result<Vec<Target>> {
    let sql = "SELECT message FROM operation_target WHERE operation = ?1 AND origin_mailbox = ?2";
    let copies: BTreeSet<MessageId> =
        tx.all(sql, [append.id.0, home.0], |row| row.get(0).map(MessageId))?.into_iter().collect();
    Ok(append.targets.iter().filter(|target| copies.contains(&target.message)).cloned().collect())
}
