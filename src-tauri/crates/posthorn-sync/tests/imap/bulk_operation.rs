//! Operations on thousands of messages go out as sets, and a refusal of some of them leaves the others done.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use posthorn_model::{MailboxId, MailboxRole, MessageId, Uid};
use posthorn_store::operation::{self, Action, Flag, OperationState, Switch};
use posthorn_store::{WriteTx, placement};
use posthorn_sync::{SyncEvent, Tuning};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::lie::fill_with;
use crate::rig::{Rig, tuning};

/// Messages of the folder.
const COUNT: u32 = 10_000;

/// A server with one folder that takes flags, except of some messages, and remembers the commands.
#[derive(Clone, Debug, Default)]
struct Server {
    refused: Arc<BTreeSet<u32>>,
    /// Changes that are answered with a limit on requests before one is taken.
    limited: Arc<AtomicUsize>,
    stores: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(refused: &[u32]) -> (Self, u16) {
        let server =
            Self { refused: Arc::new(refused.iter().copied().collect()), ..Self::default() };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let own = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().serve(stream));
            }
        });
        (server, port)
    }

    async fn serve(self, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut said = "* OK [CAPABILITY IMAP4rev1 ESEARCH] hello\r\n".to_owned();
        while write.write_all(said.as_bytes()).await.is_ok() {
            let Ok(Some(line)) = lines.next_line().await else { return };
            said = self.answer(&line);
        }
    }

    fn answer(&self, line: &str) -> String {
        let (tag, command) = line.split_once(' ').unwrap_or((line, ""));
        let ok = format!("{tag} OK done\r\n");
        if command.starts_with("LOGIN") {
            return format!("{tag} OK [CAPABILITY IMAP4rev1 ESEARCH] in\r\n");
        }
        if command.starts_with("LIST") {
            return format!("* LIST () \"/\" INBOX\r\n{ok}");
        }
        if command.starts_with("SELECT") || command.starts_with("EXAMINE") {
            let next = COUNT + 1;
            return format!(
                "* {COUNT} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {next}] x\r\n{ok}"
            );
        }
        if command.starts_with("UID SEARCH") {
            return format!("* ESEARCH (TAG \"{tag}\") UID ALL 1:{COUNT}\r\n{ok}");
        }
        if let Some(rest) = command.strip_prefix("UID STORE ") {
            let set = rest.split(' ').next().unwrap_or_default();
            self.stores.lock().unwrap().push(line.to_owned());
            let spend = |left: usize| left.checked_sub(1);
            if self.limited.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend).is_ok() {
                return format!("{tag} NO [LIMIT] Rate limit hit.\r\n");
            }
            if self.refused.iter().any(|uid| contains(set, *uid)) {
                return format!("{tag} NO one of these is guarded\r\n");
            }
        }
        ok
    }
}

fn contains(set: &str, uid: u32) -> bool {
    set.split(',').any(|range| {
        let (low, high) = range.split_once(':').unwrap_or((range, range));
        (low.parse().unwrap()..=high.parse().unwrap()).contains(&uid)
    })
}

fn fill(tx: &WriteTx<'_>) {
    fill_with(tx, COUNT);
}

/// Marks those messages as read whose uid fits; returns the operation.
async fn mark(rig: &Rig, fits: fn(u32) -> bool) -> posthorn_model::OperationId {
    let inbox = rig.role(MailboxRole::Inbox).await.id;
    let action = Action::SetFlag { flag: Flag::Seen, to: Switch::On };
    let write = rig.store.write(move |tx| {
        let mut targets: Vec<(MailboxId, MessageId)> = Vec::new();
        for uid in (1..=COUNT).filter(|uid| fits(*uid)) {
            let placed = placement::by_uid(tx, inbox, Uid(uid))?;
            targets.extend(placed.map(|placed| (inbox, placed.message)));
        }
        operation::enqueue(tx, &action, &targets)
    });
    write.await.unwrap().first().copied().unwrap()
}

async fn until_over(rig: &Rig, id: posthorn_model::OperationId) -> OperationState {
    rig.until("the operation is over", || async {
        let state = rig.read(move |tx| operation::get(tx, id)).await.state;
        !matches!(state, OperationState::Queued | OperationState::Sent)
    })
    .await;
    rig.read(move |tx| operation::get(tx, id)).await.state
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_marks_are_a_handful_of_commands() {
    let (server, port) = Server::start(&[]).await;
    let rig = Rig::start_with(port, tuning(), fill).await;
    // Every second one has no ranges: the longest set that there is.
    let some = mark(&rig, |uid| uid % 2 == 0).await;
    assert_eq!(until_over(&rig, some).await, OperationState::Done);
    let every_second = std::mem::take(&mut *server.stores.lock().unwrap());
    let all = mark(&rig, |_| true).await;
    assert_eq!(until_over(&rig, all).await, OperationState::Done);
    let rest = server.stores.lock().unwrap().clone();
    println!("5,000 scattered: {} commands; the other 5,000: {}", every_second.len(), rest.len());
    assert!(every_second.len() <= 5 && rest.len() <= 5, "{} {}", every_second.len(), rest.len());
    assert!(every_second.iter().chain(&rest).all(|line| line.len() < 8192), "RFC 7162, section 4");
    let unread = rig.role(MailboxRole::Inbox).await.unread;
    assert_eq!(unread, 0);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_refused_is_taken_back_and_told() {
    let guarded = [17, 4_711];
    let (server, port) = Server::start(&guarded).await;
    let rig = Rig::start_with(port, tuning(), fill).await;
    let mut events = rig.sync.subscribe();
    let all = mark(&rig, |_| true).await;
    assert_eq!(until_over(&rig, all).await, OperationState::Done);
    assert_eq!(rig.role(MailboxRole::Inbox).await.unread, guarded.len() as u64);
    let inbox = rig.role(MailboxRole::Inbox).await.id;
    for uid in guarded {
        let placed = rig.read(move |tx| placement::by_uid(tx, inbox, Uid(uid))).await.unwrap();
        assert!(!placed.flags.seen && !placed.is_pending, "{uid}");
    }
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let SyncEvent::OperationRefused { operation, problem, .. } = event {
            assert_eq!(problem.server_said, "one of these is guarded");
            let refused = rig.read(move |tx| operation::get(tx, operation)).await;
            assert_eq!(refused.state, OperationState::Refused);
            told.extend(refused.targets.into_iter().filter_map(|target| target.uid));
        }
    }
    told.sort_unstable();
    assert_eq!(told, guarded.map(Uid));
    let commands = server.stores.lock().unwrap().len();
    println!("two refused among {COUNT}: {commands} commands");
    assert!(commands <= 60, "{commands}");
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_everything_costs_a_bounded_number_of_commands() {
    let everything: Vec<u32> = (1..=COUNT).collect();
    let (server, port) = Server::start(&everything).await;
    let rig = Rig::start_with(port, tuning(), fill).await;
    let all = mark(&rig, |_| true).await;
    assert_eq!(until_over(&rig, all).await, OperationState::Refused);
    assert_eq!(rig.role(MailboxRole::Inbox).await.unread, u64::from(COUNT));
    assert!(server.stores.lock().unwrap().len() <= 100);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_on_requests_puts_off_and_never_refuses() {
    // More often than any other passing refusal is tried.
    const TIMES: usize = 10;
    let (server, port) = Server::start(&[]).await;
    server.limited.store(TIMES, Ordering::SeqCst);
    let quick = Tuning { crowded: Duration::from_millis(1), ..tuning() };
    let rig = Rig::start_with(port, quick, fill).await;
    let mut events = rig.sync.subscribe();
    let some = mark(&rig, |uid| uid == 5).await;
    assert_eq!(until_over(&rig, some).await, OperationState::Done);
    assert_eq!(server.stores.lock().unwrap().len(), TIMES + 1);
    let mut is_told = false;
    while let Ok(event) = events.try_recv() {
        assert!(!matches!(event, SyncEvent::OperationRefused { .. }), "{event:?}");
        if let SyncEvent::StatusChanged(status) = event {
            let said = status.problem.as_ref().map(|problem| problem.server_said.as_str());
            is_told |= said.is_some_and(|said| said.contains("Rate limit hit"));
        }
    }
    assert!(is_told, "the status says what the server said");
    rig.sync.shutdown().await;
}
