//! A store, an engine with short waits, and helpers that wait for conditions.

use std::sync::Arc;
use std::time::Duration;

use posthorn_imap::{MailboxName, Options, SelectMode, Session};
use posthorn_model::{AccountId, MailboxId, MailboxRole, MessageId, Protocol, SystemClock};
use posthorn_net::{DialSettings, Dialer, Secret, SecretSource, SecretStore, Trust, choose};
use posthorn_store::account::{self, AccountSettings};
use posthorn_store::mailbox::{self, Mailbox};
use posthorn_store::{Paths, ReadTx, Store, message, placement};
use posthorn_sync::{Room, Side, Space, Sync, SyncOptions, Tuning, secret_key};
use posthorn_testkit::maildir::Delivery;
use posthorn_testkit::{Mail, PASSWORD};
use tempfile::TempDir;
use tokio::net::TcpStream;

#[path = "../shared/account.rs"]
mod account_settings;

/// Time for anything to come true; only a failing test takes it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A disk whose room tests choose.
#[derive(Debug, Default)]
pub(crate) struct TestRoom(pub(crate) std::sync::atomic::AtomicBool);

impl Room for TestRoom {
    fn measure(&self) -> Option<Space> {
        let is_full = self.0.load(std::sync::atomic::Ordering::SeqCst);
        Some(Space { free: if is_full { 0 } else { 1 << 40 }, total: 1 << 41 })
    }
}

/// An engine on a profile of its own.
pub(crate) struct Rig {
    pub(crate) folder: Arc<TempDir>,
    pub(crate) store: Store,
    pub(crate) sync: Sync,
    pub(crate) account: AccountId,
    pub(crate) secrets: Arc<dyn SecretStore>,
    pub(crate) room: Arc<TestRoom>,
}

pub(crate) fn tuning() -> Tuning {
    Tuning {
        retry_first: Duration::from_millis(20),
        retry_last: Duration::from_millis(100),
        poll: Duration::from_millis(100),
        room: Duration::from_millis(50),
        ..Tuning::default()
    }
}

pub(crate) fn settings(port: u16) -> AccountSettings {
    AccountSettings { check_minutes: 10, ..account_settings::settings(Protocol::Imap, port, 1) }
}

impl Rig {
    /// Starts an engine with one account at a port of this computer.
    pub(crate) async fn start(port: u16) -> Self {
        Self::start_with(port, tuning(), |_| {}).await
    }

    /// The same with other waits, and with a store that is filled before the engine looks at it.
    pub(crate) async fn start_with(
        port: u16,
        tuning: Tuning,
        fill: impl FnOnce(&posthorn_store::WriteTx<'_>) + Send + 'static,
    ) -> Self {
        Self::start_as(settings(port), tuning, fill).await
    }

    /// The same with an account of another user, or at another address.
    pub(crate) async fn start_as(
        settings: AccountSettings,
        tuning: Tuning,
        fill: impl FnOnce(&posthorn_store::WriteTx<'_>) + Send + 'static,
    ) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let store = open(&folder);
        let secrets = choose(SecretSource::Memory).unwrap();
        let account = store
            .write(move |tx| {
                let id = account::add(tx, &settings)?;
                fill(tx);
                Ok(id)
            })
            .await
            .unwrap();
        secrets.set(&secret_key(account, Side::Incoming), &Secret::new(PASSWORD)).unwrap();
        let room = Arc::new(TestRoom::default());
        let sync = engine(&store, &secrets, &room, tuning).await;
        Self { folder, store, sync, account, secrets, room }
    }

    /// Ends everything and starts again on the same profile, as after a crash.
    pub(crate) async fn restart(self) -> Self {
        self.sync.shutdown().await;
        self.store.close().await;
        let store = open(&self.folder);
        let sync = engine(&store, &self.secrets, &self.room, tuning()).await;
        Self { store, sync, ..self }
    }

    pub(crate) async fn settled(&self) {
        let is_settled = self.sync.wait_settled(Some(self.account), PATIENCE).await;
        assert!(is_settled, "{:?}", self.sync.status(self.account));
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&ReadTx<'_>) -> posthorn_store::Result<T> + Send + 'static,
    ) -> T {
        self.store.read(job).await.unwrap()
    }

    pub(crate) async fn mailbox(&self, path: &str) -> Mailbox {
        let (account, path) = (self.account, path.to_owned());
        self.read(move |tx| mailbox::by_path(tx, account, &path))
            .await
            .expect("the folder is listed")
    }

    pub(crate) async fn role(&self, role: MailboxRole) -> Mailbox {
        let account = self.account;
        self.read(move |tx| mailbox::by_role(tx, account, role))
            .await
            .expect("a folder has the role")
    }

    /// Visible messages of a mailbox, newest first.
    pub(crate) async fn messages(&self, mailbox: MailboxId) -> Vec<MessageId> {
        self.read(move |tx| placement::messages(tx, mailbox)).await
    }

    /// Subjects of the visible messages of a mailbox, sorted.
    pub(crate) async fn subjects(&self, path: &str) -> Vec<String> {
        let id = self.mailbox(path).await.id;
        let mut subjects = self
            .read(move |tx| {
                let ids = placement::messages(tx, id)?;
                ids.into_iter()
                    .map(|id| message::get(tx, id).map(|message| message.head.subject))
                    .collect::<posthorn_store::Result<Vec<_>>>()
            })
            .await;
        subjects.sort();
        subjects
    }

    /// Waits until something about the store is true.
    pub(crate) async fn until<F: Future<Output = bool>>(
        &self,
        what: &str,
        condition: impl Fn() -> F,
    ) {
        let mut changes = self.store.changes();
        let wait = async {
            while !condition().await {
                // A lagging listener just looks again.
                let _ = tokio::time::timeout(Duration::from_millis(200), changes.recv()).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, wait).await;
        assert!(came.is_ok(), "{what}: {:?}", self.sync.status(self.account));
    }
}

fn open(folder: &TempDir) -> Store {
    Store::open(&Paths::in_folder(folder.path()), Arc::new(SystemClock)).unwrap()
}

async fn engine(
    store: &Store,
    secrets: &Arc<dyn SecretStore>,
    room: &Arc<TestRoom>,
    tuning: Tuning,
) -> Sync {
    let options = SyncOptions {
        store: store.clone(),
        secrets: secrets.clone(),
        providers: posthorn_oauth::Providers::default(),
        dialer: Dialer::new(Trust::with_extra(Vec::new()), DialSettings::default()),
        clock: Arc::new(SystemClock),
        room: room.clone(),
        tuning,
        is_offline: false,
    };
    Sync::start(options).await.unwrap()
}

/// A message with a number as its subject and its text.
pub(crate) fn mail(number: usize) -> Delivery {
    let bytes = Mail::new()
        .from("Bob <bob@posthorn.test>")
        .to("anna@posthorn.test")
        .subject(&format!("number {number:05}"))
        .message_id(&format!("m{number}@posthorn.test"))
        .text(&format!("This is the text of number{number}. 你好，世界。"))
        .build();
    let received = posthorn_model::Timestamp::from_seconds(1_767_603_600 + number as i64 * 60);
    Delivery::new(bytes).received(received)
}

/// Another program on the same account.
pub(crate) async fn other_client(port: u16, mailbox: &str) -> Session<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut session = Session::open(stream, &Options::default()).await.unwrap();
    session.login("anna", PASSWORD).await.unwrap();
    session.select(&MailboxName::from_display(mailbox), SelectMode::Plain).await.unwrap();
    session
}
