//! The local effect of an operation: at once, and when the server confirmed it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use posthorn_model::{AccountId, MailboxId, MailboxRole, MessageId, OperationId, ThreadId};
use rusqlite::params;

use super::transfer::{Originals, transfer};
use super::{Action, Copied, Flag, Operation, OperationState, Switch, Target};
use crate::error::{Error, Result};
use crate::mailbox::Mailbox;
use crate::placement::{Placement, RemovedBy};
use crate::tx::WriteTx;
use crate::{mailbox, placement, removed, thread};

type Touched = BTreeSet<(MailboxId, ThreadId)>;

/// Does something to messages: here at once, on the servers when they can be reached. Targets may lie in several
/// accounts (at least one operation for each comes back) and those that are not there any more are left out. Copying
/// and moving to another account needs the whole bytes here.
pub fn enqueue(
    tx: &WriteTx<'_>,
    action: &Action,
    targets: &[(MailboxId, MessageId)],
) -> Result<Vec<OperationId>> {
    let mut groups: BTreeMap<AccountId, Vec<(Mailbox, Placement)>> = BTreeMap::new();
    let mut homes: BTreeMap<MailboxId, Mailbox> = BTreeMap::new();
    let unique: BTreeSet<_> = targets.iter().copied().collect();
    for (mailbox, message) in unique {
        let Some(placed) = placement::get(tx, mailbox, message)?.filter(|found| !found.is_leaving)
        else {
            continue;
        };
        if let Entry::Vacant(vacant) = homes.entry(mailbox) {
            vacant.insert(mailbox::get(tx, mailbox)?);
        }
        if let Some(home) = homes.get(&mailbox)
            && is_changed_by(tx, &placed, action)?
        {
            groups.entry(home.account).or_default().push((home.clone(), placed));
        }
    }
    let mut operations = Vec::new();
    let to = action.target().map(|to| mailbox::get(tx, to)).transpose()?;
    for (account, group) in groups {
        match &to {
            Some(to) if to.account != account => {
                let originals = match action {
                    Action::Move { .. } => Originals::Go,
                    _ => Originals::Stay,
                };
                operations.extend(transfer(tx, account, &group, to, originals)?);
            }
            _ => operations.push(one_account(tx, account, action, &group)?),
        }
    }
    Ok(operations)
}

fn is_changed_by(tx: &WriteTx<'_>, placed: &Placement, action: &Action) -> Result<bool> {
    Ok(match action {
        Action::SetFlag { flag, to } => flag.is_in(&placed.flags) != (*to == Switch::On),
        Action::Move { to } => placed.mailbox != *to,
        // A copy that is there already would be a double.
        Action::Copy { to } => {
            let there = placement::get(tx, *to, placed.message)?;
            there.is_none_or(|there| there.is_leaving || there.flags.deleted)
        }
        _ => true,
    })
}

fn one_account(
    tx: &WriteTx<'_>,
    account: AccountId,
    action: &Action,
    group: &[(Mailbox, Placement)],
) -> Result<OperationId> {
    let id = add(tx, account, action)?;
    let mut touched = Touched::new();
    let mut flagged = thread::Touched::default();
    let is_local = group.iter().all(|(home, _)| home.is_local);
    let (is_deletion, moves_to) = (is_deletion(tx, action)?, target_of(action));
    for (home, placed) in group {
        add_target(tx, id, action, placed)?;
        match action {
            Action::SetFlag { flag, to } => set_flag(tx, placed, flag, *to, &mut flagged)?,
            Action::Move { to } if stays_in(tx, home, *to)? => {
                add_pending(tx, placed.mailbox, placed.message, 1)?;
                show_in(tx, placed, *to, &mut touched)?;
            }
            Action::Move { to } => depart(tx, placed, Some(*to), &mut touched)?,
            Action::Copy { to } => show_in(tx, placed, *to, &mut touched)?,
            Action::Delete => depart(tx, placed, None, &mut touched)?,
            Action::Append { .. } => {
                return Err(Error::Invalid("messages of an account are not appended to it"));
            }
            Action::CreateMailbox { .. }
            | Action::RenameMailbox { .. }
            | Action::Subscribe { .. }
            | Action::DeleteMailbox { .. } => {
                return Err(Error::Invalid("an operation on a folder has no messages"));
            }
            Action::Arrange { .. } => {
                return Err(Error::Invalid("conversations are arranged by their parts"));
            }
        }
        let leaves_inbox =
            home.role == MailboxRole::Inbox && moves_to.is_some_and(|to| to != home.id);
        if is_local && (is_deletion || leaves_inbox) {
            crate::maildrop::mark_left_here(tx, account, placed.message, is_deletion)?;
        }
    }
    thread::recount(tx, &touched)?;
    thread::recount_touched(tx, &flagged)?;
    if is_local {
        super::done(tx, id, &[])?;
    }
    Ok(id)
}

/// Tells whether what is moved out of a folder is shown there all the same: a folder of all messages (RFC 6154) holds
/// them whatever other folder they are in, but for what is thrown away.
fn stays_in(tx: &WriteTx<'_>, home: &Mailbox, to: MailboxId) -> Result<bool> {
    if home.role != MailboxRole::All {
        return Ok(false);
    }
    Ok(!matches!(mailbox::get(tx, to)?.role, MailboxRole::Trash | MailboxRole::Junk))
}

/// Returns where a move goes.
fn target_of(action: &Action) -> Option<MailboxId> {
    match action {
        Action::Move { to } => Some(*to),
        _ => None,
    }
}

/// Deleting, or moving to Trash.
fn is_deletion(tx: &WriteTx<'_>, action: &Action) -> Result<bool> {
    Ok(match action {
        Action::Delete => true,
        Action::Move { to } => mailbox::get(tx, *to)?.role == MailboxRole::Trash,
        _ => false,
    })
}

pub(super) fn add(tx: &WriteTx<'_>, account: AccountId, action: &Action) -> Result<OperationId> {
    let sql = "INSERT INTO operation (account, action, created_at) VALUES (?1, ?2, ?3)";
    let id = OperationId(tx.insert(sql, params![account.0, action.to_text(), tx.now().0])?);
    tx.note(|changes| changes.operation(id, account));
    Ok(id)
}

pub(super) fn add_target(
    tx: &WriteTx<'_>,
    id: OperationId,
    action: &Action,
    placed: &Placement,
) -> Result<()> {
    let was_present = match action {
        Action::Move { to } | Action::Copy { to } => {
            placement::get(tx, *to, placed.message)?.is_some_and(|there| !there.is_leaving)
        }
        _ => false,
    };
    let sql = "INSERT INTO operation_target (operation, message, mailbox, uid, flags_before, was_present) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let flags = placed.flags.names().join(" ");
    let uid = placed.uid.map(|uid| uid.0);
    tx.run(sql, params![id.0, placed.message.0, placed.mailbox.0, uid, flags, was_present])?;
    Ok(())
}

fn set_flag(
    tx: &WriteTx<'_>,
    placed: &Placement,
    flag: &Flag,
    to: Switch,
    touched: &mut thread::Touched,
) -> Result<()> {
    let flags = flag.switched(&placed.flags, to);
    placement::write_flags(tx, placed, &flags, placed.modseq, 1)?;
    let pair = (placed.mailbox, placed.thread);
    touched.change(pair, (&placed.flags, &flags), !placed.is_leaving);
    Ok(())
}

/// Hides a message where it is and shows it where it goes.
pub(super) fn depart(
    tx: &WriteTx<'_>,
    placed: &Placement,
    to: Option<MailboxId>,
    touched: &mut Touched,
) -> Result<()> {
    let sql = "UPDATE placement SET is_leaving = 1, pending = pending + 1 WHERE mailbox = ?1 AND message = ?2";
    tx.run(sql, [placed.mailbox.0, placed.message.0])?;
    if !placed.flags.deleted {
        tx.note(|changes| {
            changes.message_removed(placed.mailbox, placed.message);
            changes.row(placed.position);
        });
    }
    touched.insert((placed.mailbox, placed.thread));
    match to {
        Some(to) => show_in(tx, placed, to, touched),
        None => Ok(()),
    }
}

/// Shows a message where it goes.
fn show_in(
    tx: &WriteTx<'_>,
    placed: &Placement,
    to: MailboxId,
    touched: &mut Touched,
) -> Result<()> {
    touched.insert((to, placed.thread));
    match placement::get(tx, to, placed.message)? {
        None => {
            let mut flags = placed.flags.clone();
            flags.deleted = false;
            placement::put(tx, to, placed.message, &flags)?;
        }
        Some(there) if there.is_leaving => {
            // It is on its way out of there by an earlier operation, which keeps its uid; this one brings it back
            // under a uid that the server will tell.
            let sql = "UPDATE placement SET is_leaving = 0, uid = NULL WHERE mailbox = ?1 AND message = ?2";
            tx.run(sql, [to.0, placed.message.0])?;
            tx.note(|changes| {
                changes.message_added(to, placed.message);
                changes.row(placed.position);
            });
        }
        Some(_) => {}
    }
    add_pending(tx, to, placed.message, 1)
}

pub(super) fn add_pending(
    tx: &WriteTx<'_>,
    mailbox: MailboxId,
    message: MessageId,
    count: i64,
) -> Result<()> {
    let sql =
        "UPDATE placement SET pending = MAX(0, pending + ?3) WHERE mailbox = ?1 AND message = ?2";
    tx.run(sql, params![mailbox.0, message.0, count])?;
    Ok(())
}

/// Makes the local effect final.
pub(super) fn confirm(tx: &WriteTx<'_>, operation: &Operation, copied: &[Copied]) -> Result<()> {
    match &operation.action {
        Action::SetFlag { .. } => {
            for target in &operation.targets {
                add_pending(tx, target.mailbox, target.message, -1)?;
            }
        }
        Action::Move { to } => {
            for target in &operation.targets {
                leave(tx, target.mailbox, target.message)?;
                settle_in(tx, *to, target, copied)?;
            }
        }
        Action::Copy { to } => {
            for target in &operation.targets {
                settle_in(tx, *to, target, copied)?;
            }
        }
        // Its uids were told one by one.
        Action::Append { to } => {
            for target in &operation.targets {
                add_pending(tx, *to, target.message, -1)?;
            }
        }
        Action::Delete => {
            for target in &operation.targets {
                leave(tx, target.mailbox, target.message)?;
            }
        }
        Action::DeleteMailbox { mailbox, .. } => mailbox::remove_by(tx, *mailbox, RemovedBy::User)?,
        Action::CreateMailbox { .. }
        | Action::RenameMailbox { .. }
        | Action::Subscribe { .. }
        | Action::Arrange { .. } => {}
    }
    Ok(())
}

/// A message is where it was brought to, under the uid that the server told, if it told one (COPYUID).
fn settle_in(tx: &WriteTx<'_>, to: MailboxId, target: &Target, copied: &[Copied]) -> Result<()> {
    add_pending(tx, to, target.message, -1)?;
    let is_this = |copy: &&Copied| copy.from == target.mailbox && Some(copy.uid) == target.uid;
    match copied.iter().find(is_this) {
        Some(copy) => placement::set_uid(tx, to, target.message, copy.new_uid),
        None => Ok(()),
    }
}

/// Ends a hidden placement. One that a later operation brought back stays.
fn leave(tx: &WriteTx<'_>, mailbox: MailboxId, message: MessageId) -> Result<()> {
    let Some(placed) = placement::get(tx, mailbox, message)? else { return Ok(()) };
    if !placed.is_leaving {
        return add_pending(tx, mailbox, message, -1);
    }
    tx.run("DELETE FROM placement WHERE mailbox = ?1 AND message = ?2", [mailbox.0, message.0])?;
    let sql = "SELECT EXISTS (SELECT 1 FROM placement WHERE message = ?1)";
    if !tx.one(sql, [message.0], |row| row.get::<_, bool>(0))? {
        removed::keep(tx, &placed, RemovedBy::User)?;
    }
    Ok(())
}

/// Says whether an operation can still be taken back without the server knowing.
pub(super) fn is_unsent(operation: &Operation) -> bool {
    operation.state == OperationState::Queued && operation.attempts == 0
}
