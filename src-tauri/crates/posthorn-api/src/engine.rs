//! The engine of one profile, as a front end holds it: calls in, events and content out.
//!
//! Invariants: the profile's lock is held from before anything is opened until after everything is closed. A call
//! that changes something runs to its end even when nobody waits for it any more. No logic of mail lives here.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use posthorn_model::Clock;
use posthorn_net::{DialSettings, Dialer, Trust};
use posthorn_oauth::Providers;
use posthorn_store::{Paths, Store};
use posthorn_sync::{DiskRoom, Sync, SyncOptions, Tuning};
use serde_json::Value;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::content::{ContentResponse, Tokens};
use crate::contract::{Code, Error, Event};
use crate::draft::Revisions;
use crate::error::Result;
use crate::known::KnownServers;
use crate::lock::ProfileLock;
use crate::operation::Groups;
use crate::options::Options;
use crate::secret::Vault;
use crate::sign_in::SignIns;
use crate::view::Views;
use crate::{event, method};

/// Events that a slow page may lag behind; one who lags more is told and asks for everything again.
const EVENT_LIMIT: usize = 1024;
/// Folder of staged files inside the profile; emptied at start.
const STAGING: &str = "staging";
/// Name of the file of providers inside the profile.
const PROVIDERS: &str = "oauth.json";
/// Calls that end with the one who asked: they change nothing.
const ENDS_WITH_CALLER: &[&str] = &[
    "views.open",
    "views.range",
    "views.find",
    "sync.wait",
    "accounts.discover",
    "accounts.verify",
    "signIn.wait",
    "console.read",
    "maildrops.read",
    "maildrops.preview",
    "maildrops.tryRules",
];

/// The engine of one profile. Cheap to clone; all clones are the same engine. Ends with [`Engine::shutdown`].
#[derive(Clone, Debug)]
pub struct Engine(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    profile: PathBuf,
    content_base: String,
    renderer: Vec<std::ffi::OsString>,
    desk: crate::message::Desk,
    known_servers: KnownServers,
    clock: Arc<dyn Clock>,
    store: Store,
    sync: Sync,
    vault: Arc<Vault>,
    dialer: Dialer,
    events: broadcast::Sender<Event>,
    views: Views,
    groups: Groups,
    tokens: Tokens,
    revisions: Revisions,
    sign_ins: SignIns,
    cancel: CancellationToken,
    tasks: TaskTracker,
    /// Given back when everything is closed.
    lock: Mutex<Option<ProfileLock>>,
}

/// What opening finds on disk; all of it blocks.
struct Opened {
    lock: ProfileLock,
    store: Store,
    vault: Vault,
    trust: Trust,
    known_servers: KnownServers,
    providers: Providers,
}

fn open_files(options: &Options) -> Result<Opened> {
    if options.profile.as_os_str().is_empty() {
        return Err(Error::invalid("A profile folder is needed"));
    }
    let lock = ProfileLock::take(&options.profile)?;
    let staging = options.profile.join(STAGING);
    match std::fs::remove_dir_all(&staging) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::file(&staging, &error));
        }
        _ => {}
    }
    let trust = Trust::with_files(&options.trust_ca)?;
    let vault = Vault::open(options)?;
    let store = Store::open(&Paths::in_folder(&options.profile), Arc::clone(&options.clock))?;
    let known_servers = crate::known::read(options.known_servers.as_deref())?;
    let providers = match &options.oauth {
        Some(file) => Providers::read(file, false),
        None => Providers::read(&options.profile.join(PROVIDERS), true),
    };
    let providers = providers.map_err(|error| Error::new(Code::File, error.to_string()))?;
    Ok(Opened { lock, store, vault, trust, known_servers, providers })
}

impl Engine {
    /// Opens a profile and starts its accounts. Must be called inside a tokio runtime.
    pub async fn open(options: Options) -> Result<Self> {
        let for_files = options.clone();
        let opened = tokio::task::spawn_blocking(move || open_files(&for_files)).await;
        let Opened { lock, store, vault, trust, known_servers, providers } =
            opened.map_err(|error| {
                Error::new(Code::Internal, "Opening the profile failed").with(error)
            })??;
        if !store.read(crate::account::has_server).await? {
            vault.settle_for_a_file();
        }
        let vault = Arc::new(vault);
        let dial = DialSettings {
            nameserver: options.nameserver,
            ports: options.ports,
            ..DialSettings::default()
        };
        let dialer = Dialer::new(trust, dial);
        crate::network::apply(&store, &vault, &dialer).await?;
        let retry = options.retry_ms.map(std::time::Duration::from_millis);
        let defaults = Tuning::default();
        let tuning = Tuning { retry_first: retry.unwrap_or(defaults.retry_first), ..defaults };
        let changes = store.changes();
        let sync = Sync::start(SyncOptions {
            store: store.clone(),
            secrets: vault.clone(),
            providers,
            dialer: dialer.clone(),
            clock: Arc::clone(&options.clock),
            room: Arc::new(DiskRoom { folder: options.profile.clone() }),
            tuning,
            is_offline: false,
        })
        .await?;
        let engine = Self(Arc::new(Inner {
            tokens: Tokens::new(Arc::clone(&options.clock)),
            profile: options.profile,
            content_base: options.content_base,
            renderer: options.renderer,
            desk: crate::message::Desk::default(),
            known_servers,
            clock: options.clock,
            store,
            sync,
            vault,
            dialer,
            events: broadcast::Sender::new(EVENT_LIMIT),
            views: Views::default(),
            groups: Groups::default(),
            revisions: Revisions::default(),
            sign_ins: SignIns::default(),
            cancel: CancellationToken::new(),
            tasks: TaskTracker::new(),
            lock: Mutex::new(Some(lock)),
        }));
        let statuses = engine.sync().subscribe();
        engine.0.tasks.spawn(event::run(engine.clone(), changes, statuses));
        if let Some(file) = options.seed_accounts
            && let Err(error) = Box::pin(crate::seed::add(&engine, &file)).await
        {
            engine.shutdown().await;
            return Err(error);
        }
        Ok(engine)
    }

    /// Calls a method of the table (`noun.verb`).
    ///
    /// Safe to drop: what changes something then goes on to its end.
    pub async fn dispatch(&self, method: &str, parameters: Value) -> Result<Value> {
        if self.0.cancel.is_cancelled() {
            return Err(Error::new(Code::Cancelled, "The engine is closed"));
        }
        if ENDS_WITH_CALLER.contains(&method) {
            return method::dispatch(self, method, parameters).await;
        }
        let (engine, name) = (self.clone(), method.to_owned());
        let call =
            self.0.tasks.spawn(async move { method::dispatch(&engine, &name, parameters).await });
        match call.await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(method, %error, "a call ended in a bug");
                Err(Error::new(Code::Internal, "The call ended in a bug of ours"))
            }
        }
    }

    /// Calls a method by its command's name (`noun_verb`), as the shell knows it.
    pub async fn dispatch_command(&self, command: &str, parameters: Value) -> Result<Value> {
        match method::of_command(command) {
            Some(method) => self.dispatch(method, parameters).await,
            None => Err(Error::invalid("There is no such command").with(command)),
        }
    }

    /// Returns a listener for everything that happens from now on. One who lags (`RecvError::Lagged`) missed events.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// Answers a request of the content scheme. `path` is what follows the base, without a slash before it.
    pub async fn content(&self, path: &str) -> ContentResponse {
        crate::content::answer_path(self, path).await
    }

    /// Returns the private folder into which `attachments.stage` writes.
    pub fn staging_folder(&self) -> PathBuf {
        self.0.profile.join(STAGING)
    }

    /// Ends the accounts' work and closes the files, in order and within a bounded time.
    pub async fn shutdown(&self) {
        self.0.cancel.cancel();
        self.0.sync.shutdown().await;
        self.0.tasks.close();
        // Calls under way finish; a listener ends by the token.
        if tokio::time::timeout(std::time::Duration::from_secs(5), self.0.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("some calls did not end in time");
        }
        self.0.store.close().await;
        drop(self.0.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn sync(&self) -> &Sync {
        &self.0.sync
    }

    pub(crate) fn vault(&self) -> &Arc<Vault> {
        &self.0.vault
    }

    pub(crate) fn dialer(&self) -> &Dialer {
        &self.0.dialer
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    pub(crate) fn views(&self) -> &Views {
        &self.0.views
    }

    pub(crate) fn groups(&self) -> &Groups {
        &self.0.groups
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    pub(crate) fn revisions(&self) -> &Revisions {
        &self.0.revisions
    }

    pub(crate) fn sign_ins(&self) -> &SignIns {
        &self.0.sign_ins
    }

    pub(crate) fn profile(&self) -> &Path {
        &self.0.profile
    }

    pub(crate) fn content_base(&self) -> &str {
        &self.0.content_base
    }

    /// Returns the program that draws pages of PDF files, with its first words; empty where there is none.
    pub(crate) fn renderer(&self) -> &[std::ffi::OsString] {
        &self.0.renderer
    }

    /// Returns where the file lies whose pages are looked at.
    pub(crate) fn desk(&self) -> &crate::message::Desk {
        &self.0.desk
    }

    pub(crate) fn known_servers(&self) -> &KnownServers {
        &self.0.known_servers
    }

    pub(crate) fn cancel(&self) -> &CancellationToken {
        &self.0.cancel
    }

    /// Tells all pages; nobody listening is fine.
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.0.events.send(event);
    }

    /// Returns the URL of something on the content scheme.
    pub(crate) fn content_url(&self, path: &str) -> String {
        format!("{}/{path}", self.0.content_base)
    }
}
