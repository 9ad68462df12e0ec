//! Listens to what the store commits and wakes the workers that it concerns, so that nobody has to remember to.

use std::collections::BTreeSet;
use std::sync::Arc;

use posthorn_model::AccountId;
use posthorn_store::Change;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::sync::{Sync, pending_operations};

/// Runs until the engine ends.
pub(crate) async fn run(
    sync: Sync,
    mut changes: broadcast::Receiver<Arc<[Change]>>,
    cancel: CancellationToken,
) {
    loop {
        let batch = tokio::select! {
            biased;
            () = cancel.cancelled() => return,
            batch = changes.recv() => batch,
        };
        match batch {
            Ok(batch) => pass_on(&sync, &batch).await,
            // Too much at once to follow: everything is looked at.
            Err(RecvError::Lagged(_)) => {
                let all = sync.statuses().into_iter().map(|status| status.account).collect();
                operations(&sync, all).await;
                sync.drafts_changed();
                sync.engine().index.notify_one();
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn pass_on(sync: &Sync, batch: &[Change]) {
    let mut accounts = BTreeSet::new();
    for change in batch {
        match change {
            Change::Operations { accounts: some, .. } => accounts.extend(some.iter().copied()),
            Change::Contents(_) => sync.engine().index.notify_one(),
            Change::Drafts(_) => sync.drafts_changed(),
            _ => {}
        }
    }
    operations(sync, accounts).await;
}

/// Shows how many operations wait, and wakes the worker where there are any.
async fn operations(sync: &Sync, accounts: BTreeSet<AccountId>) {
    for account in accounts {
        // A store that cannot be read shows itself where it is written: nothing to add here.
        let Ok(count) = pending_operations(&sync.engine().store, account).await else { continue };
        sync.engine().board.update(account, |status| status.pending_operations = count);
        if count > 0 {
            sync.operations_changed(account);
        }
    }
}
