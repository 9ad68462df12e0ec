//! A working connection that has nothing to do: it says how things stand, and waits for what comes next.

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::crew::BodyState;
use super::operations::Replayed;
use super::{Look, Worker, drafts, serve};
use crate::board::Part;
use crate::failure::Failure;
use crate::limit::{KEEP_ALIVE, STALE};
use crate::request::Request;
use crate::status::State;

impl Worker<'_> {
    /// Says how things stand when there is nothing to do.
    pub(super) fn settle(&mut self, mark: u64, replayed: &Replayed) {
        let now = self.account.now();
        let is_round_over = std::mem::take(&mut self.is_round_open);
        let (bodies, said) = (self.crew.bodies(), self.connection.said.last());
        let refused = self.refused.values().next().cloned();
        let next_round = self.next_round.saturating_duration_since(Instant::now());
        let next_round = i64::try_from(next_round.as_millis()).unwrap_or(i64::MAX);
        let room = i64::try_from(self.account.engine.tuning.room.as_millis()).unwrap_or(i64::MAX);
        self.account.update(|status| {
            match (&bodies, replayed.next_try) {
                (_, Some(next_try)) => {
                    status.enter(State::Waiting);
                    status.problem.clone_from(&replayed.problem);
                    status.next_try = Some(next_try);
                }
                (BodyState::Done, None) if replayed.is_waiting => status.enter(State::Waiting),
                (BodyState::Stuck(problem), None) => {
                    status.enter(State::Waiting);
                    status.problem = Some(problem.clone());
                    status.next_try = Some(now.plus_ms(room));
                }
                (BodyState::Busy, None) => {
                    let progress = (status.done, status.total);
                    status.enter(State::Syncing);
                    (status.done, status.total) = progress;
                }
                (BodyState::Done, None) => match &refused {
                    None => {
                        status.enter(State::UpToDate);
                        status.pending_operations = 0;
                    }
                    Some(problem) => {
                        status.enter(State::Waiting);
                        status.problem = Some(problem.clone());
                        status.next_try = Some(now.plus_ms(next_round));
                    }
                },
            }
            if is_round_over && refused.is_none() {
                status.last_complete = Some(now);
            }
            status.server_said = said;
        });
        let is_replayed = replayed.next_try.is_none() && !replayed.is_waiting;
        if bodies != BodyState::Busy && is_replayed {
            self.account.engine.board.served(self.account.id, Part::Incoming, mark);
        }
    }

    /// Waits for something to do.
    pub(super) async fn wait(
        &mut self,
        requests: &mut mpsc::Receiver<Request>,
        replayed: &Replayed,
    ) -> Result<(), Failure> {
        let mut until = self.next_round.min(self.used + KEEP_ALIVE);
        if let Some(next_try) = replayed.next_try {
            until = until.min(Instant::now() + self.account.until(next_try));
        }
        if !self.crew.is_watching() {
            until = until.min(Instant::now() + self.account.engine.tuning.poll);
        }
        loop {
            let next_draft = drafts::next(self.account).await?;
            let next_draft = next_draft.map_or(until, |at| Instant::now() + self.account.until(at));
            tokio::select! {
                () = self.account.signals.wait() => return Ok(()),
                Some(request) = requests.recv() => {
                    if self.used.elapsed() >= STALE {
                        self.prove().await?;
                    }
                    return serve::serve(self.account, &mut self.connection, request).await;
                }
                // A draft changed: when the next one is due is asked again.
                () = self.account.drafts.notified() => {}
                () = tokio::time::sleep_until(until.min(next_draft)) => break,
            }
        }
        if Instant::now() >= self.next_round {
            self.refresh(Look::ByCounts).await?;
        } else if !self.crew.is_watching() {
            self.plan_inbox().await?;
        } else if self.used.elapsed() >= KEEP_ALIVE {
            self.prove().await?;
        }
        Ok(())
    }
}
