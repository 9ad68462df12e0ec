//! The handle's part that shows the truth: proofs of the ledger, the console, and its prompt.

use std::time::Duration;

use posthorn_imap::{Prompt, Prompted};
use posthorn_model::{AccountId, MailboxId};
use posthorn_store::mailbox;
use tokio::sync::oneshot;

use super::Sync;
use crate::console::ConsoleLines;
use crate::facts::Question;
use crate::limit::ANSWER;
use crate::problem::{Problem, ProblemKind};
use crate::proof::{self, ProofProgress};

impl Sync {
    /// Begins to compare a folder completely, or all folders of an account: uids, flags, sizes, received times. What
    /// differs is mended. The results are in the ledger (`posthorn_store::ledger`), progress is told by
    /// [`crate::SyncEvent::Proof`]. One proof runs per account: a second one is refused while it does.
    pub async fn prove(
        &self,
        account: AccountId,
        folder: Option<MailboxId>,
    ) -> Result<(), Problem> {
        let context =
            self.running().get(&account).filter(|one| one.is_imap).map(|one| one.context.clone());
        let Some(context) = context.filter(|_| !self.is_offline()) else {
            return Err(self.not_here(account));
        };
        let read = self.engine().store.read(move |tx| mailbox::list(tx, account)).await;
        let mut folders = read.map_err(|error| Problem::of_store(&error))?;
        folders.retain(|one| {
            one.is_selectable && !one.is_local && folder.is_none_or(|wanted| wanted == one.id)
        });
        if folders.is_empty() {
            return Err(Problem::of_kind(ProblemKind::Gone));
        }
        let Some(ticket) = self.engine().proofs.begin(account, &context.cancel) else {
            return Err(Problem::of_kind(ProblemKind::InUse));
        };
        let tasks = context.tasks.clone();
        tasks.spawn(proof::run(context, folders, ticket));
        Ok(())
    }

    /// Looks for bodies that are wanted now: what comes whole unasked was chosen anew.
    pub fn bodies_wanted(&self, account: AccountId) {
        self.raise(Some(account), |wanted| wanted.keep = true);
    }

    /// Ends an account's proof; what it mended stays mended.
    pub fn cancel_proof(&self, account: AccountId) {
        self.engine().proofs.cancel(account);
    }

    /// Returns the proofs that are under way.
    pub fn proofs(&self) -> Vec<ProofProgress> {
        self.engine().proofs.all()
    }

    /// Opens the console, and returns what was said after the line with this number, at most `most` lines. Where there is
    /// nothing yet it waits, no longer than `patience`. The console closes when nobody has looked for a minute.
    pub async fn console_lines(&self, after: u64, most: usize, patience: Duration) -> ConsoleLines {
        let console = &self.engine().console;
        let now = console.read(after, most);
        if !now.lines.is_empty() {
            return now;
        }
        // Nothing said in time is an answer too.
        let _ = tokio::time::timeout(patience, console.wait(after)).await;
        console.read(after, most)
    }

    /// Closes the console at once; what it kept is gone.
    pub fn console_close(&self) {
        self.engine().console.close();
    }

    /// Runs a harmless command on an account's working connection.
    pub async fn prompt(&self, account: AccountId, prompt: Prompt) -> Result<Prompted, Problem> {
        let signals = self
            .running()
            .get(&account)
            .filter(|running| running.is_imap)
            .map(|running| running.context.signals.clone());
        let is_connected =
            self.status(account).is_some_and(|status| status.connected_since.is_some());
        let Some(signals) = signals.filter(|_| is_connected) else {
            return Err(self.not_here(account));
        };
        let (answer, answered) = oneshot::channel();
        signals.ask(Question::Prompt(prompt, answer));
        match tokio::time::timeout(ANSWER, answered).await {
            Ok(Ok(answer)) => answer,
            _ => Err(self.not_here(account)),
        }
    }

    /// Says why an account cannot be asked now.
    pub(super) fn not_here(&self, account: AccountId) -> Problem {
        let problem = self.status(account).and_then(|status| status.problem);
        problem.unwrap_or_else(|| Problem::of_kind(ProblemKind::NotHere))
    }
}
