//! A store, an engine with short waits, and helpers that wait for conditions.

use std::sync::Arc;
use std::time::Duration;

use posthorn_model::{
    AccountId, Address, Clock, MailboxRole, MessageId, MessageIdHeader, OutboxId, SystemClock,
    Timestamp,
};
use posthorn_net::{DialSettings, Dialer, Secret, SecretSource, SecretStore, Trust, choose};
use posthorn_oauth::Providers;
use posthorn_store::account::{self, AccountSettings};
use posthorn_store::outbox::{self, NewOutbox, Outbox, OutboxState};
use posthorn_store::{Origin, Paths, ReadTx, Store, mailbox, message, placement};
use posthorn_sync::{Room, Side, Space, Sync, SyncOptions, Tuning, secret_key};
use posthorn_testkit::{Mail, PASSWORD, Script, maildir::Delivery};
use tempfile::TempDir;

#[path = "../shared/account.rs"]
mod account_settings;
pub(crate) use account_settings::settings;

/// Time for anything to come true; only a failing test takes it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
struct Plenty;

impl Room for Plenty {
    fn measure(&self) -> Option<Space> {
        Some(Space { free: 1 << 40, total: 1 << 41 })
    }
}

/// An engine on a profile of its own, with Anna's account.
pub(crate) struct Rig {
    pub(crate) folder: Arc<TempDir>,
    pub(crate) store: Store,
    pub(crate) sync: Sync,
    pub(crate) account: AccountId,
    pub(crate) secrets: Arc<dyn SecretStore>,
    clock: Arc<dyn Clock>,
    providers: Providers,
}

/// How an account signs in through the browser; it did so already.
pub(crate) struct SignIn {
    pub(crate) providers: Providers,
    /// The provider's id among them.
    pub(crate) provider: &'static str,
}

pub(crate) fn tuning() -> Tuning {
    Tuning {
        retry_first: Duration::from_millis(20),
        retry_last: Duration::from_millis(100),
        poll: Duration::from_millis(100),
        ..Tuning::default()
    }
}

impl Rig {
    pub(crate) async fn start(settings: AccountSettings) -> Self {
        Self::start_with(settings, tuning(), false).await
    }

    pub(crate) async fn start_with(
        settings: AccountSettings,
        tuning: Tuning,
        is_offline: bool,
    ) -> Self {
        Self::start_at(settings, tuning, is_offline, Arc::new(SystemClock)).await
    }

    pub(crate) async fn start_at(
        settings: AccountSettings,
        tuning: Tuning,
        is_offline: bool,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (store, folder, secrets) = empty(&clock);
        let account = store.write(move |tx| account::add(tx, &settings)).await.unwrap();
        for side in [Side::Incoming, Side::Outgoing] {
            secrets.set(&secret_key(account, side), &Secret::new(PASSWORD)).unwrap();
        }
        let providers = Providers::default();
        let sync = engine(&store, &secrets, tuning, is_offline, &clock, &providers).await;
        Self { folder, store, sync, account, secrets, clock, providers }
    }

    /// Starts with an account that shows tokens in the place of passwords.
    pub(crate) async fn start_signed_in(settings: AccountSettings, by: SignIn) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (store, folder, secrets) = empty(&clock);
        let SignIn { providers, provider } = by;
        let account = store.write(move |tx| {
            let id = account::add(tx, &settings)?;
            account::set_sign_in(tx, id, Some(provider))?;
            Ok(id)
        });
        let account = account.await.unwrap();
        let refresh = Secret::new(format!("{provider} refresh"));
        secrets.set(&posthorn_oauth::secret_key(account), &refresh).unwrap();
        let sync = engine(&store, &secrets, tuning(), false, &clock, &providers).await;
        Self { folder, store, sync, account, secrets, clock, providers }
    }

    /// Ends everything, changes the store, and starts again on the same profile.
    pub(crate) async fn restart_after(
        self,
        change: impl FnOnce(&posthorn_store::WriteTx<'_>) -> posthorn_store::Result<()> + Send + 'static,
    ) -> Self {
        self.sync.shutdown().await;
        self.store.write(change).await.unwrap();
        self.restart(tuning(), false).await
    }

    /// Ends everything and starts again on the same profile.
    pub(crate) async fn restart(self, tuning: Tuning, is_offline: bool) -> Self {
        self.sync.shutdown().await;
        self.store.close().await;
        let store = open(&self.folder, &self.clock);
        let sync =
            engine(&store, &self.secrets, tuning, is_offline, &self.clock, &self.providers).await;
        Self { store, sync, ..self }
    }

    pub(crate) async fn settled(&self) {
        let is_settled = self.sync.wait_settled(Some(self.account), PATIENCE).await;
        assert!(is_settled, "{:?}", self.sync.status(self.account));
    }

    /// Looks for mail and waits until it is done.
    pub(crate) async fn check(&self) {
        self.sync.check_now(None);
        self.settled().await;
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&ReadTx<'_>) -> posthorn_store::Result<T> + Send + 'static,
    ) -> T {
        self.store.read(job).await.unwrap()
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&posthorn_store::WriteTx<'_>) -> posthorn_store::Result<T> + Send + 'static,
    ) -> T {
        self.store.write(job).await.unwrap()
    }

    /// Visible messages of the folder with a role, newest first.
    pub(crate) async fn messages(&self, role: MailboxRole) -> Vec<message::Message> {
        let account = self.account;
        self.read(move |tx| {
            let Some(found) = mailbox::by_role(tx, account, role)? else { return Ok(Vec::new()) };
            placement::messages(tx, found.id)?.into_iter().map(|id| message::get(tx, id)).collect()
        })
        .await
    }

    /// Subjects of the folder with a role, sorted.
    pub(crate) async fn subjects(&self, role: MailboxRole) -> Vec<String> {
        let mut subjects: Vec<String> =
            self.messages(role).await.into_iter().map(|message| message.head.subject).collect();
        subjects.sort();
        subjects
    }

    pub(crate) async fn bytes(&self, id: MessageId) -> Vec<u8> {
        let found = self.read(move |tx| message::get(tx, id)).await;
        let message::BodyState::Whole(body) = found.body else {
            panic!("{:?} is not whole", found.body)
        };
        self.store.bodies().get(body).await.unwrap()
    }

    /// Puts a message into the outbox, as sending a draft does.
    pub(crate) async fn queue(&self, letter: Letter) -> OutboxId {
        let wire = letter.wire();
        let size = wire.len() as u64;
        let body = self.store.bodies().put(wire, Origin::Local).await.unwrap();
        let new = NewOutbox {
            account: self.account,
            identity: letter.identity,
            draft: letter.draft,
            message_id: MessageIdHeader(format!("{}@posthorn.test", letter.name)),
            sender: "anna@posthorn.test".to_owned(),
            subject: letter.name.clone(),
            body,
            bcc_line: letter.bcc_line.to_owned(),
            size,
            not_before: letter.not_before,
            is_held: false,
            sent_mailbox: None,
            stop_on_refused: letter.stop_on_refused,
            needs_filing: true,
            recipients: letter
                .to
                .iter()
                .map(|name| Address::bare(format!("{name}@posthorn.test")))
                .collect(),
        };
        let id = self.write(move |tx| outbox::add(tx, &new)).await;
        self.sync.outbox_changed(self.account);
        id
    }

    pub(crate) async fn row(&self, id: OutboxId) -> Outbox {
        self.read(move |tx| outbox::get(tx, id)).await
    }

    /// Waits until a row has reached one of these states, and returns it.
    pub(crate) async fn reaches(&self, id: OutboxId, states: &[OutboxState]) -> Outbox {
        self.until("the row gets on", || async { states.contains(&self.row(id).await.state) })
            .await;
        self.row(id).await
    }

    /// Waits until something is true.
    pub(crate) async fn until<F: Future<Output = bool>>(
        &self,
        what: &str,
        condition: impl Fn() -> F,
    ) {
        let mut changes = self.store.changes();
        let wait = async {
            while !condition().await {
                // A lagging listener just looks again.
                let _ = tokio::time::timeout(Duration::from_millis(50), changes.recv()).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, wait).await;
        let rows = self.read(outbox::list).await;
        assert!(came.is_ok(), "{what}: {:?} {rows:?}", self.sync.status(self.account));
    }
}

/// Returns an empty store in a folder of its own, and an empty vault.
fn empty(clock: &Arc<dyn Clock>) -> (Store, Arc<TempDir>, Arc<dyn SecretStore>) {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    (open(&folder, clock), folder, choose(SecretSource::Memory).unwrap())
}

fn open(folder: &TempDir, clock: &Arc<dyn Clock>) -> Store {
    Store::open(&Paths::in_folder(folder.path()), clock.clone()).unwrap()
}

async fn engine(
    store: &Store,
    secrets: &Arc<dyn SecretStore>,
    tuning: Tuning,
    is_offline: bool,
    clock: &Arc<dyn Clock>,
    providers: &Providers,
) -> Sync {
    let options = SyncOptions {
        store: store.clone(),
        secrets: secrets.clone(),
        providers: providers.clone(),
        dialer: Dialer::new(Trust::with_extra(Vec::new()), DialSettings::default()),
        clock: clock.clone(),
        room: Arc::new(Plenty),
        tuning,
        is_offline,
    };
    Sync::start(options).await.unwrap()
}

/// A message on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) name: String,
    pub(crate) to: Vec<&'static str>,
    pub(crate) bcc_line: &'static str,
    pub(crate) identity: Option<i64>,
    pub(crate) draft: Option<posthorn_model::DraftId>,
    pub(crate) not_before: Timestamp,
    pub(crate) stop_on_refused: bool,
    /// Lines of text besides, of some 70 bytes each.
    pub(crate) lines: usize,
}

impl Letter {
    pub(crate) fn new(name: &str, to: &[&'static str]) -> Self {
        Self {
            name: name.to_owned(),
            to: to.to_vec(),
            bcc_line: "",
            identity: None,
            draft: None,
            not_before: Timestamp::default(),
            stop_on_refused: false,
            lines: 0,
        }
    }

    pub(crate) fn wire(&self) -> Vec<u8> {
        let line = |at: usize| {
            format!("{at:07} of a long text, which no server swallows in one gulp: {at:07}\r\n")
        };
        let more: String = (0..self.lines).map(line).collect();
        Mail::new()
            .from("Anna <anna@posthorn.test>")
            .to("bob@posthorn.test")
            .subject(&self.name)
            .message_id(&format!("{}@posthorn.test", self.name))
            .text(&format!("Line one.\r\n.\r\n..two dots\r\n{more}The end."))
            .build()
    }
}

/// A message with a number as its subject.
pub(crate) fn mail(number: usize) -> Delivery {
    let received = Timestamp::from_seconds(1_767_603_600 + number as i64 * 60);
    Delivery::new(mail_bytes(number)).received(received)
}

pub(crate) fn mail_bytes(number: usize) -> Vec<u8> {
    Mail::new()
        .from("Bob <bob@posthorn.test>")
        .to("anna@posthorn.test")
        .subject(&format!("number {number:05}"))
        .message_id(&format!("m{number}@posthorn.test"))
        .date(Timestamp::from_seconds(1_767_603_600 + number as i64 * 60))
        .text(&format!("This is the text of number{number}.\r\n.leading dot\r\n你好。"))
        .build()
}

/// Plays one script per connection, one after the other; returns the port.
pub(crate) async fn serve(scripts: &[String]) -> u16 {
    let scripts: Vec<Script> =
        scripts.iter().map(|script| Script::parse(script).unwrap()).collect();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        for script in scripts {
            let (stream, _) = listener.accept().await.unwrap();
            // What the client said wrongly shows in what the test waits for.
            tokio::spawn(async move {
                if let Err(error) = script.play(stream).await {
                    eprintln!("script: {error:?}");
                }
            });
        }
        std::future::pending::<()>().await;
    });
    port
}
