//! Undo: what was not sent is taken back; what was, is followed by its opposite.

use posthorn_model::{MailboxId, MessageId, OperationId};

use super::effect::{MailboxRequest, is_unsent};
use super::{
    Action, Operation, OperationState, Switch, backout, enqueue, enqueue_mailbox, get, set_state,
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
    for id in ids.into_iter().rev() {
        let operation = get(tx, id)?;
        if operation.is_undone {
            return Err(Error::NotUndoable("it was undone already"));
        }
        match operation.state {
            OperationState::Queued if is_unsent(&operation) => {
                backout::back_out(tx, &operation)?;
                set_state(tx, id, OperationState::Undone, "")?;
            }
            OperationState::Queued | OperationState::Sent | OperationState::Done => {
                follow_ups.extend(opposite(tx, &operation)?);
            }
            OperationState::Refused => {
                return Err(Error::NotUndoable("the server refused it, and it was taken back"));
            }
            OperationState::Undone => return Err(Error::NotUndoable("it was undone already")),
        }
        tx.run("UPDATE operation SET undone_by = 1 WHERE id = ?1", [id.0])?;
        tx.note(|changes| changes.operation(id, operation.account));
    }
    Ok(follow_ups)
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
        Action::Move { to } => {
            let mut operations = Vec::new();
            let mut homes: Vec<MailboxId> =
                operation.targets.iter().map(|target| target.mailbox).collect();
            homes.sort_unstable();
            homes.dedup();
            for home in homes {
                let of_home = operation.targets.iter().filter(|target| target.mailbox == home);
                let moved: Vec<_> = of_home.map(|target| (*to, target.message)).collect();
                operations.extend(enqueue(tx, &Action::Move { to: home }, &moved)?);
                for (_, message) in moved {
                    crate::maildrop::unmark(tx, operation.account, message)?;
                }
            }
            Ok(operations)
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
    }
}
