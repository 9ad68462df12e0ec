//! The way back: a local effect is taken away again.

use std::collections::BTreeSet;

use posthorn_model::{MailboxId, MessageId};
use rusqlite::params;

use super::effect::add_pending;
use super::{Action, Operation, Switch, Target};
use crate::error::Result;
use crate::tx::WriteTx;
use crate::{mailbox, placement, thread};

/// Takes the local effect of an operation back that the server has not done.
pub(super) fn back_out(tx: &WriteTx<'_>, operation: &Operation) -> Result<()> {
    let mut touched = BTreeSet::new();
    for target in &operation.targets {
        let thread = thread::of_message(tx, target.message)?;
        touched.insert((target.mailbox, thread));
        match &operation.action {
            Action::SetFlag { flag, .. } => {
                if let Some(placed) = placement::get(tx, target.mailbox, target.message)? {
                    let before =
                        if flag.is_in(&target.flags_before) { Switch::On } else { Switch::Off };
                    placement::write_flags(
                        tx,
                        &placed,
                        &flag.switched(&placed.flags, before),
                        placed.modseq,
                        -1,
                    )?;
                }
            }
            Action::Move { to } => {
                touched.insert((*to, thread));
                withdraw(tx, operation, *to, target.message, target)?;
                come_back(tx, target)?;
            }
            Action::Copy { to } | Action::Append { to } => {
                touched.insert((*to, thread));
                withdraw(tx, operation, *to, target.message, target)?;
            }
            Action::Delete => come_back(tx, target)?,
            Action::CreateMailbox { .. }
            | Action::RenameMailbox { .. }
            | Action::Subscribe { .. }
            | Action::DeleteMailbox { .. }
            | Action::Arrange { .. } => {}
        }
        let account = operation.account;
        crate::maildrop::unmark(tx, account, target.message)?;
    }
    thread::recount(tx, &touched)?;
    match &operation.action {
        Action::CreateMailbox { mailbox, .. } => mailbox::remove(tx, *mailbox),
        Action::RenameMailbox { mailbox, from, from_name, .. } => {
            mailbox::rename(tx, *mailbox, from, from_name)
        }
        Action::DeleteMailbox { mailbox, .. } => mailbox::set_hidden(tx, *mailbox, false),
        Action::Subscribe { mailbox, to, .. } => {
            mailbox::set_subscribed(tx, *mailbox, *to == Switch::Off)
        }
        Action::SetFlag { .. }
        | Action::Move { .. }
        | Action::Copy { .. }
        | Action::Append { .. }
        | Action::Delete
        | Action::Arrange { .. } => Ok(()),
    }
}

/// Says whether the message was in the target mailbox before the operation.
pub(super) fn was_present(
    tx: &WriteTx<'_>,
    operation: &Operation,
    target: &Target,
) -> Result<bool> {
    let sql = "SELECT was_present FROM operation_target WHERE operation = ?1 AND message = ?2 AND mailbox = ?3";
    tx.one(sql, params![operation.id.0, target.message.0, target.mailbox.0], |row| row.get(0))
}

/// Takes a message out of the mailbox to which it did not come, unless it was there before.
fn withdraw(
    tx: &WriteTx<'_>,
    operation: &Operation,
    to: MailboxId,
    message: MessageId,
    target: &Target,
) -> Result<()> {
    let was_present = was_present(tx, operation, target)?;
    let Some(placed) = placement::get(tx, to, message)? else { return Ok(()) };
    // A uid says that the server has it there after all: then it is the truth.
    if was_present || placed.uid.is_some() {
        return add_pending(tx, to, message, -1);
    }
    tx.run("DELETE FROM placement WHERE mailbox = ?1 AND message = ?2", [to.0, message.0])?;
    if !placed.is_leaving {
        tx.note(|changes| {
            changes.message_removed(to, message);
            changes.row(placed.position);
        });
    }
    Ok(())
}

/// Shows a message again where it was.
fn come_back(tx: &WriteTx<'_>, target: &Target) -> Result<()> {
    add_pending(tx, target.mailbox, target.message, -1)?;
    let sql = "UPDATE placement SET is_leaving = 0 WHERE mailbox = ?1 AND message = ?2 AND is_leaving = 1 \
        RETURNING position, is_deleted";
    let found = tx.maybe(sql, [target.mailbox.0, target.message.0], |row| {
        Ok((posthorn_model::Position(row.get(0)?), row.get::<_, bool>(1)?))
    })?;
    if let Some((position, false)) = found {
        tx.note(|changes| {
            changes.message_added(target.mailbox, target.message);
            changes.row(position);
        });
    }
    Ok(())
}
