//! Folders: listing, making, renaming, moving, deleting, emptying.

mod choice;

use posthorn_model::{AccountId, MailboxId};
use posthorn_store::operation::{self, MailboxRequest};
use posthorn_store::{ReadTx, account, mailbox, placement};

use crate::contract::{
    ById, CreateMailbox, Error, Mailbox, MoveMailbox, Nothing, RenameMailbox, Undoable,
};
use crate::engine::Engine;
use crate::error::Result;
use crate::operation::HOLD_MS;
use crate::storage;

pub(crate) use choice::{
    mailboxes_order, mailboxes_properties, mailboxes_set_look, mailboxes_set_role,
    mailboxes_set_subscribed,
};

/// Longest name of one level, in characters: servers refuse longer ones, and no sidebar shows them.
const NAME_LIMIT: usize = 200;

/// What is shown between the levels of this computer's own folders.
const SHOWN_DELIMITER: &str = "/";

/// Replaces what would move the cursor or hide: a name is shown in menus and questions.
fn shown(name: &str) -> String {
    name.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

fn convert(mailboxes: Vec<mailbox::Mailbox>) -> Vec<Mailbox> {
    let names: std::collections::HashMap<MailboxId, (Option<MailboxId>, String, String)> =
        mailboxes
            .iter()
            .map(|one| (one.id, (one.parent, shown(&one.name), one.delimiter.clone())))
            .collect();
    let path = |mut id: MailboxId| {
        let mut parts: Vec<&str> = Vec::new();
        let mut delimiter = "/";
        // A chain that is longer than there are folders would be a circle.
        for _ in 0..names.len() {
            let Some((parent, name, own)) = names.get(&id) else { break };
            parts.push(name);
            if own == mailbox::LOCAL_DELIMITER {
                delimiter = SHOWN_DELIMITER;
            } else if !own.is_empty() {
                delimiter = own;
            }
            let Some(parent) = parent else { break };
            id = *parent;
        }
        parts.reverse();
        parts.join(delimiter)
    };
    mailboxes
        .iter()
        .map(|one| Mailbox {
            id: one.id.0,
            account: one.account.0,
            parent: one.parent.map(|id| id.0),
            name: shown(&one.name),
            path: path(one.id),
            role: one.role.into(),
            total: one.total,
            unread: one.unread,
            selectable: one.is_selectable,
            local: one.is_local,
            complete: one.is_local || !one.is_selectable || one.sync.is_complete,
            subscribed: one.is_subscribed,
            favourite: one.is_favourite,
            place: one.place,
            colour: one.color.parse().unwrap_or_default(),
            role_chosen: one.is_role_chosen,
            foreign: false,
            rights: None,
            delimiter: if one.is_local {
                SHOWN_DELIMITER.to_owned()
            } else {
                one.delimiter.clone()
            },
        })
        .collect()
}

/// Returns all folders of all accounts.
pub(crate) fn list(tx: &ReadTx<'_>) -> posthorn_store::Result<Vec<Mailbox>> {
    let mut all = Vec::new();
    for account in account::list(tx)? {
        all.extend(mailbox::list(tx, account.id)?);
    }
    Ok(convert(all))
}

/// Returns all folders of all accounts, with what their servers said of them.
pub(crate) async fn all(engine: &Engine) -> Result<Vec<Mailbox>> {
    let mut all = engine.store().read(list).await?;
    for one in &mut all {
        one.rights = storage::rights(engine, one.account, one.id);
        one.foreign = engine.sync().is_foreign(AccountId(one.account), MailboxId(one.id));
    }
    Ok(all)
}

/// Lists the folders of all accounts.
pub(crate) async fn mailboxes_list(engine: &Engine, _: Nothing) -> Result<Vec<Mailbox>> {
    all(engine).await
}

/// Checks a name of one level.
fn check_name(name: &str, delimiter: &str) -> Result<String> {
    let name = name.trim();
    let problem = if name.is_empty() {
        "A folder needs a name"
    } else if name.chars().count() > NAME_LIMIT {
        "This name is too long"
    } else if !delimiter.is_empty() && name.contains(delimiter) {
        "This name contains the character that separates folders"
    } else if name.chars().any(char::is_control) {
        "This name contains a control character"
    } else {
        return Ok(name.to_owned());
    };
    Err(Error::invalid(problem))
}

/// Returns the path as the server spells it.
fn server_path(parent: &str, delimiter: &str, name: &str, is_local: bool) -> String {
    let name = if is_local { name.to_owned() } else { posthorn_sync::encode_mailbox_name(name) };
    if parent.is_empty() { name } else { format!("{parent}{delimiter}{name}") }
}

/// Creates a folder.
pub(crate) async fn mailboxes_create(engine: &Engine, request: CreateMailbox) -> Result<Undoable> {
    let account = AccountId(request.account);
    let parent = request.parent.map(MailboxId);
    let (parent, delimiter, is_local, prefix) = engine
        .store()
        .read(move |tx| {
            let all = mailbox::list(tx, account)?;
            let parent = parent.map(|id| mailbox::get(tx, id)).transpose()?;
            let protocol = account::get(tx, account)?.settings.incoming.server.protocol;
            let is_local = protocol != posthorn_model::Protocol::Imap;
            let usual = if is_local { mailbox::LOCAL_DELIMITER } else { "/" };
            let known = parent.as_ref().or(all.first()).map(|one| one.delimiter.clone());
            let prefix = if is_local { String::new() } else { mailbox::prefix(tx, account)? };
            Ok((parent, known.unwrap_or_else(|| usual.to_owned()), is_local, prefix))
        })
        .await?;
    if parent.as_ref().is_some_and(|parent| parent.account != account) {
        return Err(Error::invalid("The folder above belongs to another account"));
    }
    if parent.is_some() && delimiter.is_empty() {
        return Err(Error::invalid("This server has no folders inside folders"));
    }
    let name = check_name(&request.name, &delimiter)?;
    let path = match parent {
        Some(parent) => server_path(&parent.path, &delimiter, &name, is_local),
        None => format!("{prefix}{}", server_path("", &delimiter, &name, is_local)),
    };
    enqueue(
        engine,
        account,
        "createMailbox",
        name.clone(),
        MailboxRequest::Create { path, name, delimiter },
    )
    .await
}

/// Renames a folder, in place.
pub(crate) async fn mailboxes_rename(engine: &Engine, request: RenameMailbox) -> Result<Undoable> {
    let id = MailboxId(request.id);
    let old = engine.store().read(move |tx| mailbox::get(tx, id)).await?;
    let name = check_name(&request.name, &old.delimiter)?;
    let above = match old.path.rsplit_once(old.delimiter.as_str()) {
        Some((above, _)) if !old.delimiter.is_empty() => above.to_owned(),
        _ => String::new(),
    };
    let path = server_path(&above, &old.delimiter, &name, old.is_local);
    let request = MailboxRequest::Rename { mailbox: id, path, name: name.clone() };
    enqueue(engine, old.account, "renameMailbox", name, request).await
}

/// Moves a folder below another one, or to the top.
pub(crate) async fn mailboxes_move(engine: &Engine, request: MoveMailbox) -> Result<Undoable> {
    let (id, parent) = (MailboxId(request.id), request.parent.map(MailboxId));
    let (old, parent, prefix) = engine
        .store()
        .read(move |tx| {
            let parent = parent.map(|id| mailbox::get(tx, id)).transpose()?;
            let old = mailbox::get(tx, id)?;
            let prefix = mailbox::prefix(tx, old.account)?;
            Ok((old, parent, prefix))
        })
        .await?;
    if parent.as_ref().is_some_and(|parent| parent.account != old.account) {
        return Err(Error::invalid("Folders are moved within their account"));
    }
    if old.delimiter.is_empty() {
        return Err(Error::invalid("This server has no folders inside folders"));
    }
    if old.role == posthorn_model::MailboxRole::Inbox {
        return Err(Error::invalid("The inbox stays where it is"));
    }
    let last = old.path.rsplit(old.delimiter.as_str()).next().unwrap_or(&old.path);
    let path = match &parent {
        Some(parent) => format!("{}{}{last}", parent.path, old.delimiter),
        None => format!("{prefix}{last}"),
    };
    let folder = parent.map_or_else(String::new, |parent| shown(&parent.name));
    if path == old.path {
        return Ok(engine.groups().add(Vec::new(), "moveMailbox", 0, folder));
    }
    let request = MailboxRequest::Rename { mailbox: id, path, name: old.name.clone() };
    enqueue(engine, old.account, "moveMailbox", shown(&old.name), request).await
}

/// Deletes a folder with its messages and everything below it; for a moment it can be taken back.
pub(crate) async fn mailboxes_delete(engine: &Engine, request: ById) -> Result<Undoable> {
    let id = MailboxId(request.id);
    let (operations, count, name) = engine
        .store()
        .write(move |tx| {
            let top = mailbox::get(tx, id)?;
            if top.role == posthorn_model::MailboxRole::Inbox {
                return Err(posthorn_store::Error::Invalid("the inbox cannot be deleted"));
            }
            let mut operations = Vec::new();
            for one in mailbox::subtree(tx, id)? {
                let request = MailboxRequest::Delete { mailbox: one.id };
                operations.push(operation::enqueue_mailbox(tx, one.account, &request)?);
            }
            operation::hold(tx, &operations, tx.now().plus_ms(HOLD_MS))?;
            let count = operations.len() as u64;
            Ok((operations, count, top.name))
        })
        .await?;
    Ok(engine.groups().add(operations, "deleteMailbox", count, shown(&name)))
}

async fn enqueue(
    engine: &Engine,
    account: AccountId,
    action: &str,
    folder: String,
    request: MailboxRequest,
) -> Result<Undoable> {
    let operation =
        engine.store().write(move |tx| operation::enqueue_mailbox(tx, account, &request)).await?;
    Ok(engine.groups().add(vec![operation], action, 1, folder))
}

/// Marks everything in a folder as read.
pub(crate) async fn mailboxes_mark_all_read(engine: &Engine, request: ById) -> Result<Undoable> {
    let id = MailboxId(request.id);
    let action =
        operation::Action::SetFlag { flag: operation::Flag::Seen, to: operation::Switch::On };
    let (operations, count, folder) = engine
        .store()
        .write(move |tx| {
            let unread: Vec<_> =
                placement::unread(tx, id)?.into_iter().map(|message| (id, message)).collect();
            let count = unread.len() as u64;
            Ok((operation::enqueue(tx, &action, &unread)?, count, mailbox::get(tx, id)?.name))
        })
        .await?;
    Ok(engine.groups().add(operations, "markAllRead", count, shown(&folder)))
}

/// Deletes everything in the trash or in junk for good; for a moment it can be taken back.
pub(crate) async fn mailboxes_empty(engine: &Engine, request: ById) -> Result<Undoable> {
    use posthorn_model::MailboxRole::{Junk, Trash};
    let id = MailboxId(request.id);
    let (operations, count, folder) = engine
        .store()
        .write(move |tx| {
            let folder = mailbox::get(tx, id)?;
            if !matches!(folder.role, Trash | Junk) {
                return Err(posthorn_store::Error::Invalid("only the trash and junk are emptied"));
            }
            let all: Vec<_> =
                placement::messages(tx, id)?.into_iter().map(|message| (id, message)).collect();
            let operations = operation::enqueue(tx, &operation::Action::Delete, &all)?;
            operation::hold(tx, &operations, tx.now().plus_ms(HOLD_MS))?;
            Ok((operations, all.len() as u64, folder.name))
        })
        .await?;
    Ok(engine.groups().add(operations, "empty", count, shown(&folder)))
}

#[cfg(test)]
mod tests {
    use super::{check_name, server_path};

    #[test]
    fn names_that_servers_would_misread_are_refused() {
        assert_eq!(check_name("  Bills ", "/").unwrap(), "Bills");
        for name in ["", "   ", "a/b", "a\u{0}b", &"x".repeat(300)] {
            assert!(check_name(name, "/").is_err(), "{name:?}");
        }
    }

    #[test]
    fn paths_are_spelled_as_the_server_does() {
        assert_eq!(server_path("A", ".", "Reçus & co", false), "A.Re&AOc-us &- co");
        assert_eq!(server_path("", "/", "Reçus", true), "Reçus");
    }
}
