//! Sends what lies in the outbox: one task per account, one message after the other, in the order of the rows.
//!
//! A message goes through the account's submission server, or through that of the identity which it is sent as. What
//! cannot go through one of them waits for it, and the others go on ([`lane`]): the order is kept for each server.
//!
//! Invariants:
//! * Each step is durable in the store before the first byte that belongs to it leaves ([`attempt`]).
//! * Whatever broke behind the dot is `Unknown`: looked for ([`seek`]), asked about, never sent again by itself.
//! * A row that a stopped program left under way goes to where it truly is before anything is sent.
//! * Refused credentials are not tried again until the account changes.
//! * The copy for Sent is a step of its own with its own retries ([`copy`]); it never holds up a message.
//!
//! It does not compose, does not decide what is sent, and holds nothing that the store does not hold, except progress.

mod attempt;
mod connect;
mod copy;
pub(crate) mod dialogue;
mod finish;
mod lane;
mod schedule;
mod seek;
pub(crate) mod source;
mod verdict;
mod wake;

use std::collections::BTreeMap;
use std::time::Duration;

use posthorn_model::{OutboxId, Timestamp};
use posthorn_store::outbox::{self, Outbox, OutboxState, Route};
use posthorn_store::{Change, Error as StoreError};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use crate::board::Part;
use crate::engine::Account;
use crate::problem::Problem;

use connect::Submission;
pub use connect::{note_size_limit, size_limit};
use lane::Lanes;
use schedule::Schedule;
pub(crate) use wake::{Uploads, Wake};

/// Wait after a failure of the store (a full disk, for instance), before anything is tried again.
const AFTER_STORE_FAILURE: Duration = Duration::from_secs(5);
/// How long something thrown away can be taken back, milliseconds: longer than any bar on the page offers it.
const BURIAL_MS: i64 = 5 * 60 * 1000;
/// How long a message whose dot is on its way may keep the end of the program waiting: an answer heard now is a
/// question less for the user. Below [`crate::limit::SHUTDOWN`].
const GRACE: Duration = Duration::from_secs(3);

/// Runs until the account's worker is ended.
pub(crate) async fn run(account: Account) {
    let tuning = account.engine.tuning;
    let worker = Worker {
        lanes: Lanes::new(tuning),
        copies: Schedule::new(tuning, None),
        searches: Schedule::new(tuning, Some(seek::TRIES)),
        account,
    };
    worker.tell();
    worker.live().await;
}

/// The sender of one account.
struct Worker {
    account: Account,
    /// What holds sending up.
    lanes: Lanes,
    /// When copies for Sent are tried again.
    copies: Schedule,
    /// When messages of unknown fate are looked for again.
    searches: Schedule,
}

impl Worker {
    async fn live(mut self) {
        let mut changes = self.account.store().changes();
        loop {
            tokio::select! {
                biased;
                () = self.account.cancel.cancelled() => return,
                () = self.account.online() => {}
            }
            // Taken before the mark is read: what is asked for in between is looked at again.
            if self.account.outgoing.take() {
                self.lanes.hurry();
                self.copies.hurry();
                self.searches.hurry();
            }
            let (board, id) = (&self.account.engine.board, self.account.id);
            let mark = board.wanted(id, Part::Outgoing);
            let until = match Box::pin(self.pass()).await {
                Ok(until) => until,
                Err(error) => {
                    tracing::warn!(account = id.0, %error, "the outbox could not be worked on");
                    self.show(Route::Account, Some(Problem::of_store(&error)), None);
                    Some(Instant::now() + AFTER_STORE_FAILURE)
                }
            };
            self.account.engine.board.served(id, Part::Outgoing, mark);
            if !self.rest(&mut changes, until).await {
                return;
            }
        }
    }

    /// Waits for something to do; false when the worker is to end.
    async fn rest(
        &self,
        changes: &mut tokio::sync::broadcast::Receiver<std::sync::Arc<[Change]>>,
        until: Option<Instant>,
    ) -> bool {
        let timer = async {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.account.cancel.cancelled() => false,
            () = self.account.outgoing.wait() => true,
            () = self.account.offline() => true,
            () = timer => true,
            is_open = concerns(changes) => is_open,
        }
    }

    /// Does what can be done now, and returns when there is something to do again; absent = when something changes.
    async fn pass(&mut self) -> Result<Option<Instant>, StoreError> {
        self.recover().await?;
        self.bury().await?;
        self.send_due().await?;
        self.resolve_unknown().await?;
        self.file_copies().await?;
        self.next_look().await
    }

    /// Brings rows that are under way without anybody sending them to where they truly are.
    async fn recover(&self) -> Result<(), StoreError> {
        let id = self.account.id;
        let states = [
            OutboxState::Connecting,
            OutboxState::Recipients,
            OutboxState::Data,
            OutboxState::DotSent,
        ];
        if self.account.store().read(move |tx| outbox::in_states(tx, id, &states)).await?.is_empty()
        {
            return Ok(());
        }
        let write = self.account.store().write(move |tx| {
            for row in outbox::in_states(tx, id, &states)? {
                let to = match row.state {
                    OutboxState::DotSent => OutboxState::Unknown,
                    _ => OutboxState::Queued,
                };
                outbox::step(tx, row.id, to, "")?;
            }
            Ok(())
        });
        write.await
    }

    /// Removes for good what was thrown away long enough ago.
    async fn bury(&self) -> Result<(), StoreError> {
        let (id, until) = (self.account.id, self.account.now().plus_ms(-BURIAL_MS));
        let read = self.account.store().read(move |tx| outbox::next_burial(tx, id));
        if read.await?.is_some_and(|first| first <= until) {
            self.account.store().write(move |tx| outbox::bury(tx, id, until)).await?;
        }
        Ok(())
    }

    /// Sends the rows whose time has come, oldest first, over one connection as long as it holds and the next goes to the
    /// same server.
    async fn send_due(&mut self) -> Result<(), StoreError> {
        let id = self.account.id;
        let due = self.account.store().read(move |tx| outbox::due(tx, id)).await?;
        // No wait is left: the user wants it sent now, whatever the connection did before.
        for row in &due {
            if row.state == OutboxState::Waiting && row.next_try.0 == 0 {
                self.lanes.at(row.route).resume();
            }
        }
        let mut connection: Option<Submission> = None;
        while !self.is_over() {
            // Asked anew each time: a row may have been taken back, and another may be due before it.
            let held = self.lanes.held();
            let due = self.account.store().read(move |tx| outbox::first_due(tx, id, &held)).await?;
            let Some(row) = due else { break };
            let Some(row) = self.begin(row.id).await? else { continue };
            self.leave(connection.take_if(|open| open.route != row.route)).await;
            if connection.as_ref().is_none_or(|connection| !connection.session.is_usable()) {
                let connecting = connect::connect(&self.account, row.route);
                match self.unless_stopped(Box::pin(connecting)).await {
                    None => break,
                    Some(Ok(new)) => {
                        self.show(row.route, None, None);
                        connection = Some(new);
                    }
                    Some(Err(failure)) => {
                        self.not_connected(&row, &failure).await?;
                        continue;
                    }
                }
            }
            if let Some(open) = connection.as_mut()
                && !Box::pin(self.deliver(open, &row)).await?
            {
                connection = None;
            }
        }
        self.leave(connection).await;
        Ok(())
    }

    /// Ends a connection in order, where there is one. What was accepted stays accepted, whatever the server says to QUIT.
    async fn leave(&self, connection: Option<Submission>) {
        if let Some(connection) = connection.filter(|connection| connection.session.is_usable()) {
            let _ = self.unless_stopped(connection.session.quit()).await;
        }
    }

    /// Takes a row from the queue; absent when it was taken back or put off in the meantime.
    async fn begin(&self, id: OutboxId) -> Result<Option<Outbox>, StoreError> {
        let write = self.account.store().write(move |tx| {
            let row = outbox::get(tx, id)?;
            if !row.is_due(tx.now())
                || !matches!(row.state, OutboxState::Queued | OutboxState::Waiting)
            {
                return Ok(None);
            }
            outbox::step(tx, id, OutboxState::Connecting, "")?;
            // With the state that it had before: it says which recipients are asked for.
            Ok(Some(Outbox { attempts: row.attempts + 1, ..row }))
        });
        match write.await {
            Err(StoreError::NotFound(_)) => Ok(None),
            other => other,
        }
    }

    /// Tells whether nothing may be sent at all: the account ends, or the user works offline.
    fn is_over(&self) -> bool {
        self.account.cancel.is_cancelled() || *self.account.engine.offline.borrow()
    }

    async fn next_look(&self) -> Result<Option<Instant>, StoreError> {
        let id = self.account.id;
        let mut times = vec![self.copies.next(), self.searches.next()];
        let burial = self.account.store().read(move |tx| outbox::next_burial(tx, id)).await?;
        let burial = burial.map(|first| first.plus_ms(BURIAL_MS));
        times.push(burial.map(|time| Instant::now() + self.until(time)));
        for (route, due) in self.account.store().read(move |tx| outbox::next_due(tx, id)).await? {
            times.push(self.lanes.open_at(route, Instant::now() + self.until(due)));
        }
        Ok(times.into_iter().flatten().min())
    }

    fn until(&self, time: Timestamp) -> Duration {
        Duration::from_millis(time.0.saturating_sub(self.account.now().0).max(0).unsigned_abs())
    }

    fn after(&self, wait: Duration) -> Timestamp {
        self.account.now().plus_ms(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
    }

    /// Says what is wrong with sending through a server; absent = nothing.
    fn show(&mut self, route: Route, problem: Option<Problem>, next_try: Option<Timestamp>) {
        self.lanes.at(route).problem = problem.map(|problem| (problem, next_try));
        self.tell();
    }

    /// Says what is wrong with which server.
    fn tell(&self) {
        let mut of_account = (None, None);
        let mut of_identities = BTreeMap::new();
        for (route, problem, next_try) in self.lanes.problems() {
            match route {
                Route::Account => of_account = (Some(problem.clone()), next_try),
                Route::Identity(id) => drop(of_identities.insert(id, problem.clone())),
            }
        }
        self.account.update(|status| {
            (status.outgoing, status.outgoing_next_try) = of_account;
            status.identities = of_identities;
        });
    }

    /// Waits until the account ends or goes offline.
    async fn stopped(account: &Account) {
        tokio::select! {
            () = account.cancel.cancelled() => {}
            () = account.offline() => {}
        }
    }

    /// Does something that may be broken off without harm.
    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = Self::stopped(&self.account) => None,
            result = work => Some(result),
        }
    }
}

/// Waits until something changed that may concern the outbox; false when the store was closed.
async fn concerns(
    changes: &mut tokio::sync::broadcast::Receiver<std::sync::Arc<[Change]>>,
) -> bool {
    loop {
        match changes.recv().await {
            // Mail that arrives may be the very message whose fate is unknown.
            Ok(batch)
                if batch.iter().any(|change| {
                    matches!(change, Change::Outbox(_) | Change::Messages { .. })
                }) =>
            {
                return true;
            }
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return true,
            Err(RecvError::Closed) => return false,
        }
    }
}
