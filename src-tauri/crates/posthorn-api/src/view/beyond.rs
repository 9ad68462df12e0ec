//! The part of a search that servers answer, where not everything is on this computer: it begins when the search has
//! stood for a moment, ends with its list, and tells how it stands.
//!
//! What a server finds joins the list by the list's own deltas: the search holds the set of what was told, and the store
//! says that these rows changed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use posthorn_model::{AccountId, Position};
use posthorn_store::search::{Search, Told};
use posthorn_sync::{Looked, SearchPlan};
use tokio::task::JoinSet;

use super::Slot;
use crate::contract::{Beyond, BeyondState, Event};
use crate::engine::Engine;

/// How long a search stands before servers are asked: nobody wants the answer to half a word.
const PAUSE: Duration = Duration::from_millis(600);

/// Asks servers what they have of a search, until its list is closed.
pub(super) async fn search(engine: Engine, view: i64, slot: Arc<Slot>, search: Search, told: Told) {
    tokio::select! {
        () = slot.closed.cancelled() => {}
        () = engine.cancel().cancelled() => {}
        () = ask(&engine, view, &search, &told) => {}
    }
}

async fn ask(engine: &Engine, view: i64, search: &Search, told: &Told) {
    tokio::time::sleep(PAUSE).await;
    let plans = match engine.sync().search_plans(search).await {
        Ok(plans) if plans.is_empty() => return,
        Ok(plans) => plans,
        Err(problem) => {
            tracing::warn!(%problem, "it is not known whether everything is here to be searched");
            return;
        }
    };
    let hosts = plans.iter().map(|plan| plan.host.clone()).collect();
    let state = Arc::new(Mutex::new(Beyond {
        state: BeyondState::Searching,
        hosts,
        found: 0,
        texts: 0,
        cut: false,
        problem: None,
    }));
    if engine.sync().is_offline() {
        change(engine, view, &state, |beyond| beyond.state = BeyondState::Offline);
        return;
    }
    change(engine, view, &state, |_| {});
    let mut asked = JoinSet::new();
    for plan in plans {
        let (engine, told, state) = (engine.clone(), told.clone(), state.clone());
        asked.spawn(async move { one(&engine, view, plan, &told, &state).await });
    }
    while asked.join_next().await.is_some() {}
    change(engine, view, &state, |beyond| beyond.state = BeyondState::Done);
}

/// Asks one account's server. Dropped, it ends its connection.
async fn one(engine: &Engine, view: i64, plan: SearchPlan, told: &Told, state: &Mutex<Beyond>) {
    let account: AccountId = plan.account;
    let heard = |looked: &Looked| {
        let fresh = told.add(&looked.positions);
        if !fresh.is_empty() {
            let changing = engine.clone();
            // Short, and nobody waits for it.
            drop(tokio::spawn(async move { rows_changed(&changing, fresh).await }));
            change(engine, view, state, |beyond| beyond.found = told.len());
        }
    };
    let outcome = engine.sync().search_server(plan, heard).await;
    change(engine, view, state, |beyond| match outcome {
        Ok(looked) => {
            beyond.texts += looked.texts;
            beyond.cut |= looked.is_cut;
        }
        Err(problem) => {
            tracing::info!(account = account.0, %problem, "a server did not search");
            beyond.problem.get_or_insert_with(|| problem.into());
        }
    });
}

/// Lets lists look at rows again.
async fn rows_changed(engine: &Engine, positions: Vec<Position>) {
    if let Err(error) = engine.store().rows_changed(positions).await {
        tracing::warn!(%error, "what a server found is not shown");
    }
}

fn change(engine: &Engine, view: i64, state: &Mutex<Beyond>, by: impl FnOnce(&mut Beyond)) {
    let beyond = {
        let mut beyond = state.lock().unwrap_or_else(PoisonError::into_inner);
        by(&mut beyond);
        beyond.clone()
    };
    engine.tell(Event::BeyondChanged { view, beyond });
}
