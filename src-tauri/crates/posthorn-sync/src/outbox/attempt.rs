//! One attempt at one message: every step durable before its first byte leaves.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::pin::pin;

use posthorn_model::{OutboxId, Timestamp};
use posthorn_smtp::{
    Envelope, Message, Observer, Outcome, PartlyRefused, RecipientResult, Step, Stopped,
};
use posthorn_store::outbox::{self, Handover, Outbox, OutboxState, RecipientState};
use posthorn_store::{Error as StoreError, WriteTx};

use super::connect::Submission;
use super::source::{Source, inspect};
use super::{GRACE, Worker};
use crate::engine::Account;
use crate::event::SyncEvent;
use crate::failure::Failure;
use crate::limit::PROGRESS_MS;
use crate::problem::sentence;

impl Worker {
    /// Hands one message over and writes down what became of it. Returns false when the user took it back in the middle:
    /// then nothing was sent, and the connection is of no more use.
    pub(super) async fn deliver(
        &mut self,
        connection: &mut Submission,
        row: &Outbox,
    ) -> Result<bool, StoreError> {
        let (envelope, message, sha256) = match prepare(&self.account, row).await {
            Ok(ready) => ready,
            Err(
                error @ (StoreError::NotFound(_) | StoreError::BodyDamaged | StoreError::File(_)),
            ) => {
                // Nothing that waiting heals: better said than silently tried for days.
                let said = format!("the message's bytes cannot be read: {error}");
                self.fail(row, &[], &said).await?;
                return Ok(true);
            }
            Err(error) => return Err(error),
        };
        let mut handover = connection.handover(sha256, envelope.report.is_some());
        let mut steps = Steps {
            account: &self.account,
            id: row.id,
            size: row.request.size,
            told_at: Timestamp::default(),
            handover: handover.clone(),
        };
        connection.dialogue.begin();
        let host = connection.host.clone();
        let taken_back = self.account.engine.uploads.begin(row.id);
        let outcome = {
            let mut submitting = pin!(connection.session.submit(&envelope, message, &mut steps));
            tokio::select! {
                biased;
                outcome = &mut submitting => Some(outcome),
                // The row says so already, and so the dot can never follow: it is dropped wherever it stands.
                () = taken_back.cancelled() => None,
                // The next step stops itself; only an answer that is on its way is worth a moment.
                () = Self::stopped(&self.account) => tokio::time::timeout(GRACE, &mut submitting).await.ok(),
            }
        };
        self.account.engine.uploads.forget(row.id);
        // Without one the row says how far it came; that is where it goes on ([`Worker::recover`]).
        if let Some(outcome) = outcome {
            handover.dialogue = connection.dialogue.text();
            self.settle(row, outcome, &host, handover).await?;
        }
        Ok(!taken_back.is_cancelled())
    }

    async fn settle(
        &mut self,
        row: &Outbox,
        outcome: Outcome,
        host: &str,
        handover: Handover,
    ) -> Result<(), StoreError> {
        if !matches!(outcome, Outcome::Accepted { .. }) {
            let (id, handover) = (row.id, handover.clone());
            self.account.store().write(move |tx| outbox::set_handover(tx, id, &handover)).await?;
        }
        match outcome {
            Outcome::Accepted { reply, queue_id, recipients } => {
                self.lanes.at(row.route).succeeded();
                let queue_id = queue_id.unwrap_or_default();
                let reply = sentence(&reply.to_string());
                self.accepted(row, &recipients, &reply, &queue_id, &handover).await
            }
            Outcome::Refused { error, recipients } => {
                let said = said(&error);
                self.fail(row, &recipients, &said).await
            }
            Outcome::NotSent { error, recipients } => {
                self.not_sent(row, &recipients, Failure::from(error).at(host)).await
            }
            Outcome::Unknown { error, recipients } => {
                let reply = said(&error);
                let id = row.id;
                let write = self.account.store().write(move |tx| {
                    note_recipients(tx, id, &recipients)?;
                    outbox::step(tx, id, OutboxState::Unknown, &reply)
                });
                write.await
            }
        }
    }
}

/// Returns the server's sentence where it said one, else ours.
pub(super) fn said(error: &posthorn_smtp::Error) -> String {
    match error {
        posthorn_smtp::Error::Refused { reply, .. } => sentence(&reply.to_string()),
        other => sentence(&other.to_string()),
    }
}

/// Writes down what was said to each recipient.
pub(super) fn note_recipients(
    tx: &WriteTx<'_>,
    id: OutboxId,
    results: &[RecipientResult],
) -> Result<(), StoreError> {
    for result in results {
        let state = match &result.reply {
            reply if reply.is_positive() => RecipientState::Accepted,
            reply if reply.is_transient() => RecipientState::Deferred,
            _ => RecipientState::Refused,
        };
        outbox::set_recipient(
            tx,
            id,
            &result.address,
            state,
            &sentence(&result.reply.to_string()),
        )?;
    }
    Ok(())
}

/// Reads the bytes once, and says who gets them.
async fn prepare(
    account: &Account,
    row: &Outbox,
) -> Result<(Envelope, Message<Source>, String), StoreError> {
    let bodies = account.store().bodies();
    let traits = inspect(bodies, row.request.body).await?;
    if traits.size != row.request.size {
        return Err(StoreError::BodyDamaged);
    }
    let source = Source::open(bodies, row.request.body, Vec::new()).await?;
    let message = Message {
        source,
        size: traits.size,
        is_eight_bit: traits.is_eight_bit,
        has_utf8_header: traits.has_utf8_header,
    };
    let sha256 = traits.sha256.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    Ok((envelope(row), message, sha256))
}

/// Returns who is asked for: everybody; after an attempt that the server put off, those that it did not refuse.
fn envelope(row: &Outbox) -> Envelope {
    let is_again = row.state == OutboxState::Waiting && !row.request.stop_on_refused;
    let all = row.recipients.iter();
    let left: Vec<String> = all
        .filter(|recipient| !(is_again && recipient.state == RecipientState::Refused))
        .map(|recipient| recipient.address.email.clone())
        .collect();
    Envelope {
        sender: row.request.sender.clone(),
        recipients: left,
        report: row.asks_report.then(|| row.request.message_id.0.clone()),
        partly_refused: if row.request.stop_on_refused {
            PartlyRefused::SendToNobody
        } else {
            PartlyRefused::SendToOthers
        },
    }
}

/// Makes each step durable, and tells how far the upload is.
struct Steps<'a> {
    account: &'a Account,
    id: OutboxId,
    size: u64,
    told_at: Timestamp,
    /// Whom it goes to, for the receipt.
    handover: Handover,
}

impl Steps<'_> {
    fn is_stopped(&self) -> bool {
        self.account.cancel.is_cancelled() || *self.account.engine.offline.borrow()
    }
}

impl Observer for Steps<'_> {
    async fn before(&mut self, step: Step<'_>) -> Result<(), Stopped> {
        if self.is_stopped() {
            return Err(Stopped);
        }
        let (to, results) = match step {
            Step::Recipients => (OutboxState::Recipients, Vec::new()),
            Step::Data(results) => (OutboxState::Data, results.to_vec()),
            Step::Dot(_) => (OutboxState::DotSent, Vec::new()),
        };
        let id = self.id;
        let handover = (to == OutboxState::Recipients).then(|| self.handover.clone());
        let write = self.account.store().write(move |tx| {
            if let Some(handover) = handover {
                outbox::set_handover(tx, id, &handover)?;
            }
            note_recipients(tx, id, &results)?;
            outbox::step(tx, id, to, "")
        });
        write.await.map_err(|error| {
            tracing::warn!(outbox = id.0, %error, "a step could not be made durable: the message stops here");
            Stopped
        })
    }

    fn progress(&mut self, sent: u64) -> ControlFlow<()> {
        self.account.engine.uploads.set(self.id, sent);
        let now = self.account.now();
        if now.0.saturating_sub(self.told_at.0) >= PROGRESS_MS || sent >= self.size {
            self.told_at = now;
            self.account.engine.board.tell(SyncEvent::Sending {
                account: self.account.id,
                outbox: self.id,
                sent,
                size: self.size,
            });
        }
        if self.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
