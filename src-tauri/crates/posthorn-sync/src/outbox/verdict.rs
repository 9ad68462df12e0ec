//! What becomes of a row after an attempt: accepted, put off, refused.

use std::time::Duration;

use posthorn_model::{OutboxId, Timestamp};
use posthorn_smtp::RecipientResult;
use posthorn_store::outbox::{self, Handover, NewOutbox, Outbox, OutboxState, RecipientState};
use posthorn_store::{Error as StoreError, WriteTx};

use super::Worker;
use super::attempt::note_recipients;
use crate::backoff::Backoff;
use crate::failure::{Cure, Failure};
use crate::problem::sentence;

/// A message that the server puts off is tried again after a minute at first: greylisting wants five, an overloaded
/// server some. In units of the first wait after a lost connection.
const PUT_OFF_FIRST: u32 = 30;
/// Longest wait between tries of a message that the server puts off.
const PUT_OFF_LAST: Duration = Duration::from_hours(4);
/// A message that the server puts off is given up after this long (RFC 5321 section 4.5.4.1 says 4 to 5 days).
const GIVE_UP_MS: i64 = 5 * 86_400_000;
/// It is not given up before this many tries: a computer that slept for a week has not tried for a week.
const GIVE_UP_TRIES: u32 = 6;
/// Doubling a wait more often than this changes nothing.
const DOUBLINGS: u32 = 24;
/// Wait after the store could not write down that a message was accepted.
const WRITE_AGAIN: Duration = Duration::from_millis(500);

impl Worker {
    /// The server has it. Whoever it refused or put off gets a row of their own, under the same Message-ID.
    pub(super) async fn accepted(
        &mut self,
        row: &Outbox,
        results: &[RecipientResult],
        reply: &str,
        queue_id: &str,
        handover: &Handover,
    ) -> Result<(), StoreError> {
        let again = self.after(self.put_off_wait(1));
        loop {
            let (row, results) = (row.clone(), results.to_vec());
            let (reply, queue_id) = (reply.to_owned(), queue_id.to_owned());
            let handover = handover.clone();
            let write = self.account.store().write(move |tx| {
                outbox::set_handover(tx, row.id, &handover)?;
                note_recipients(tx, row.id, &results)?;
                outbox::accept(tx, row.id, &reply, &queue_id)?;
                split(tx, &row, again)
            });
            match write.await {
                // It must not be forgotten that it was accepted: else it would be asked about, or sent again.
                Err(error)
                    if !self.account.cancel.is_cancelled()
                        && !matches!(error, StoreError::Closed) =>
                {
                    tracing::warn!(%error, "an accepted message could not be noted; trying again");
                    tokio::time::sleep(WRITE_AGAIN).await;
                }
                other => return other,
            }
        }
    }

    /// The server refused it for good.
    pub(super) async fn fail(
        &self,
        row: &Outbox,
        results: &[RecipientResult],
        said: &str,
    ) -> Result<(), StoreError> {
        let (id, results, said) = (row.id, results.to_vec(), said.to_owned());
        let write = self.account.store().write(move |tx| {
            if outbox::is_taken_back(tx, id)? {
                return Ok(());
            }
            note_recipients(tx, id, &results)?;
            outbox::step(tx, id, OutboxState::Failed, &said)
        });
        write.await
    }

    /// The connection did not come about.
    pub(super) async fn not_connected(
        &mut self,
        row: &Outbox,
        failure: &Failure,
    ) -> Result<(), StoreError> {
        use posthorn_smtp::Error;
        match failure {
            // The server wants nothing from here, ever: that is an answer to the message too.
            Failure::Smtp { error: error @ Error::Refused { .. }, .. } if error.is_permanent() => {
                self.show(row.route, Some(failure.problem()), None);
                self.fail(row, &[], &super::attempt::said(error)).await
            }
            Failure::Smtp { error: error @ Error::Refused { .. }, .. } if error.is_transient() => {
                self.hold(row, &[], failure).await
            }
            Failure::Store(error) => Err(error.clone()),
            _ => self.hold(row, &[], failure).await,
        }
    }

    /// Nobody got it this time.
    pub(super) async fn not_sent(
        &mut self,
        row: &Outbox,
        results: &[RecipientResult],
        failure: Failure,
    ) -> Result<(), StoreError> {
        use posthorn_smtp::Error;
        match &failure {
            // Ours: the program ends, went offline, or could not write. The row tells how far it came.
            Failure::Smtp { error: Error::Stopped, .. } => {
                let id = row.id;
                let read = self.account.store().read(move |tx| outbox::is_taken_back(tx, id));
                if read.await? {
                    return Ok(());
                }
                // Only a store that cannot write stops a message by itself.
                if !self.is_over() {
                    self.lanes.at(row.route).rest(super::AFTER_STORE_FAILURE);
                }
                self.recover().await
            }
            Failure::Smtp { error: error @ Error::Refused { .. }, .. } if error.is_transient() => {
                self.put_off(row, results, &super::attempt::said(error)).await
            }
            Failure::Smtp { error: error @ Error::Source(_), .. } => {
                self.put_off(row, results, &sentence(&error.to_string())).await
            }
            _ => self.hold(row, results, &failure).await,
        }
    }

    /// The server said *not now* to this message: others may go, this one waits, for days.
    async fn put_off(
        &mut self,
        row: &Outbox,
        results: &[RecipientResult],
        said: &str,
    ) -> Result<(), StoreError> {
        let since = row.request.not_before.max(row.created_at);
        let is_old = self.account.now().0.saturating_sub(since.0) > GIVE_UP_MS;
        if is_old && row.attempts >= GIVE_UP_TRIES {
            return self.fail(row, results, said).await;
        }
        let next = self.after(self.put_off_wait(row.attempts));
        self.wait(row.id, results, next, said).await
    }

    /// The connection or the login failed: nothing can be sent for a while, and this row says why.
    async fn hold(
        &mut self,
        row: &Outbox,
        results: &[RecipientResult],
        failure: &Failure,
    ) -> Result<(), StoreError> {
        let problem = failure.problem();
        let said = match problem.server_said.as_str() {
            "" => sentence(&problem.to_string()),
            said => said.to_owned(),
        };
        let lane = self.lanes.at(row.route);
        let wait = if failure.cure() == Cure::Password {
            lane.lock_out();
            None
        } else {
            Some(lane.back_off())
        };
        let next = self.after(wait.unwrap_or_default());
        self.show(row.route, Some(problem), wait.map(|_| next));
        self.wait(row.id, results, next, &said).await
    }

    async fn wait(
        &self,
        id: OutboxId,
        results: &[RecipientResult],
        next: Timestamp,
        said: &str,
    ) -> Result<(), StoreError> {
        let (results, said) = (results.to_vec(), said.to_owned());
        let write = self.account.store().write(move |tx| {
            if outbox::is_taken_back(tx, id)? {
                return Ok(());
            }
            note_recipients(tx, id, &results)?;
            outbox::wait(tx, id, next, &said)
        });
        write.await
    }

    /// Returns how long a message waits that the server put off for the `attempts`th time.
    fn put_off_wait(&self, attempts: u32) -> Duration {
        let first = self.account.engine.tuning.retry_first.saturating_mul(PUT_OFF_FIRST);
        let mut backoff = Backoff::new(first, PUT_OFF_LAST);
        for _ in 1..attempts.min(DOUBLINGS) {
            let _ = backoff.next_wait();
        }
        backoff.next_wait()
    }
}

/// Gives those who did not get an accepted message rows of their own: the refused one that has failed, for the user to
/// see; those put off one that is tried again.
fn split(tx: &WriteTx<'_>, row: &Outbox, again: Timestamp) -> Result<(), StoreError> {
    let recipients = outbox::recipients(tx, row.id)?;
    for (state, to) in [
        (RecipientState::Refused, OutboxState::Failed),
        (RecipientState::Deferred, OutboxState::Waiting),
    ] {
        let left: Vec<_> = recipients.iter().filter(|recipient| recipient.state == state).collect();
        let Some(first) = left.first() else { continue };
        let rest = NewOutbox {
            draft: None,
            needs_filing: false,
            not_before: tx.now(),
            recipients: left.iter().map(|recipient| recipient.address.clone()).collect(),
            ..row.request.clone()
        };
        let new = outbox::add(tx, &rest)?;
        if row.asks_report {
            outbox::ask_for_report(tx, new)?;
        }
        for recipient in &left {
            outbox::set_recipient(tx, new, &recipient.address.email, state, &recipient.reply)?;
        }
        if to == OutboxState::Failed {
            outbox::step(tx, new, to, &first.reply)?;
        } else {
            outbox::wait(tx, new, again, &first.reply)?;
        }
    }
    Ok(())
}
