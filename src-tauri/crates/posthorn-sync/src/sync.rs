//! The engine's handle: starts and ends the workers of accounts, and passes on what is asked of them.

mod large;
mod look;
mod maildrop;
mod truth;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use posthorn_imap::Rights;
use posthorn_model::{AccountId, BodyId, MailboxId, MessageId, OutboxId, Protocol};
use posthorn_oauth::Tokens;
use posthorn_store::{Store, account, mailbox, message};
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::archive::Archives;
use crate::board::{Board, Part};
use crate::console::Console;
use crate::engine::{Account, Engine};
use crate::event::SyncEvent;
use crate::facts::{FolderFacts, Question};
use crate::limit::{ANSWER, REQUESTS, SHUTDOWN};
use crate::options::SyncOptions;
use crate::outbox::Uploads;
use crate::problem::{Problem, ProblemKind};
use crate::proof::Proofs;
use crate::request::{Piece, Request};
use crate::status::{State, Status};
use crate::texts::Texts;
use crate::{follow_up, indexer, listener, local, sweep, worker};

pub use look::SearchPlan;

/// A running account, as the handle sees it.
#[derive(Debug)]
struct Running {
    /// What its tasks share.
    context: Account,
    /// It speaks IMAP: it has folders on a server.
    is_imap: bool,
    requests: mpsc::Sender<Request>,
}

/// The engine. Cheap to clone; all clones are the same engine. Ends with [`Sync::shutdown`].
#[derive(Clone, Debug)]
pub struct Sync(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: Arc<Engine>,
    running: Mutex<BTreeMap<AccountId, Running>>,
    cancel: CancellationToken,
    tasks: TaskTracker,
    archives: Arc<Archives>,
    /// Starting and ending workers takes turns, so that an account never has two.
    turn: tokio::sync::Mutex<()>,
}

impl Sync {
    /// Starts the engine with a worker for every account of the store.
    ///
    /// Must be called inside a tokio runtime.
    pub async fn start(options: SyncOptions) -> Result<Self, posthorn_store::Error> {
        let store = options.store.clone();
        let tokens = Tokens::new(
            options.providers,
            options.secrets.clone(),
            options.dialer.clone(),
            options.clock.clone(),
        );
        let engine = Arc::new(Engine {
            tokens,
            board: Board::new(options.clock.clone()),
            console: Console::new(options.clock.clone()),
            proofs: Proofs::default(),
            downloads: crate::download::Downloads::default(),
            store: options.store,
            secrets: options.secrets,
            dialer: options.dialer,
            clock: options.clock,
            room: options.room,
            tuning: options.tuning,
            offline: watch::Sender::new(options.is_offline),
            index: Notify::new(),
            texts: Texts::default(),
            uploads: Uploads::default(),
        });
        let sync = Self(Arc::new(Inner {
            engine: engine.clone(),
            running: Mutex::default(),
            cancel: CancellationToken::new(),
            tasks: TaskTracker::new(),
            archives: Arc::default(),
            turn: tokio::sync::Mutex::default(),
        }));
        let changes = store.changes();
        let accounts = store.read(account::list).await?;
        for account in accounts {
            sync.begin(account.id, true).await;
        }
        let cancel = sync.0.cancel.clone();
        sync.0.tasks.spawn(listener::run(sync.clone(), changes, cancel.clone()));
        sync.resume_archives().await?;
        sync.0.tasks.spawn(local::run(engine.clone(), cancel.clone()));
        sync.0.tasks.spawn(follow_up::run(engine.clone(), cancel.clone()));
        sync.0.tasks.spawn(sweep::run(engine.clone(), cancel.clone()));
        sync.0.tasks.spawn(indexer::run(engine, cancel));
        Ok(sync)
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<AccountId, Running>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn archives(&self) -> &Arc<Archives> {
        &self.0.archives
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        &self.0.cancel
    }

    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.0.tasks
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.0.engine
    }

    /// Returns who keeps the accounts signed in that sign in through the browser.
    pub fn tokens(&self) -> &Tokens {
        &self.0.engine.tokens
    }

    /// Returns an account's status. Absent for an account that is not known.
    pub fn status(&self, account: AccountId) -> Option<Status> {
        self.0.engine.board.status(account)
    }

    /// Returns the statuses of all accounts.
    pub fn statuses(&self) -> Vec<Status> {
        self.0.engine.board.statuses()
    }

    /// Returns a listener. One who lags behind (`RecvError::Lagged`) looks at [`Self::statuses`] again.
    pub fn subscribe(&self) -> broadcast::Receiver<SyncEvent> {
        self.0.engine.board.subscribe()
    }

    /// Looks for mail now: proves that the connections live, compares all folders, tries again what waited.
    pub fn check_now(&self, account: Option<AccountId>) {
        self.raise(account, |wanted| wanted.check = true);
        self.wake_outgoing(account);
    }

    /// Compares one folder soon, because the user looks at it.
    pub fn mailbox_opened(&self, account: AccountId, mailbox: MailboxId) {
        self.raise(Some(account), |wanted| wanted.opened.extend([mailbox]));
    }

    /// Replays the operations that wait. Committed operations wake their worker by themselves.
    pub fn operations_changed(&self, account: AccountId) {
        self.raise(Some(account), |wanted| wanted.operations = true);
    }

    /// Looks at the account's outbox now, also at what waits for a better connection.
    pub fn outbox_changed(&self, account: AccountId) {
        self.wake_outgoing(Some(account));
    }

    /// Tells the workers that a draft changed. Committed drafts come here by themselves.
    pub(crate) fn drafts_changed(&self) {
        for running in self.running().values() {
            running.context.drafts.notify_one();
        }
    }

    fn wake_outgoing(&self, account: Option<AccountId>) {
        for (id, running) in self.running().iter() {
            if account.is_none_or(|wanted| wanted == *id) {
                self.0.engine.board.want(*id, Part::Outgoing);
                running.context.outgoing.raise();
            }
        }
    }

    /// Breaks off the upload of a message that was taken back; the store has it as cancelled already.
    pub fn stop_upload(&self, outbox: OutboxId) {
        self.0.engine.uploads.stop(outbox);
    }

    /// Returns how many bytes of an outbox message went out in the current try. Absent when none is under way.
    pub fn uploaded(&self, outbox: OutboxId) -> Option<u64> {
        self.0.engine.uploads.get(outbox)
    }

    fn raise(&self, account: Option<AccountId>, add: impl Fn(&mut crate::signal::Wanted)) {
        for (id, running) in self.running().iter() {
            if account.is_none_or(|wanted| wanted == *id) {
                self.0.engine.board.want(*id, Part::Incoming);
                running.context.signals.raise(&add);
            }
        }
    }

    /// Closes all connections and plans none (true), or connects again (false).
    pub fn set_offline(&self, is_offline: bool) {
        let engine = &self.0.engine;
        engine
            .offline
            .send_if_modified(|offline| std::mem::replace(offline, is_offline) != is_offline);
        if is_offline {
            return;
        }
        // Said here and not by the workers, so that nobody takes the old rest for the new one.
        for id in self.running().keys() {
            engine.board.update(*id, |status| {
                if status.state == State::Offline {
                    status.enter(State::Connecting);
                }
            });
        }
        self.check_now(None);
    }

    /// Tells whether the user works offline.
    pub fn is_offline(&self) -> bool {
        *self.0.engine.offline.borrow()
    }

    /// Starts an account's worker, or begins anew with its changed settings or password. A disabled account's worker
    /// ends, and so does that of an account that the store no longer has.
    pub async fn account_changed(&self, id: AccountId) {
        self.begin(id, false).await;
    }

    /// Starts an account's worker, in place of the one before. `is_start`: because the program starts.
    async fn begin(&self, id: AccountId, is_start: bool) {
        let _turn = self.0.turn.lock().await;
        if self.0.cancel.is_cancelled() {
            return;
        }
        self.end_worker(id).await;
        let Ok(account) = self.0.engine.store.read(move |tx| account::get(tx, id)).await else {
            self.0.engine.board.remove(id);
            return;
        };
        self.0.engine.board.add(id);
        if account.is_local() {
            self.0.engine.board.update(id, |status| status.enter(State::Local));
            return;
        }
        self.0.engine.board.want(id, Part::Incoming);
        self.0.engine.board.want(id, Part::Outgoing);
        if !account.settings.is_enabled {
            self.0.engine.board.update(id, |status| status.enter(State::Disabled));
            return;
        }
        self.0.engine.board.update(id, |status| {
            status.enter(State::Connecting);
            status.problem = None;
        });
        let (sender, requests) = mpsc::channel(REQUESTS);
        let context = Account {
            id,
            engine: self.0.engine.clone(),
            signals: Arc::default(),
            outgoing: Arc::default(),
            cancel: self.0.cancel.child_token(),
            tasks: TaskTracker::new(),
            facts: Arc::default(),
            binary: Arc::default(),
            limited: Arc::default(),
            probe: Arc::default(),
            is_start: Arc::new(is_start.into()),
            drafts: Arc::default(),
            pace: Arc::default(),
            browser: Arc::default(),
        };
        let is_imap = account.settings.incoming.server.protocol == Protocol::Imap;
        let running = Running { context: context.clone(), is_imap, requests: sender };
        worker::start(&context, requests, account.settings.incoming.server.protocol);
        self.running().insert(id, running);
    }

    /// Ends an account's worker for good; to be called before or after the store forgets the account.
    pub async fn account_removed(&self, id: AccountId) {
        let _turn = self.0.turn.lock().await;
        self.end_worker(id).await;
        self.0.engine.board.remove(id);
    }

    async fn end_worker(&self, id: AccountId) {
        let ended = self.running().remove(&id);
        if let Some(running) = ended {
            running.context.cancel.cancel();
            running.context.tasks.close();
            if tokio::time::timeout(SHUTDOWN, running.context.tasks.wait()).await.is_err() {
                tracing::warn!(account = id.0, "a worker did not end in time");
            }
        }
    }

    /// Returns the whole bytes of a message: at once where they are here, else fetched before everything else.
    ///
    /// Fails with words when they are not here and cannot be fetched now.
    pub async fn fetch_body(&self, id: MessageId) -> Result<BodyId, Problem> {
        let read = self
            .0
            .engine
            .store
            .read(move |tx| message::get(tx, id).map(|message| message.body))
            .await;
        match read.map_err(|error| Problem::of_store(&error))? {
            message::BodyState::Whole(body) => Ok(body),
            _ => self.request(id, Piece::Whole).await,
        }
    }

    /// Returns the bytes of one part of a message as transferred (not decoded): at once where they are here, else
    /// fetched before everything else. `part` is its number, like `1.2`.
    ///
    /// Where the whole message is here there is no need for this: ask posthorn-message for the part.
    pub async fn fetch_section(&self, id: MessageId, part: &str) -> Result<BodyId, Problem> {
        let read = self.0.engine.store.read(move |tx| message::sections(tx, id)).await;
        let known = read.map_err(|error| Problem::of_store(&error))?;
        match known.into_iter().find(|(section, _)| section == part) {
            Some((_, body)) => Ok(body),
            None => self.request(id, Piece::Section(part.to_owned())).await,
        }
    }

    /// Asks the server about a folder: its size, quotas, the user's rights. Fails with words where there is no
    /// connection, or nobody answers in time.
    pub async fn folder_facts(&self, id: MailboxId) -> Result<FolderFacts, Problem> {
        let read = self.0.engine.store.read(move |tx| mailbox::get(tx, id)).await;
        let folder = read.map_err(|error| Problem::of_store(&error))?;
        let not_here = || {
            let problem = self.status(folder.account).and_then(|status| status.problem);
            problem.unwrap_or_else(|| Problem::of_kind(ProblemKind::NotHere))
        };
        let signals = self
            .running()
            .get(&folder.account)
            .filter(|running| running.is_imap && !folder.is_local)
            .map(|running| running.context.signals.clone());
        let is_connected =
            self.status(folder.account).is_some_and(|status| status.connected_since.is_some());
        let Some(signals) = signals.filter(|_| is_connected) else { return Err(not_here()) };
        let (answer, answered) = oneshot::channel();
        signals.ask(Question::Folder(id, answer));
        match tokio::time::timeout(ANSWER, answered).await {
            Ok(Ok(answer)) => answer,
            _ => Err(not_here()),
        }
    }

    /// Returns what the user may do with a folder of others, as the server last said. Absent where it did not say, and
    /// for the user's own folders until [`Self::folder_facts`] asked.
    pub fn rights(&self, account: AccountId, mailbox: MailboxId) -> Option<Rights> {
        let facts = self.running().get(&account).map(|running| running.context.facts.clone())?;
        facts.rights(mailbox)
    }

    /// Tells whether a folder is another user's or shared, as far as its server said in this run.
    pub fn is_foreign(&self, account: AccountId, mailbox: MailboxId) -> bool {
        let facts = self.running().get(&account).map(|running| running.context.facts.clone());
        facts.is_some_and(|facts| facts.is_foreign(mailbox))
    }

    pub(super) async fn request(&self, id: MessageId, piece: Piece) -> Result<BodyId, Problem> {
        let read = self.0.engine.store.read(move |tx| Ok(message::get(tx, id)?.account)).await;
        let account = read.map_err(|error| Problem::of_store(&error))?;
        let running = self
            .running()
            .get(&account)
            .map(|running| (running.requests.clone(), running.context.signals.clone()));
        let not_here = || {
            let problem = self.status(account).and_then(|status| status.problem);
            problem.unwrap_or_else(|| Problem::of_kind(ProblemKind::NotHere))
        };
        let Some((requests, signals)) = running else { return Err(not_here()) };
        if self.is_offline() {
            return Err(Problem::of_kind(ProblemKind::NotHere));
        }
        let (answer, answered) = oneshot::channel();
        if requests.send(Request { message: id, piece, answer }).await.is_err() {
            return Err(not_here());
        }
        signals.raise(|wanted| wanted.asked = true);
        // A worker that ended took the question with it.
        answered.await.unwrap_or_else(|_| Err(not_here()))
    }

    /// Waits until an account, or every account, has come to rest: everything that was asked for before this call is
    /// done and searchable, or only the user can help. Returns false when the time was over.
    pub async fn wait_settled(&self, account: Option<AccountId>, timeout: Duration) -> bool {
        let mut version = self.0.engine.board.watch();
        let settled = async {
            loop {
                version.borrow_and_update();
                if self.0.engine.board.is_at_rest(account)
                    && self.is_searchable().await
                    && self.has_no_operation(account).await
                {
                    return;
                }
                if version.changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(timeout, settled).await.is_ok()
    }

    /// Looks into the queue itself: what was committed a moment ago has not woken the indexer yet.
    async fn is_searchable(&self) -> bool {
        let waiting = self.0.engine.store.pending_words(1).await;
        if waiting.as_ref().is_ok_and(Vec::is_empty) {
            return true;
        }
        self.0.engine.index.notify_one();
        false
    }

    /// Ends all workers in order, within a bounded time. The store stays open.
    pub async fn shutdown(&self) {
        self.0.cancel.cancel();
        let _turn = self.0.turn.lock().await;
        let running = std::mem::take(&mut *self.running());
        self.0.tasks.close();
        let all = async {
            for worker in running.values() {
                worker.context.tasks.close();
                worker.context.tasks.wait().await;
            }
            self.0.tasks.wait().await;
            self.0.engine.tokens.settle().await;
        };
        if tokio::time::timeout(SHUTDOWN, all).await.is_err() {
            tracing::warn!("some workers did not end in time");
        }
    }

    /// Looks into the log itself: an operation that was committed a moment ago has not woken its worker yet.
    async fn has_no_operation(&self, account: Option<AccountId>) -> bool {
        let statuses = self.statuses();
        let asked = statuses.iter().filter(|status| account.is_none_or(|id| status.account == id));
        for status in asked.filter(|status| status.state == State::UpToDate) {
            let id = status.account;
            match pending_operations(&self.0.engine.store, id).await {
                Ok(0) => {}
                // The listener tells the worker, and the board when it is done.
                Ok(_) => return false,
                Err(_) => return false,
            }
        }
        true
    }
}

/// Returns how many operations of an account the server has not confirmed.
pub(crate) async fn pending_operations(
    store: &Store,
    id: AccountId,
) -> Result<u64, posthorn_store::Error> {
    store.read(move |tx| posthorn_store::operation::count_under_way(tx, id)).await
}
