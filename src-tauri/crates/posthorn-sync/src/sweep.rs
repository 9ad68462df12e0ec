//! Once a day takes away the bytes that nobody refers to, so that the profile does not grow for ever.
//!
//! What may go is the store's to say ([`posthorn_store::sweep`]). This only says when: not while the program starts,
//! when every disk is busy, and then as long as it runs once a day.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::engine::Engine;

/// Time between two sweeps: what goes has lain there for a month.
const EVERY: Duration = Duration::from_hours(24);

/// Runs until the engine ends.
pub(crate) async fn run(engine: Arc<Engine>, cancel: CancellationToken) {
    let mut wait = engine.tuning.first_sweep;
    loop {
        tokio::select! {
            biased;
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = EVERY;
        // A break between two batches loses nothing: the next sweep goes on.
        let swept = tokio::select! {
            biased;
            () = cancel.cancelled() => return,
            swept = engine.store.sweep() => swept,
        };
        match swept {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "bytes that nobody refers to were removed"),
            Err(error) => {
                tracing::warn!(%error, "bytes that nobody refers to could not be removed");
            }
        }
    }
}
