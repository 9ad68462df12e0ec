//! An engine with two accounts, one of them at a hostile server, and what must be true after every scene.

use std::sync::Arc;
use std::time::Duration;

use posthorn_model::{
    AccountId, BodyId, MailboxId, MailboxRole, MessageId, Protocol, SystemClock, Uid, UidValidity,
};
use posthorn_net::{DialSettings, Dialer, Secret, SecretSource, Trust, choose};
use posthorn_store::account::{self, AccountSettings};
use posthorn_store::mailbox::{self, Listed};
use posthorn_store::message::Head;
use posthorn_store::placement::{self, Arrival};
use posthorn_store::{Origin, Paths, ReadTx, Store, WriteTx, message, removed};
use posthorn_sync::{
    ProblemKind, Room, Side, Space, State, Status, Sync, SyncOptions, Tuning, secret_key,
};
use posthorn_testkit::{PASSWORD, Peer, ScriptedPeer, memory};
use tempfile::TempDir;

#[path = "../shared/account.rs"]
mod account_settings;
pub(crate) use account_settings::settings;

/// Time for anything to come true; only a failing scene takes it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(100);
/// Messages that both accounts have when a scene begins.
pub(crate) const COUNT: u32 = 30;
/// Memory that the whole process may take, server and tests included.
const MEMORY: u64 = 200 << 20;

/// What an account comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Everything is as on the server.
    UpToDate,
    /// It is tried again, and this is said.
    Waits(ProblemKind),
    /// Only the user can help, and this is said.
    Fails(ProblemKind),
    /// The user is asked for another password.
    AsksForPassword,
}

impl End {
    fn is(self, status: &Status) -> bool {
        let kind = status.problem.as_ref().map(|problem| problem.kind);
        match self {
            Self::UpToDate => status.state == State::UpToDate && kind.is_none(),
            Self::Waits(wanted) => status.state == State::Waiting && kind == Some(wanted),
            Self::Fails(wanted) => status.state == State::Failed && kind == Some(wanted),
            Self::AsksForPassword => {
                status.state == State::NeedsPassword && kind == Some(ProblemKind::Credentials)
            }
        }
    }
}

#[derive(Debug)]
struct Plenty;

impl Room for Plenty {
    fn measure(&self) -> Option<Space> {
        Some(Space { free: 1 << 40, total: 1 << 41 })
    }
}

/// Waits that no scene sits through, and stages that end soon where a scene says nothing.
pub(crate) fn tuning() -> Tuning {
    let (long, stage) = (Duration::from_hours(1), Duration::from_secs(8));
    Tuning {
        poll: long,
        retry_first: long,
        retry_last: long,
        sign_in: stage,
        stall: stage,
        submission: Some(stage),
        ..Tuning::default()
    }
}

/// What a message is, as stored before a scene and as an honest server has it.
pub(crate) fn bytes(owner: &str, number: u32) -> Vec<u8> {
    format!(
        "From: Bob <bob@posthorn.test>\r\nSubject: {owner} {number}\r\nMessage-ID: <{owner}{number}@posthorn.test>\r\n\r\n\
         Text {number} of {owner}.\r\n"
    )
    .into_bytes()
}

/// A server that does everything right: INBOX with [`COUNT`] messages, and an empty Archive.
pub(crate) fn honest(capabilities: &str) -> Peer {
    let inbox = format!(
        "S: * {COUNT} EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT {}] x\nS: $ OK done\n",
        COUNT + 1
    );
    let archive = "S: * 0 EXISTS\nS: * OK [UIDVALIDITY 8] x\nS: * OK [UIDNEXT 1] x\nS: $ OK done\n";
    let text = format!(
        "?\nS: * OK [CAPABILITY IMAP4rev1 {capabilities}] hello\n\
         ? $ LOGIN *\nS: $ OK [CAPABILITY IMAP4rev1 {capabilities}] in\n\
         ? $ ID *\nS: * ID NIL\nS: $ OK done\n\
         ? $ ENABLE *\nS: * ENABLED QRESYNC\nS: $ OK done\n\
         ? $ NAMESPACE\nS: * NAMESPACE ((\"\" \"/\")) NIL NIL\nS: $ OK done\n\
         ? $ LIST *\nS: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Archive\nS: $ OK done\n\
         ? $ SELECT \"INBOX\"*\n{inbox}? $ EXAMINE \"INBOX\"*\n{inbox}\
         ? $ SELECT \"Archive\"*\n{archive}? $ EXAMINE \"Archive\"*\n{archive}\
         ? $ UID SEARCH *ALL\nS: * ESEARCH (TAG \"{{tag}}\") UID ALL 1:{COUNT}\nS: $ OK done\n\
         ? $ UID SEARCH *\nS: * ESEARCH (TAG \"{{tag}}\") UID\nS: $ OK done\n\
         ? $ IDLE\nS: + idling\nC: DONE\nS: $ OK done\n\
         ? $ LOGOUT\nS: * BYE see you\nS: $ OK done\n!cut\n\
         ? $ *\nS: $ OK done\n"
    );
    Peer::parse(&text).unwrap()
}

/// Fills an account with what [`honest`] has; the bytes are here.
fn fill(tx: &WriteTx<'_>, account: AccountId, owner: &str, bodies: &[BodyId]) {
    for (path, role, validity) in
        [("INBOX", MailboxRole::Inbox, 7), ("Archive", MailboxRole::Archive, 8)]
    {
        let listed = Listed {
            path: path.to_owned(),
            name: path.to_owned(),
            delimiter: "/".to_owned(),
            role,
            is_selectable: true,
            is_subscribed: true,
        };
        let id = mailbox::upsert(tx, account, &listed).unwrap();
        let here = if role == MailboxRole::Inbox { bodies } else { &[] };
        let arrivals: Vec<Arrival> = (1..)
            .zip(here)
            .map(|(number, body)| Arrival {
                uid: Some(Uid(number)),
                head: Head {
                    subject: format!("{owner} {number}"),
                    message_id: Some(posthorn_model::MessageIdHeader(format!(
                        "{owner}{number}@posthorn.test"
                    ))),
                    size: bytes(owner, number).len() as u64,
                    ..Head::default()
                },
                body: Some(*body),
                ..Arrival::default()
            })
            .collect();
        placement::arrive(tx, id, &arrivals).unwrap();
        let mut state = mailbox::get(tx, id).unwrap().sync;
        state.uid_validity = Some(UidValidity(validity));
        state.uid_next = Some(Uid(here.len() as u32 + 1));
        state.is_complete = true;
        state.audited_at = Some(tx.now());
        mailbox::set_sync(tx, id, &state).unwrap();
    }
}

/// An engine on a profile of its own: one account at a hostile server, one at an honest one.
pub(crate) struct Rig {
    pub(crate) store: Store,
    pub(crate) sync: Sync,
    /// The account at the hostile server.
    pub(crate) account: AccountId,
    /// The other one.
    pub(crate) healthy: AccountId,
    pub(crate) peer: ScriptedPeer,
    _honest: ScriptedPeer,
    _folder: TempDir,
}

impl Rig {
    /// Starts both accounts; the first is at `peer`, for whatever its settings say. `prepare` changes the store before.
    pub(crate) async fn start(
        peer: Peer,
        settings: impl FnOnce(u16) -> AccountSettings,
        prepare: impl FnOnce(&WriteTx<'_>, AccountId) + Send + 'static,
    ) -> Self {
        let (peer, other) = (peer.listen().await.unwrap(), honest("").listen().await.unwrap());
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Paths::in_folder(folder.path()), Arc::new(SystemClock)).unwrap();
        let hostile = settings(peer.port());
        let fills = hostile.incoming.server.protocol == Protocol::Imap;
        let honest = self::settings(Protocol::Imap, other.port(), 1);
        let ids = store.write(move |tx| {
            Ok((
                account::add(tx, &hostile)?,
                account::add(
                    tx,
                    &AccountSettings { email: "other@posthorn.test".to_owned(), ..honest },
                )?,
            ))
        });
        let (account, healthy) = ids.await.unwrap();
        let secrets = choose(SecretSource::Memory).unwrap();
        for (id, owner) in [(account, "hostile"), (healthy, "healthy")] {
            for side in [Side::Incoming, Side::Outgoing] {
                secrets.set(&secret_key(id, side), &Secret::new(PASSWORD)).unwrap();
            }
            if owner == "healthy" || fills {
                let all = (1..=COUNT).map(|number| bytes(owner, number)).collect();
                let bodies = store.bodies().put_all(all, Origin::Imap(id)).await.unwrap();
                store
                    .write(move |tx| {
                        fill(tx, id, owner, &bodies);
                        Ok(())
                    })
                    .await
                    .unwrap();
            }
        }
        store
            .write(move |tx| {
                prepare(tx, account);
                Ok(())
            })
            .await
            .unwrap();
        let options = SyncOptions {
            store: store.clone(),
            secrets,
            dialer: Dialer::new(Trust::with_extra(Vec::new()), DialSettings::default()),
            clock: Arc::new(SystemClock),
            room: Arc::new(Plenty),
            tuning: tuning(),
            providers: posthorn_oauth::Providers::default(),
            is_offline: false,
        };
        let sync = Sync::start(options).await.unwrap();
        Self { store, sync, account, healthy, peer, _honest: other, _folder: folder }
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&ReadTx<'_>) -> posthorn_store::Result<T> + Send + 'static,
    ) -> T {
        self.store.read(job).await.unwrap()
    }

    pub(crate) fn status(&self) -> Status {
        self.sync.status(self.account).unwrap()
    }

    /// The folder of an account with a role.
    pub(crate) async fn folder(&self, account: AccountId, role: MailboxRole) -> MailboxId {
        self.read(move |tx| mailbox::by_role(tx, account, role)).await.unwrap().id
    }

    /// Visible messages of INBOX of the account at the hostile server.
    pub(crate) async fn inbox(&self) -> Vec<MessageId> {
        let inbox = self.folder(self.account, MailboxRole::Inbox).await;
        self.read(move |tx| placement::messages(tx, inbox)).await
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
        assert!(
            came.is_ok(),
            "{what}: {:?}\nthe server heard {:#?}\nand could not answer {:#?}",
            self.status(),
            self.peer.said(),
            self.peer.failures()
        );
    }

    /// Waits until the account has come to its end.
    pub(crate) async fn comes_to(&self, end: End) {
        if end == End::UpToDate {
            // In time, or the next line says how it stands.
            let _ = self.sync.wait_settled(Some(self.account), PATIENCE).await;
        }
        self.until(&format!("{end:?}"), || async { end.is(&self.status()) }).await;
        if let Some(problem) = self.status().problem {
            assert!(!problem.message.is_empty(), "it is said in words");
            let is_clean = |text: &str| !text.chars().any(char::is_control) && text.len() < 2_000;
            assert!(is_clean(&problem.message) && is_clean(&problem.server_said), "{problem:?}");
        }
    }

    /// Sees to it that what was here is here, and restores what the server took away.
    async fn keeps_everything(&self, first: u32) {
        let account = self.account;
        let inbox = self.read(move |tx| mailbox::by_role(tx, account, MailboxRole::Inbox)).await;
        let gone = self.read(move |tx| removed::list(tx, account)).await;
        let archive = self.folder(self.healthy, MailboxRole::Inbox).await;
        let home = inbox.map_or(archive, |inbox| inbox.id);
        let lost: Vec<MessageId> = gone.iter().map(|gone| gone.message).collect();
        let back = lost.clone();
        let restore = self.store.write(move |tx| {
            back.into_iter().try_for_each(|message| removed::restore(tx, message, home))
        });
        restore.await.unwrap();
        let all = self.read(move |tx| {
            let mut subjects = Vec::new();
            for folder in mailbox::list(tx, account)? {
                for id in placement::messages(tx, folder.id)? {
                    let found = message::get(tx, id)?;
                    if let message::BodyState::Whole(body) = found.body {
                        subjects.push((found.head.subject, body));
                    }
                }
            }
            Ok(subjects)
        });
        let all = all.await;
        for number in first..=COUNT {
            let subject = format!("hostile {number}");
            let found = all.iter().find(|(own, _)| *own == subject);
            let (_, body) = found.unwrap_or_else(|| panic!("{subject} is lost: {lost:?}"));
            let kept = self.store.bodies().get(*body).await.unwrap();
            assert_eq!(kept, bytes("hostile", number), "{subject}");
        }
    }

    /// What holds after every scene, whatever the server did.
    pub(crate) async fn finish(self) {
        self.finish_from(1).await;
    }

    /// The same where the user deleted the messages before this one.
    pub(crate) async fn finish_from(self, first: u32) {
        let is_imap = self.read({
            let account = self.account;
            move |tx| Ok(account::get(tx, account)?.settings.incoming.server.protocol)
        });
        if is_imap.await == Protocol::Imap {
            self.keeps_everything(first).await;
        }
        let before = self.sync.status(self.healthy).unwrap().last_complete;
        self.sync.check_now(Some(self.healthy));
        self.until("the other account goes on", || async {
            let status = self.sync.status(self.healthy).unwrap();
            status.state == State::UpToDate && status.last_complete > before
        })
        .await;
        let ended = tokio::time::timeout(PATIENCE, self.sync.shutdown()).await;
        assert!(ended.is_ok(), "the engine ends");
        let peak = memory::peak().unwrap();
        println!("peak {} MiB", peak >> 20);
        assert!(peak < MEMORY, "{peak} bytes of memory");
    }
}
