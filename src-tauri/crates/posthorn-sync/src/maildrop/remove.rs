//! Removes from the maildrop what is durable here and due by the account's policy.
//!
//! Invariant: what is removed was looked at in this very session, where the server shows headers: an id may name another
//! message by now, of the same size, that nobody has.

use std::collections::HashSet;

use posthorn_model::Uidl;
use posthorn_net::Stream;
use posthorn_pop3::Session;
use posthorn_store::maildrop::{self, DropState};

use super::Home;
use super::connect::Connection;
use super::identity;
use super::listing::Listing;
use crate::engine::Account;
use crate::failure::Failure;

/// Sends DELE for what is due; returns what was marked. The store has the marks before the server does.
pub(super) async fn remove(
    account: &Account,
    home: &Home,
    session: &mut Session<Stream>,
    listing: &Listing,
) -> Result<Vec<Uidl>, Failure> {
    let (id, policy) = (account.id, home.settings.pop_policy);
    let keep_starred = home.settings.pop_keep_starred;
    let due = account
        .store()
        .read(move |tx| maildrop::due_for_removal(tx, id, policy, keep_starred))
        .await?;
    let (there, gone): (Vec<_>, Vec<_>) =
        due.into_iter().partition(|entry| listing.numbers.contains_key(&entry.uidl));
    // Marked, and not listed any more: the removal happened, only its confirmation was lost.
    let gone: Vec<Uidl> = gone
        .into_iter()
        .filter(|entry| listing.is_complete && entry.state == DropState::Marked)
        .map(|entry| entry.uidl)
        .collect();
    set_all(account, gone, DropState::Deleted).await?;
    let unmarked = there.iter().filter(|entry| entry.state != DropState::Marked);
    set_all(account, unmarked.map(|entry| entry.uidl.clone()).collect(), DropState::Marked).await?;
    let others = others(session, listing, &there).await?;
    let numbers: Vec<u32> =
        there.iter().filter_map(|entry| listing.numbers.get(&entry.uidl).copied()).collect();
    let numbers: Vec<u32> = numbers.into_iter().filter(|number| !others.contains(number)).collect();
    let refused = session.dele_all(&numbers).await?;
    let was_taken = |entry: &&maildrop::Entry| {
        let number = listing.numbers.get(&entry.uidl);
        number.is_some_and(|number| !refused.contains(number) && !others.contains(number))
    };
    Ok(there.iter().filter(was_taken).map(|entry| entry.uidl.clone()).collect())
}

/// Returns which of what is due is another message by now, by number. They stay marked: the next listing looks at them
/// and fetches them as new.
async fn others(
    session: &mut Session<Stream>,
    listing: &Listing,
    due: &[maildrop::Entry],
) -> Result<HashSet<u32>, Failure> {
    let unseen: Vec<(u32, &str)> = due
        .iter()
        .filter(|entry| !entry.header_hash.is_empty() && !listing.seen.contains(&entry.uidl))
        .filter_map(|entry| Some((*listing.numbers.get(&entry.uidl)?, entry.header_hash.as_str())))
        .collect();
    let numbers: Vec<u32> = unseen.iter().map(|(number, _)| *number).collect();
    let hashes = identity::hashes(session, &numbers).await?;
    let is_other = |(number, known): &(u32, &str)| {
        hashes.get(number).is_some_and(|hash| hash != known).then_some(*number)
    };
    Ok(unseen.iter().filter_map(is_other).collect())
}

/// Ends the session; what was marked in it is gone only when the server says so.
pub(super) async fn leave(account: &Account, connection: Connection) -> Result<(), Failure> {
    let Connection { session, marked, .. } = connection;
    match session.quit().await {
        Ok(()) => set_all(account, marked, DropState::Deleted).await,
        // It stays marked, and the next session learns what became of it.
        Err(error) if !marked.is_empty() => Err(error.into()),
        // Nothing depends on it.
        Err(_) => Ok(()),
    }
}

async fn set_all(account: &Account, uidls: Vec<Uidl>, state: DropState) -> Result<(), Failure> {
    if uidls.is_empty() {
        return Ok(());
    }
    let id = account.id;
    let write = account.store().write(move |tx| {
        for uidl in &uidls {
            maildrop::set_state(tx, id, uidl, state)?;
        }
        Ok(())
    });
    Ok(write.await?)
}
