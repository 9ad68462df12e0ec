//! What an operation of the log is called in the contract.

use posthorn_model::{MailboxRole, OperationId};
use posthorn_store::operation::{self, Action, Arrangement, Flag, Operation, Switch};
use posthorn_store::{ReadTx, mailbox};

/// Returns the contract's word for an action of the log.
pub(super) fn word(action: &Action) -> &'static str {
    match action {
        Action::SetFlag { flag: Flag::Seen, to: Switch::On } => "read",
        Action::SetFlag { flag: Flag::Seen, to: Switch::Off } => "unread",
        Action::SetFlag { flag: Flag::Flagged, to: Switch::On } => "star",
        Action::SetFlag { flag: Flag::Flagged, to: Switch::Off } => "unstar",
        Action::SetFlag { flag: Flag::Keyword(keyword), .. } if keyword == "$NotJunk" => "notJunk",
        Action::SetFlag { .. } => "junk",
        Action::Move { .. } => "move",
        Action::Copy { .. } | Action::Append { .. } => "copy",
        Action::Delete => "delete",
        Action::CreateMailbox { .. } => "createMailbox",
        Action::RenameMailbox { .. } => "renameMailbox",
        Action::DeleteMailbox { .. } => "deleteMailbox",
        Action::Subscribe { to: Switch::On, .. } => "subscribe",
        Action::Subscribe { to: Switch::Off, .. } => "unsubscribe",
        Action::Arrange { what, .. } => arrangement(*what),
    }
}

/// Returns the contract's word for what was done to conversations.
pub(super) fn arrangement(what: Arrangement) -> &'static str {
    match what {
        Arrangement::Split => "split",
        Arrangement::Merge => "merge",
        Arrangement::Rejoin => "rejoin",
        Arrangement::Separate => "separate",
    }
}

/// Returns how many messages or conversations an operation was done to.
pub(super) fn count(operation: &Operation) -> u64 {
    match &operation.action {
        Action::Arrange { count, .. } => *count,
        _ => operation.targets.len() as u64,
    }
}

/// Returns what the user would call an operation, and how many messages (or folders) it is about.
pub(crate) fn described(tx: &ReadTx<'_>, id: OperationId) -> posthorn_store::Result<(String, u64)> {
    let operation = operation::get(tx, id)?;
    let count = count(&operation).max(1);
    Ok((by_target(tx, &operation)?.to_owned(), count))
}

fn by_target(tx: &ReadTx<'_>, operation: &Operation) -> posthorn_store::Result<&'static str> {
    Ok(match &operation.action {
        Action::Move { to } => match mailbox::get(tx, *to)?.role {
            MailboxRole::Trash => "trash",
            MailboxRole::Junk => "junk",
            MailboxRole::Archive | MailboxRole::All => "archive",
            _ => "move",
        },
        // The second half of a move to another account.
        Action::Delete if operation.after.is_some() => "move",
        action => word(action),
    })
}
