//! Says when the time of a reminder has come: nobody answered a sent message.
//!
//! What is due is the store's to say ([`posthorn_store::follow_up`]); this only looks at the clock. It looks again every
//! minute, since the clock may be set and the computer may sleep; what became due while the program did not run is due at
//! its start.

use std::sync::Arc;
use std::time::Duration;

use posthorn_store::{Change, follow_up};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::event::SyncEvent;

/// Longest time without a look at the clock, and the rest after the store could not be written.
const LOOK: Duration = Duration::from_mins(1);
/// Rest after the start: who shows what is due listens by then.
const FIRST: Duration = Duration::from_secs(2);

/// Runs until the engine ends.
pub(crate) async fn run(engine: Arc<Engine>, cancel: CancellationToken) {
    let mut changes = engine.store.changes();
    tokio::select! {
        biased;
        () = cancel.cancelled() => return,
        () = tokio::time::sleep(FIRST) => {}
    }
    loop {
        let rest = match ring(&engine).await {
            Ok(rest) => rest,
            Err(error) => {
                tracing::warn!(%error, "reminders wait");
                Some(LOOK)
            }
        };
        let sleep = async {
            match rest {
                Some(rest) => tokio::time::sleep(rest.min(LOOK)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => return,
            () = sleep => {}
            is_open = reminders_changed(&mut changes) => {
                if !is_open {
                    return;
                }
            }
        }
    }
}

/// Makes due what is, and tells of it; returns how long it is until the next.
async fn ring(engine: &Engine) -> Result<Option<Duration>, posthorn_store::Error> {
    let until = |due: posthorn_model::Timestamp| {
        Duration::from_millis(due.0.saturating_sub(engine.clock.now().0).max(0).unsigned_abs())
    };
    let mut next = engine.store.read(follow_up::next).await?.map(until);
    if next.is_some_and(|rest| rest.is_zero()) {
        let messages = engine.store.write(follow_up::ring).await?;
        if !messages.is_empty() {
            engine.board.tell(SyncEvent::FollowUpsDue(messages));
        }
        next = engine.store.read(follow_up::next).await?.map(until);
    }
    Ok(next)
}

/// Waits until reminders changed; false when the store was closed.
async fn reminders_changed(changes: &mut broadcast::Receiver<Arc<[Change]>>) -> bool {
    loop {
        match changes.recv().await {
            Ok(batch) if batch.contains(&Change::FollowUps) => return true,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return true,
            Err(RecvError::Closed) => return false,
        }
    }
}
