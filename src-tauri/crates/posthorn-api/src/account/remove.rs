//! Removing an account, and what would be lost by it.

use posthorn_model::{AccountId, Protocol};
use posthorn_store::outbox::{self, OutboxState};
use posthorn_store::{ReadTx, account, mailbox, operation, placement};

use crate::contract::{ById, Code, Error, Nothing, RemovalPreview, RemoveAccount};
use crate::engine::Engine;
use crate::error::Result;

fn preview(tx: &ReadTx<'_>, id: AccountId) -> posthorn_store::Result<RemovalPreview> {
    let one = account::get(tx, id)?;
    let is_pop = one.settings.incoming.server.protocol == Protocol::Pop3;
    let (mut messages, mut only_here) = (0, 0);
    for folder in mailbox::list(tx, id)? {
        messages += folder.total;
        if folder.is_local || is_pop {
            only_here += folder.total;
        } else {
            let known = placement::uids(tx, folder.id)?.len() as u64;
            only_here += folder.total.saturating_sub(known);
        }
    }
    let unsent = outbox::list(tx)?.into_iter().filter(|row| {
        let is_over =
            matches!(row.state, OutboxState::Accepted | OutboxState::Filed | OutboxState::Done);
        row.request.account == id && !is_over
    });
    Ok(RemovalPreview {
        messages,
        only_here,
        unsent: unsent.count() as u64,
        pending_operations: operation::count_under_way(tx, id)?,
    })
}

/// Says what removing an account would do.
pub(crate) async fn accounts_removal_preview(
    engine: &Engine,
    request: ById,
) -> Result<RemovalPreview> {
    let id = AccountId(request.id);
    Ok(engine.store().read(move |tx| preview(tx, id)).await?)
}

/// Removes an account and its mail from this computer.
pub(crate) async fn accounts_remove(engine: &Engine, request: RemoveAccount) -> Result<Nothing> {
    let id = AccountId(request.id);
    let stale = || Error::new(Code::Conflict, "More messages exist only here than was confirmed");
    let now = engine.store().read(move |tx| preview(tx, id)).await?;
    if now.only_here > request.only_here_confirmed {
        return Err(stale());
    }
    let read = engine.store().read(move |tx| account::identities(tx, id));
    let identities: Vec<i64> = read.await?.into_iter().map(|one| one.id).collect();
    // No worker may bring anything while the account goes.
    engine.sync().account_removed(id).await;
    let removed = engine
        .store()
        .write(move |tx| {
            // Looked at again inside the transaction: mail may have come since the question.
            let is_stale = preview(tx, id)?.only_here > request.only_here_confirmed;
            if !is_stale {
                account::remove(tx, id)?;
            }
            Ok(!is_stale)
        })
        .await;
    match removed {
        Ok(true) => {}
        Ok(false) => {
            engine.sync().account_changed(id).await;
            return Err(stale());
        }
        Err(error) => {
            engine.sync().account_changed(id).await;
            return Err(error.into());
        }
    }
    if let Err(error) = super::forget(engine, id).await {
        // The account is gone; a keychain that is locked keeps an entry that nothing refers to.
        tracing::warn!(account = id.0, %error, "the passwords of a removed account could not be deleted");
    }
    super::identity::forget(engine, id, identities).await;
    Ok(Nothing {})
}
