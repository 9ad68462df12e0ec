//! Bytes that nobody refers to go by themselves; what somebody refers to, and what is the only copy, stays.

use std::sync::Arc;
use std::time::Duration;

use posthorn_model::{Clock as _, ManualClock, Protocol, SystemClock};
use posthorn_store::Origin;
use posthorn_sync::Tuning;

use crate::rig::{Letter, Rig, settings, tuning};

const MONTH_MS: i64 = 31 * 86_400_000;

#[tokio::test(flavor = "multi_thread")]
async fn orphans_of_a_month_are_removed_after_the_start() {
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    // Nothing listens there, and nobody asks: it works offline.
    let rig = Rig::start_at(settings(Protocol::Pop3, 1, 1), tuning(), true, clock.clone()).await;
    let bodies = rig.store.bodies();
    let orphan = bodies.put(b"nobody's".to_vec(), Origin::Imap(rig.account)).await.unwrap();
    let only = bodies.put(b"the only copy".to_vec(), Origin::Pop3(rig.account)).await.unwrap();
    let waiting = rig.queue(Letter::new("waiting", &["bob@posthorn.test"])).await;
    let waiting = rig.row(waiting).await.request.body;
    clock.advance_ms(MONTH_MS);
    let young = bodies.put(b"young".to_vec(), Origin::Local).await.unwrap();

    let rig = rig.restart(Tuning { first_sweep: Duration::ZERO, ..tuning() }, true).await;
    let bodies = rig.store.bodies();
    rig.until("the orphan is gone", async || bodies.get(orphan).await.is_err()).await;
    for kept in [only, waiting, young] {
        bodies.get(kept).await.unwrap();
    }
    rig.sync.shutdown().await;
}
