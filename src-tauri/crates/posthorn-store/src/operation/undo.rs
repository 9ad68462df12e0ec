//! Undo: what was not sent is taken back; what was, is followed by its opposite.

use std::collections::BTreeSet;

use posthorn_model::{MailboxId, MailboxRole, MessageId, OperationId};

use super::effect::is_unsent;
use super::transfer::bring_back;
use super::{
    Action, MailboxRequest, Operation, OperationState, Switch, backout, enqueue, enqueue_mailbox,
    get, set_state,
};
use crate::error::{Error, Result};
use crate::tx::WriteTx;
use crate::{mailbox, removed};

/// Takes operations back, the last first, and returns the operations that do it on the server; empty where nothing
/// had been sent. All or nothing: where one cannot be undone, the error says why and nothing changes.
pub fn undo(tx: &WriteTx<'_>, ids: &[OperationId]) -> Result<Vec<OperationId>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut follow_ups = Vec::new();
    let mut is_brought_back = BTreeSet::new();
    for id in ids.into_iter().rev() {
        let operation = get(tx, id)?;
        if is_brought_back.contains(&id) {
            note(tx, &operation)?;
            continue;
        }
        if operation.is_undone {
            return Err(Error::NotUndoable("it was undone already"));
        }
        match operation.state {
            OperationState::Queued if is_unsent(&operation) => {
                backout::back_out(tx, &operation)?;
                set_state(tx, id, OperationState::Undone, "")?;
            }
            OperationState::Queued | OperationState::Sent | OperationState::Done => {
                match operation.after {
                    // The second half of a move to another account: the copies move back.
                    Some(after) if !is_local(tx, &operation)? => {
                        follow_ups.extend(bring_back(tx, &operation, &get(tx, after)?)?);
                        is_brought_back.insert(after);
                    }
                    _ => follow_ups.extend(opposite(tx, &operation)?),
                }
            }
            OperationState::Refused => {
                return Err(Error::NotUndoable("the server refused it, and it was taken back"));
            }
            OperationState::Undone => return Err(Error::NotUndoable("it was undone already")),
        }
        note(tx, &operation)?;
    }
    Ok(follow_ups)
}

fn note(tx: &WriteTx<'_>, operation: &Operation) -> Result<()> {
    let id = operation.id;
    tx.run("UPDATE operation SET undone_by = 1 WHERE id = ?1", [id.0])?;
    tx.note(|changes| changes.operation(id, operation.account));
    Ok(())
}

fn is_local(tx: &WriteTx<'_>, operation: &Operation) -> Result<bool> {
    match operation.targets.first() {
        Some(target) => Ok(mailbox::get(tx, target.mailbox)?.is_local),
        None => Ok(true),
    }
}

fn opposite(tx: &WriteTx<'_>, operation: &Operation) -> Result<Vec<OperationId>> {
    let targets = |mailbox_of: &dyn Fn(MailboxId) -> MailboxId| -> Vec<(MailboxId, MessageId)> {
        operation
            .targets
            .iter()
            .map(|target| (mailbox_of(target.mailbox), target.message))
            .collect()
    };
    match &operation.action {
        Action::SetFlag { flag, to } => {
            let action = Action::SetFlag { flag: flag.clone(), to: to.opposite() };
            let is_on = *to == Switch::On;
            let changed =
                operation.targets.iter().filter(|target| flag.is_in(&target.flags_before) != is_on);
            let changed: Vec<_> = changed.map(|target| (target.mailbox, target.message)).collect();
            enqueue(tx, &action, &changed)
        }
        Action::Move { to } => move_back(tx, operation, *to),
        // The copies alone: what was in the folder before was never a target of theirs.
        Action::Copy { to } | Action::Append { to } => {
            let copies: Vec<_> =
                operation.targets.iter().map(|target| (*to, target.message)).collect();
            enqueue(tx, &Action::Delete, &copies)
        }
        Action::Subscribe { mailbox, to, .. } => {
            let request = MailboxRequest::Subscribe { mailbox: *mailbox, to: to.opposite() };
            Ok(vec![enqueue_mailbox(tx, operation.account, &request)?])
        }
        Action::Delete => {
            for (home, message) in targets(&|mailbox| mailbox) {
                if !mailbox::get(tx, home)?.is_local {
                    return Err(Error::NotUndoable("the server deletes it for good"));
                }
                removed::restore(tx, message, home)?;
                crate::maildrop::unmark(tx, operation.account, message)?;
            }
            Ok(Vec::new())
        }
        Action::CreateMailbox { mailbox, .. } => {
            if mailbox::get(tx, *mailbox)?.total > 0 {
                return Err(Error::NotUndoable("the new folder holds messages"));
            }
            Ok(vec![enqueue_mailbox(
                tx,
                operation.account,
                &MailboxRequest::Delete { mailbox: *mailbox },
            )?])
        }
        Action::RenameMailbox { mailbox, from, from_name, .. } => {
            let request = MailboxRequest::Rename {
                mailbox: *mailbox,
                path: from.clone(),
                name: from_name.clone(),
            };
            Ok(vec![enqueue_mailbox(tx, operation.account, &request)?])
        }
        Action::DeleteMailbox { .. } => Err(Error::NotUndoable("the server deletes the folder")),
        Action::Arrange { moves, .. } => {
            super::arrange::take_back(tx, operation.account, moves)?;
            Ok(Vec::new())
        }
    }
}

/// Moves messages from where they went to the folders that they came from. What was in a folder of all messages before
/// was only taken out of another one, and stays there: it gets its place back beside.
fn move_back(tx: &WriteTx<'_>, operation: &Operation, from: MailboxId) -> Result<Vec<OperationId>> {
    let mut operations = Vec::new();
    let is_view = mailbox::get(tx, from)?.role == MailboxRole::All;
    let homes: BTreeSet<MailboxId> =
        operation.targets.iter().map(|target| target.mailbox).collect();
    for home in homes {
        let (mut moved, mut stay) = (Vec::new(), Vec::new());
        for target in operation.targets.iter().filter(|target| target.mailbox == home) {
            let stays = is_view && backout::was_present(tx, operation, target)?;
            let back = if stays { &mut stay } else { &mut moved };
            back.push((from, target.message));
        }
        operations.extend(enqueue(tx, &Action::Move { to: home }, &moved)?);
        operations.extend(enqueue(tx, &Action::Copy { to: home }, &stay)?);
        for (_, message) in moved.into_iter().chain(stay) {
            crate::maildrop::unmark(tx, operation.account, message)?;
        }
    }
    Ok(operations)
}
