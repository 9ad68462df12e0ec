//! Proofs: one complete comparison of folders with the server, on a connection of its own, told and cancelled.
//!
//! Invariants: a proof believes the server no sooner than any other comparison does (`imap/step/vanished.rs`), and mends
//! by the same steps. What it found is written down per folder, also where it did not come to its end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use posthorn_model::{AccountId, MailboxId, Timestamp};
use posthorn_store::ledger::{self, Proof};
use posthorn_store::mailbox::Mailbox;
use tokio_util::sync::CancellationToken;

use crate::console::Purpose;
use crate::engine::Account;
use crate::event::SyncEvent;
use crate::failure::Failure;
use crate::imap::connect::{self, Connection};
use crate::imap::prove;
use crate::limit::PROGRESS_MS;

/// How far a proof is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofProgress {
    /// Whose folders are compared.
    pub account: AccountId,
    /// The folder that is being compared; absent before the first.
    pub mailbox: Option<MailboxId>,
    /// Messages of it that were compared.
    pub done: u64,
    /// Messages of it.
    pub total: u64,
    /// Folders that are done.
    pub folders_done: u64,
    /// Folders in all.
    pub folders: u64,
}

#[derive(Debug)]
struct Entry {
    cancel: CancellationToken,
    progress: ProofProgress,
}

/// The proofs that are under way, one per account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proofs(Arc<Mutex<BTreeMap<AccountId, Entry>>>);

impl Proofs {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<AccountId, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a proof; nothing where one is under way.
    pub(crate) fn begin(&self, account: AccountId, parent: &CancellationToken) -> Option<Ticket> {
        let mut all = self.lock();
        if all.contains_key(&account) {
            return None;
        }
        let cancel = parent.child_token();
        let progress = ProofProgress {
            account,
            mailbox: None,
            done: 0,
            total: 0,
            folders_done: 0,
            folders: 0,
        };
        all.insert(account, Entry { cancel: cancel.clone(), progress });
        Some(Ticket { proofs: self.clone(), account, cancel, told_at: Timestamp::default() })
    }

    pub(crate) fn cancel(&self, account: AccountId) {
        if let Some(entry) = self.lock().get(&account) {
            entry.cancel.cancel();
        }
    }

    pub(crate) fn all(&self) -> Vec<ProofProgress> {
        self.lock().values().map(|entry| entry.progress.clone()).collect()
    }
}

/// A proof under way; it is over when this is dropped.
#[derive(Debug)]
pub(crate) struct Ticket {
    proofs: Proofs,
    account: AccountId,
    cancel: CancellationToken,
    told_at: Timestamp,
}

impl Ticket {
    /// Changes the progress, and tells it: changes of folders always, the rest rarely.
    pub(crate) fn update(&mut self, account: &Account, change: impl FnOnce(&mut ProofProgress)) {
        let progress = {
            let mut all = self.proofs.lock();
            let Some(entry) = all.get_mut(&self.account) else { return };
            let before = entry.progress.mailbox;
            change(&mut entry.progress);
            let now = account.now();
            if before == entry.progress.mailbox
                && now.0.saturating_sub(self.told_at.0) < PROGRESS_MS
            {
                return;
            }
            self.told_at = now;
            entry.progress.clone()
        };
        account
            .engine
            .board
            .tell(SyncEvent::Proof { account: self.account, progress: Some(progress) });
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.proofs.lock().remove(&self.account);
    }
}

/// Compares folders, one after the other.
pub(crate) async fn run(account: Account, folders: Vec<Mailbox>, mut ticket: Ticket) {
    let cancel = ticket.cancel.clone();
    let count = folders.len() as u64;
    ticket.update(&account, |progress| progress.folders = count);
    tokio::select! {
        () = cancel.cancelled() => {}
        () = account.offline() => {}
        () = Box::pin(all(&account, folders, &mut ticket)) => {}
    }
    let id = account.id;
    drop(ticket);
    account.engine.board.tell(SyncEvent::Proof { account: id, progress: None });
}

async fn all(account: &Account, folders: Vec<Mailbox>, ticket: &mut Ticket) {
    let mut connection: Option<Connection> = None;
    for (at, mailbox) in folders.into_iter().enumerate() {
        let id = mailbox.id;
        ticket.update(account, |progress| {
            progress.mailbox = Some(id);
            (progress.done, progress.total) = (0, mailbox.total);
            progress.folders_done = at as u64;
        });
        let mut proof = Proof::default();
        let result = one(account, &mut connection, mailbox, &mut proof, ticket).await;
        let is_over = match result {
            Ok(()) => false,
            Err(failure) => {
                tracing::info!(mailbox = id.0, %failure, "a proof did not come to its end");
                let is_over = !matches!(&failure, Failure::Imap { error, .. } if !error.is_fatal());
                let problem = failure.problem();
                let said = problem.server_said.clone();
                proof.problem = if said.is_empty() { problem.message } else { said };
                is_over
            }
        };
        proof.at = account.now();
        let write = account.store().write(move |tx| ledger::set_proof(tx, id, &proof));
        if let Err(error) = write.await {
            tracing::warn!(mailbox = id.0, %error, "a proof could not be written down");
        }
        if is_over {
            break;
        }
    }
    if let Some(connection) = connection {
        account.tasks.spawn(connection.leave());
    }
}

async fn one(
    account: &Account,
    connection: &mut Option<Connection>,
    mailbox: Mailbox,
    proof: &mut Proof,
    ticket: &mut Ticket,
) -> Result<(), Failure> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(connect::connect(account, Purpose::Proving).await?),
    };
    let host = connection.host.clone();
    prove::folder(account, connection, mailbox, proof, ticket)
        .await
        .map_err(|failure| failure.at(&host))
}
