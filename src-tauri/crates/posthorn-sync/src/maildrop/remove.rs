//! Removes from the maildrop what is durable here and due by the account's policy.

use posthorn_model::Uidl;
use posthorn_net::Stream;
use posthorn_pop3::Session;
use posthorn_store::maildrop::{self, DropState};

use super::Home;
use super::connect::Connection;
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
    let numbers: Vec<u32> =
        there.iter().filter_map(|entry| listing.numbers.get(&entry.uidl).copied()).collect();
    let refused = session.dele_all(&numbers).await?;
    let was_taken = |entry: &&maildrop::Entry| {
        listing.numbers.get(&entry.uidl).is_some_and(|number| !refused.contains(number))
    };
    Ok(there.iter().filter(was_taken).map(|entry| entry.uidl.clone()).collect())
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
