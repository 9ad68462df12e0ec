//! What is asked of the maildrop browser.

use std::time::Duration;

use posthorn_model::{AccountId, Uidl};
use posthorn_store::maildrop::{self as rows, Rule};
use tokio::sync::oneshot;

use super::Sync;
use crate::engine::Account;
use crate::maildrop::{self, BrowseChanges, Job, Trial};
use crate::problem::{Problem, ProblemKind};
use crate::status::State;

impl Sync {
    /// Returns an account that has a maildrop.
    fn with_maildrop(&self, id: AccountId) -> Result<Account, Problem> {
        let context =
            self.running().get(&id).filter(|one| !one.is_imap).map(|one| one.context.clone());
        context.ok_or_else(|| self.not_here(id))
    }

    fn browse(&self, id: AccountId, job: Job) -> Result<(), Problem> {
        let account = self.with_maildrop(id)?;
        // A password that was refused is not tried again by itself.
        let needs_password =
            self.status(id).is_some_and(|status| status.state == State::NeedsPassword);
        if needs_password || self.is_offline() {
            return Err(self.not_here(id));
        }
        let token = account.browser.begin(&account.cancel);
        let tasks = account.tasks.clone();
        tasks.spawn(maildrop::browse(account, job, token));
        Ok(())
    }

    /// Looks what is on the server of a POP3 account right now; how far it is, [`Self::browse_changes`] tells.
    pub fn browse_look(&self, id: AccountId) -> Result<(), Problem> {
        self.browse(id, Job::Look)
    }

    /// Downloads messages of the maildrop whole, also those whose copies here were deleted for good.
    pub fn browse_download(&self, id: AccountId, uidls: Vec<Uidl>) -> Result<(), Problem> {
        self.browse(id, Job::Download(uidls))
    }

    /// Deletes messages on the server, whether they are here or not; what is kept for ever stays.
    pub fn browse_remove(&self, id: AccountId, uidls: Vec<Uidl>) -> Result<(), Problem> {
        self.browse(id, Job::Remove(uidls))
    }

    /// Fetches a message's head and its first forty lines.
    pub async fn browse_preview(&self, id: AccountId, uidl: Uidl) -> Result<Vec<u8>, Problem> {
        let (answer, answered) = oneshot::channel();
        self.browse(id, Job::Preview(uidl, answer))?;
        // Whoever asked for something else in the meantime took the question away.
        answered.await.unwrap_or_else(|_| Err(Problem::of_kind(ProblemKind::NotHere)))
    }

    /// Keeps messages on the server for ever, or ends that.
    pub async fn browse_keep(
        &self,
        id: AccountId,
        uidls: Vec<Uidl>,
        is_kept: bool,
    ) -> Result<(), Problem> {
        let account = self.with_maildrop(id)?;
        let listed = account.browser.sizes(&uidls);
        let write = account.store().write(move |tx| rows::set_kept(tx, id, &listed, is_kept));
        write.await.map_err(|error| Problem::of_store(&error))?;
        maildrop::stand(&account).await.map_err(|failure| failure.problem())
    }

    /// Returns what changed in the maildrop browser after a version. Where nothing has, it waits, no longer than
    /// `patience`, and then looks what the store knows.
    pub async fn browse_changes(
        &self,
        id: AccountId,
        after: u64,
        patience: Duration,
    ) -> Result<BrowseChanges, Problem> {
        let account = self.with_maildrop(id)?;
        let changes = account.browser.changes(after, patience).await;
        if changes.version > after {
            return Ok(changes);
        }
        maildrop::stand(&account).await.map_err(|failure| failure.problem())?;
        Ok(account.browser.changes(after, Duration::ZERO).await)
    }

    /// Says what rules would do to what the browser shows, without doing anything.
    pub async fn try_rules(&self, id: AccountId, rules: &[Rule]) -> Result<Trial, Problem> {
        let account = self.with_maildrop(id)?;
        maildrop::try_rules(&account, rules).await.map_err(|failure| failure.problem())
    }

    /// Tells whether the server of an account refused to show heads, as far as it was asked since the start.
    pub fn shows_no_heads(&self, id: AccountId) -> bool {
        self.with_maildrop(id).is_ok_and(|account| account.browser.shows_no_heads())
    }

    /// Stops what the browser does; what came stays.
    pub fn browse_stop(&self, id: AccountId) {
        if let Ok(account) = self.with_maildrop(id) {
            account.browser.stop();
        }
    }

    /// Ends the browser and forgets its rows.
    pub fn browse_close(&self, id: AccountId) {
        if let Ok(account) = self.with_maildrop(id) {
            account.browser.close();
        }
    }
}
