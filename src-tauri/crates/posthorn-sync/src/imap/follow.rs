//! Folders that the server has under other names now: renamed or moved by another program, or made anew under an old name.
//!
//! A folder is known again by its MAILBOXID (RFC 8474) where the server has such ids, else by its uid validity together
//! with uids that did not go back. What is guessed wrongly costs a comparison and no mail: a folder that was followed is
//! compared message by message at the next look (`mailbox.rs`).

use std::collections::{HashMap, HashSet};

use posthorn_imap::{Mailbox as Listing, MailboxName, MailboxStatus};
use posthorn_model::MailboxId;
use posthorn_store::ledger;
use posthorn_store::mailbox::{self, Followed, Listed, Mailbox};

use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::Connection;

/// New names that are asked about in one look; a server that moves more folders at once is listed anew.
const MOST: usize = 500;

/// A folder here, with what it is known by.
#[derive(Clone, Debug)]
struct Known {
    mailbox: Mailbox,
    object_id: Option<String>,
}

/// Gives folders that the server has under other names now those names.
pub(super) async fn follow(
    account: &Account,
    connection: &mut Connection,
    listings: &[Listing],
    listed: &[Listed],
) -> Result<(), Failure> {
    let id = account.id;
    let read =
        account.store().read(move |tx| Ok((mailbox::list(tx, id)?, ledger::object_ids(tx, id)?)));
    let (mailboxes, mut ids) = read.await?;
    let known: Vec<Known> = mailboxes
        .into_iter()
        .filter(|mailbox| !mailbox.is_local)
        .map(|mailbox| Known { object_id: ids.remove(&mailbox.id), mailbox })
        .collect();
    let told: HashMap<&str, &MailboxStatus> = listings
        .iter()
        .filter_map(|listing| Some((listing.name.as_wire(), listing.status.as_ref()?)))
        .collect();
    let lost: Vec<&Known> = known.iter().filter(|known| is_lost(known, listed, &told)).collect();
    let here: HashSet<&str> = known.iter().map(|known| known.mailbox.path.as_str()).collect();
    let is_free = |item: &&Listed| {
        !here.contains(item.path.as_str())
            || lost.iter().any(|known| known.mailbox.path == item.path)
    };
    let free: Vec<&Listed> = listed.iter().filter(is_free).take(MOST).collect();
    // A name is free only by being new, or by having another folder behind it than the one that is known.
    let is_any_new = free.iter().any(|item| !here.contains(item.path.as_str()));
    if lost.is_empty() || !(is_any_new || lost.len() > 1) {
        return Ok(());
    }
    let mut counts: HashMap<String, MailboxStatus> = HashMap::new();
    let mut unknown = Vec::new();
    for item in free.iter().filter(|item| item.is_selectable) {
        match told.get(item.path.as_str()) {
            Some(status) => _ = counts.insert(item.path.clone(), (*status).clone()),
            None => unknown.push(MailboxName::from_wire(item.path.clone())),
        }
    }
    if !unknown.is_empty() {
        for (name, status) in connection.session.statuses(&unknown).await? {
            counts.insert(name.as_wire().to_owned(), status);
        }
    }
    let mut followed = matched(&lost, &free, &counts);
    followed.extend(parents(&known, &lost, &free, &followed));
    if followed.is_empty() {
        return Ok(());
    }
    tracing::info!(account = id.0, folders = followed.len(), "folders have other names now");
    Ok(account.store().write(move |tx| mailbox::follow(tx, id, &followed)).await?)
}

/// Tells whether the server has no folder, or another one, under the name that is known.
fn is_lost(known: &Known, listed: &[Listed], told: &HashMap<&str, &MailboxStatus>) -> bool {
    let mailbox = &known.mailbox;
    if mailbox.role == posthorn_model::MailboxRole::Inbox {
        // Every server has one, and renaming it moves its messages (RFC 9051 section 6.3.6).
        return false;
    }
    let Some(item) = listed.iter().find(|item| item.path == mailbox.path) else { return true };
    let Some(status) = told.get(item.path.as_str()).filter(|_| mailbox.is_selectable) else {
        return false;
    };
    match (&known.object_id, &status.mailbox_id) {
        (Some(known), Some(now)) => known != now,
        _ => matches!((mailbox.sync.uid_validity, status.uid_validity),
            (Some(known), Some(now)) if known != now),
    }
}

/// Tells whether a folder there can be the one that is known here.
fn is_same(known: &Known, status: &MailboxStatus) -> bool {
    if let (Some(known), Some(now)) = (&known.object_id, &status.mailbox_id) {
        return known == now;
    }
    let sync = &known.mailbox.sync;
    sync.uid_validity.is_some()
        && sync.uid_validity == status.uid_validity
        && sync.uid_next.is_some()
        && sync.uid_next <= status.uid_next
}

/// Pairs folders that can only be one another; where several can, the one with the same counts, if that is one.
fn matched(
    lost: &[&Known],
    free: &[&Listed],
    counts: &HashMap<String, MailboxStatus>,
) -> Vec<Followed> {
    let status = |item: &Listed| counts.get(&item.path);
    let fits =
        |known: &Known, item: &Listed| status(item).is_some_and(|status| is_same(known, status));
    let is_equal = |known: &Known, item: &Listed| {
        status(item).is_some_and(|status| {
            status.uid_next == known.mailbox.sync.uid_next
                && status.messages.map(u64::from) == Some(known.mailbox.total)
        })
    };
    let mut followed = Vec::new();
    for known in lost {
        let mut there: Vec<&&Listed> = free
            .iter()
            .filter(|item| item.path != known.mailbox.path && fits(known, item))
            .collect();
        if there.len() > 1 {
            there.retain(|item| is_equal(known, item));
        }
        let [item] = there.as_slice() else { continue };
        // The other way round too: a server that numbers all its folders alike tells nothing.
        let rivals = lost.iter().filter(|rival| fits(rival, item)).count();
        if rivals == 1 || (is_equal(known, item) && is_only_equal(lost, known, item, is_equal)) {
            followed.push(Followed {
                mailbox: known.mailbox.id,
                path: item.path.clone(),
                name: item.name.clone(),
            });
        }
    }
    followed
}

fn is_only_equal(
    lost: &[&Known],
    own: &Known,
    item: &Listed,
    is_equal: impl Fn(&Known, &Listed) -> bool,
) -> bool {
    !lost.iter().any(|rival| rival.mailbox.id != own.mailbox.id && is_equal(rival, item))
}

/// Returns what follows for folders that hold none but folders: they go where those below them went.
fn parents(
    known: &[Known],
    lost: &[&Known],
    free: &[&Listed],
    followed: &[Followed],
) -> Vec<Followed> {
    let mut found: Vec<Followed> = Vec::new();
    let taken = |found: &[Followed], id: MailboxId, path: &str| {
        followed.iter().chain(found).any(|one| one.mailbox == id || one.path == path)
    };
    for one in followed {
        let Some(own) = known.iter().find(|known| known.mailbox.id == one.mailbox) else {
            continue;
        };
        let delimiter = own.mailbox.delimiter.as_str();
        if delimiter.is_empty() {
            continue;
        }
        let (mut old, mut new) = (own.mailbox.path.as_str(), one.path.as_str());
        while let (Some((above, last)), Some((above_new, last_new))) =
            (old.rsplit_once(delimiter), new.rsplit_once(delimiter))
        {
            if last != last_new {
                break;
            }
            (old, new) = (above, above_new);
            let parent = lost.iter().find(|known| known.mailbox.path == old);
            let place = free.iter().find(|item| item.path == new);
            if let (Some(parent), Some(place)) = (parent, place)
                && !parent.mailbox.is_selectable
                && !taken(&found, parent.mailbox.id, new)
            {
                found.push(Followed {
                    mailbox: parent.mailbox.id,
                    path: place.path.clone(),
                    name: place.name.clone(),
                });
            }
        }
    }
    found
}

/// Remembers by which ids the server knows the folders.
pub(super) async fn learn(
    account: &Account,
    mailboxes: &[Mailbox],
    statuses: &HashMap<String, MailboxStatus>,
) -> Result<(), Failure> {
    let id = account.id;
    let told: Vec<(MailboxId, String)> = mailboxes
        .iter()
        .filter_map(|mailbox| {
            let status = statuses.get(&mailbox.path)?;
            Some((mailbox.id, status.mailbox_id.clone()?))
        })
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    let known = account.store().read(move |tx| ledger::object_ids(tx, id)).await?;
    let new: Vec<_> =
        told.into_iter().filter(|(mailbox, told)| known.get(mailbox) != Some(told)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let write = account.store().write(move |tx| {
        new.iter().try_for_each(|(mailbox, told)| ledger::note_object_id(tx, *mailbox, told))
    });
    Ok(write.await?)
}

#[cfg(test)]
mod tests;
