//! Ends what was held back in folders of this computer, when the time in which it could be taken back is over.
//!
//! Everything else there is done by the store at once. One task serves all accounts: they have no worker of their own
//! (folders without a server), or one that may be without a connection for days (POP3).

use std::sync::Arc;
use std::time::Duration;

use posthorn_model::Timestamp;
use posthorn_store::{Change, operation};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;

/// Rest after the store could not be written: a full disk.
const RETRY: Duration = Duration::from_secs(30);

/// Runs until the engine ends.
pub(crate) async fn run(engine: Arc<Engine>, cancel: CancellationToken) {
    let mut changes = engine.store.changes();
    loop {
        let rest = match finish(&engine).await {
            Ok(due) => due.map(|due| until(due, engine.clock.now())),
            Err(error) => {
                tracing::warn!(%error, "operations on folders of this computer wait");
                Some(RETRY)
            }
        };
        let sleep = async {
            match rest {
                Some(rest) => tokio::time::sleep(rest).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => return,
            () = sleep => {}
            is_open = operations_changed(&mut changes) => {
                if !is_open {
                    return;
                }
            }
        }
    }
}

/// Ends what is due; returns when the next is.
async fn finish(engine: &Engine) -> Result<Option<Timestamp>, posthorn_store::Error> {
    let due = engine.store.read(operation::local_due).await?;
    if due.is_some_and(|due| due <= engine.clock.now()) {
        engine.store.write(operation::finish_local).await?;
        return engine.store.read(operation::local_due).await;
    }
    Ok(due)
}

fn until(due: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(due.0.saturating_sub(now.0).max(1).unsigned_abs())
}

/// Waits until operations changed; false when the store was closed.
async fn operations_changed(changes: &mut broadcast::Receiver<Arc<[Change]>>) -> bool {
    loop {
        match changes.recv().await {
            Ok(batch) => {
                if batch.iter().any(|change| matches!(change, Change::Operations { .. })) {
                    return true;
                }
            }
            Err(RecvError::Lagged(_)) => return true,
            Err(RecvError::Closed) => return false,
        }
    }
}
