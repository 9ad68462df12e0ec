//! Events: what the store committed and what the synchronisation says, gathered and told to every page.
//!
//! Invariant: events come from typed changes and from nothing else, at most ten times a second. One who was too slow
//! for the store's stream looks at everything again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use posthorn_model::{AccountId, MessageId, OperationId};
use posthorn_store::{Change, ReadTx, mailbox as store_mailbox, message};
use posthorn_sync::{Problem, ProofProgress, Status, SyncEvent};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use crate::contract::{Arrival, Error, Event, FollowUp, Nothing};
use crate::engine::Engine;
use crate::error::Result;
use crate::{account, download, follow_up, mailbox, operation, outbox, setting};

/// Time between two rounds of events: a person sees ten changes a second as continuous.
const ROUND: Duration = Duration::from_millis(100);
/// Messages named in one event; more are told in several.
const MESSAGE_LIMIT: usize = 1000;
/// Arrivals in one event.
const ARRIVAL_LIMIT: usize = 20;

/// What is to be told with the next round.
#[derive(Debug, Default)]
struct Round {
    accounts: bool,
    mailboxes: bool,
    outbox: bool,
    settings: bool,
    messages: BTreeSet<i64>,
    threads: BTreeSet<i64>,
    drafts: BTreeSet<i64>,
    statuses: BTreeMap<AccountId, Status>,
    arrived: Vec<MessageId>,
    follow_ups: bool,
    due: Vec<MessageId>,
    refused: Vec<(OperationId, Problem)>,
    archives: BTreeMap<u64, posthorn_store::archive::Job>,
    proofs: BTreeMap<AccountId, Option<ProofProgress>>,
    /// By message and section: how each stands last.
    downloads: BTreeMap<(i64, String), crate::contract::Download>,
    /// Something was missed.
    everything: bool,
    is_due: bool,
}

impl Round {
    fn add(&mut self, changes: &[Change]) {
        self.is_due = true;
        for change in changes {
            match change {
                Change::Accounts(_) => (self.accounts, self.follow_ups) = (true, true),
                Change::Mailboxes(_) => self.mailboxes = true,
                Change::Messages { added, removed, changed, .. } => {
                    // The message of a reminder may have come or gone.
                    self.follow_ups |= !added.is_empty() || !removed.is_empty();
                    self.messages.extend(added.iter().chain(removed).chain(changed).map(|id| id.0));
                }
                Change::Contents(messages) => self.messages.extend(messages.iter().map(|id| id.0)),
                Change::Threads(threads) => self.threads.extend(threads.iter().map(|id| id.0)),
                Change::Outbox(_) => self.outbox = true,
                Change::Drafts(drafts) => self.drafts.extend(drafts.iter().map(|id| id.0)),
                Change::FollowUps => self.follow_ups = true,
                Change::Settings(keys) => {
                    self.settings |= keys.iter().any(|key| key == setting::KEY);
                }
                Change::RemoteImages
                | Change::Removed
                | Change::Contacts
                | Change::Operations { .. }
                | Change::Maildrop(_)
                | Change::Rows(_)
                | Change::Searchable(_) => {}
            }
        }
    }

    fn add_event(&mut self, event: SyncEvent) {
        self.is_due = true;
        match event {
            SyncEvent::StatusChanged(status) => drop(self.statuses.insert(status.account, *status)),
            SyncEvent::Arrived { messages, .. } => self.arrived.extend(messages),
            SyncEvent::FollowUpsDue(messages) => self.due.extend(messages),
            SyncEvent::OperationRefused { operation, problem, .. } => {
                self.refused.push((operation, problem));
            }
            SyncEvent::Sending { .. } => self.outbox = true,
            SyncEvent::FoldersKnown(_) => self.mailboxes = true,
            SyncEvent::ArchiveChanged(job) => drop(self.archives.insert(job.id, *job)),
            SyncEvent::Proof { account, progress } => drop(self.proofs.insert(account, progress)),
            SyncEvent::Download { progress, state } => {
                let told = download::told(progress, state);
                self.downloads.insert((told.message, told.section.clone()), told);
            }
            SyncEvent::Settled(_) => {}
        }
    }

    fn miss(&mut self) {
        (self.everything, self.is_due) = (true, true);
        (self.accounts, self.mailboxes, self.outbox, self.settings) = (true, true, true, true);
        self.follow_ups = true;
    }
}

/// Runs until the engine ends.
pub(crate) async fn run(
    engine: Engine,
    mut changes: broadcast::Receiver<Arc<[Change]>>,
    mut statuses: broadcast::Receiver<SyncEvent>,
) {
    let mut round = Round::default();
    let mut reminders = Vec::new();
    let mut last = Instant::now();
    loop {
        tokio::select! {
            biased;
            () = engine.cancel().cancelled() => return,
            () = tokio::time::sleep_until(last + ROUND), if round.is_due => {
                tell(&engine, std::mem::take(&mut round), &mut reminders).await;
                round.is_due = engine.views().is_behind();
                last = Instant::now();
            }
            batch = changes.recv() => match batch {
                Ok(batch) => {
                    engine.views().note(&batch);
                    round.add(&batch);
                }
                Err(RecvError::Lagged(_)) => {
                    engine.views().note_everything();
                    round.miss();
                }
                Err(RecvError::Closed) => return,
            },
            event = statuses.recv() => match event {
                Ok(event) => round.add_event(event),
                Err(RecvError::Lagged(_)) => {
                    for status in engine.sync().statuses() {
                        round.add_event(SyncEvent::StatusChanged(Box::new(status)));
                    }
                }
                Err(RecvError::Closed) => return,
            },
        }
    }
}

/// Tells one round. A part that cannot be read now is logged: the next change tells it again. `reminders`: those that were
/// told last.
async fn tell(engine: &Engine, round: Round, reminders: &mut Vec<FollowUp>) {
    engine.views().refresh(engine).await;
    for status in round.statuses.into_values() {
        engine.tell(Event::AccountStatusChanged { status: status.into() });
    }
    for (account, progress) in round.proofs {
        let progress = progress.map(Into::into);
        engine.tell(Event::ProofChanged { account: account.0, progress });
    }
    for download in round.downloads.into_values() {
        engine.tell(Event::DownloadChanged { download });
    }
    let told = [
        part(round.accounts, accounts(engine)).await,
        part(round.mailboxes, mailboxes(engine)).await,
        part(round.outbox, outbox_items(engine)).await,
        part(round.settings, settings(engine)).await,
        part(!round.arrived.is_empty(), arrivals(engine, round.arrived)).await,
        part(round.follow_ups, follow_ups(engine)).await,
        part(!round.due.is_empty(), follow_up::unanswered(engine, round.due)).await,
    ];
    for outcome in told {
        match outcome {
            // Asked after with every message that comes or goes, and mostly the same.
            Ok(Some(Event::FollowUpsChanged { reminders: now })) if now == *reminders => {}
            Ok(Some(event)) => {
                if let Event::FollowUpsChanged { reminders: now } = &event {
                    reminders.clone_from(now);
                }
                engine.tell(event);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "an event could not be told"),
        }
    }
    for job in round.archives.into_values() {
        engine.tell(Event::ArchiveChanged { job: job.into() });
    }
    tell_messages(engine, &round.messages, &round.threads, round.everything);
    if !round.drafts.is_empty() {
        engine.tell(Event::DraftsChanged { drafts: round.drafts.into_iter().collect() });
    }
    for (id, problem) in round.refused {
        let found = engine.store().read(move |tx| operation::described(tx, id)).await;
        let (action, count) = found.unwrap_or_default();
        engine.tell(Event::OperationRefused {
            operation: id.0,
            action,
            count,
            error: problem.into(),
        });
    }
}

async fn part<F>(is_wanted: bool, job: F) -> Result<Option<Event>>
where
    F: Future<Output = Result<Event>>,
{
    if is_wanted { job.await.map(Some) } else { Ok(None) }
}

fn tell_messages(
    engine: &Engine,
    messages: &BTreeSet<i64>,
    threads: &BTreeSet<i64>,
    everything: bool,
) {
    let messages: Vec<i64> = messages.iter().copied().collect();
    let threads: Vec<i64> = threads.iter().copied().collect();
    let rounds = messages.len().max(threads.len()).div_ceil(MESSAGE_LIMIT);
    for index in 0..rounds {
        let of = |list: &[i64]| {
            list.chunks(MESSAGE_LIMIT).nth(index).map(<[i64]>::to_vec).unwrap_or_default()
        };
        engine.tell(Event::MessagesChanged { messages: of(&messages), threads: of(&threads) });
    }
    if everything {
        // Empty lists: nobody knows which, so every open reader asks again.
        engine.tell(Event::MessagesChanged { messages: Vec::new(), threads: Vec::new() });
    }
}

async fn accounts(engine: &Engine) -> Result<Event> {
    Ok(Event::AccountsChanged { accounts: account::list(engine).await? })
}

async fn mailboxes(engine: &Engine) -> Result<Event> {
    Ok(Event::MailboxesChanged { mailboxes: mailbox::all(engine).await? })
}

async fn outbox_items(engine: &Engine) -> Result<Event> {
    Ok(Event::OutboxChanged { items: outbox::list(engine).await? })
}

async fn follow_ups(engine: &Engine) -> Result<Event> {
    let reminders = follow_up::follow_ups_list(engine, Nothing {}).await?;
    Ok(Event::FollowUpsChanged { reminders })
}

async fn settings(engine: &Engine) -> Result<Event> {
    Ok(Event::SettingsChanged { settings: setting::settings_get(engine, Nothing {}).await? })
}

/// Reads what a notification shows. What was read or moved in the meantime is left out.
async fn arrivals(engine: &Engine, messages: Vec<MessageId>) -> Result<Event> {
    let job = move |tx: &ReadTx<'_>| {
        let mut found = Vec::new();
        for id in messages {
            let Ok(head) = message::get(tx, id) else { continue };
            let places = posthorn_store::placement::of_message(tx, id)?;
            let inbox = places.iter().find(|place| {
                let is_inbox = store_mailbox::get(tx, place.mailbox)
                    .is_ok_and(|one| one.role == posthorn_model::MailboxRole::Inbox);
                is_inbox && !place.flags.seen && !place.is_leaving
            });
            if let Some(place) = inbox {
                found.push((head.head.received, arrival(head, place.mailbox.0)));
            }
        }
        Ok(found)
    };
    let mut found = engine.store().read(job).await?;
    found.sort_by_key(|(received, _)| std::cmp::Reverse(*received));
    found.truncate(ARRIVAL_LIMIT);
    if found.is_empty() {
        return Err(Error::new(crate::contract::Code::NotFound, "the new mail was read already"));
    }
    Ok(Event::MailArrived { arrivals: found.into_iter().map(|(_, arrival)| arrival).collect() })
}

fn arrival(found: message::Message, mailbox: i64) -> Arrival {
    Arrival {
        message: found.id.0,
        account: found.account.0,
        mailbox,
        from: found.head.from.first().map(|from| from.display().to_owned()).unwrap_or_default(),
        subject: found.head.subject,
        preview: found.head.preview,
    }
}
