//! Servers that break off, refuse or lie: nothing is removed here.

use std::time::Duration;

use posthorn_model::{AccountId, BodyId, MailboxRole, Uid, UidValidity};
use posthorn_store::mailbox::{self, Listed};
use posthorn_store::message::Head;
use posthorn_store::placement::{self, Arrival};
use posthorn_store::{WriteTx, account};
use posthorn_sync::{ProblemKind, State, Tuning};
use posthorn_testkit::Script;
use tokio::net::TcpListener;

use crate::rig::{Rig, tuning};

const COUNT: u32 = 30;

/// The sign-in of every script.
const HELLO: &str =
    "S: * OK [CAPABILITY IMAP4rev1] hello\nC: {a} LOGIN *\nS: {a} OK [CAPABILITY IMAP4rev1] in\n";
/// The list of the one folder.
const LIST: &str =
    "C: {b} LIST *\nS: * LIST () \"/\" INBOX\nS: {b} OK listed\nC: {l} LSUB *\nS: {l} OK listed\n";

/// A store that knows thirty messages of INBOX with everything that belongs to them.
pub(crate) fn fill(tx: &WriteTx<'_>) {
    fill_with(tx, COUNT);
}

/// The same with so many messages, whose uids begin with 1.
pub(crate) fn fill_with(tx: &WriteTx<'_>, count: u32) {
    let account: AccountId = account::list(tx).unwrap().first().unwrap().id;
    let listed = Listed {
        path: "INBOX".to_owned(),
        name: "INBOX".to_owned(),
        delimiter: "/".to_owned(),
        role: MailboxRole::Inbox,
        is_selectable: true,
        is_subscribed: true,
    };
    let id = mailbox::upsert(tx, account, &listed).unwrap();
    let arrivals: Vec<Arrival> = (1..=count)
        .map(|uid| Arrival {
            uid: Some(Uid(uid)),
            head: Head { subject: format!("number {uid}"), ..Head::default() },
            body: Some(BodyId(i64::from(uid))),
            ..Arrival::default()
        })
        .collect();
    placement::arrive(tx, id, &arrivals).unwrap();
    let mut state = mailbox::get(tx, id).unwrap().sync;
    state.uid_validity = Some(UidValidity(7));
    state.uid_next = Some(Uid(count + 1));
    state.is_complete = true;
    state.audited_at = Some(tx.now());
    mailbox::set_sync(tx, id, &state).unwrap();
}

pub(crate) fn script(lines: &[&str]) -> Script {
    Script::parse(&lines.concat()).unwrap()
}

/// A watching connection that is greeted and never answered.
pub(crate) fn watcher() -> Script {
    script(&["S: * OK [CAPABILITY IMAP4rev1] hello\nC: {a} LOGIN *\n!stall\n"])
}

/// Plays one script per connection, side by side; returns the port. The watching connection comes when INBOX was looked
/// at, or in vain: after those that doubt.
pub(crate) async fn serve(scripts: Vec<Script>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        for script in scripts {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(script.play(stream));
        }
    });
    port
}

async fn rig(scripts: Vec<Script>) -> Rig {
    let long = Duration::from_hours(1);
    let slow =
        Tuning { watch_after: long, poll: long, retry_first: long, retry_last: long, ..tuning() };
    Rig::start_with(serve(scripts).await, slow, fill).await
}

pub(crate) async fn kept(rig: &Rig) -> usize {
    let inbox = rig.role(MailboxRole::Inbox).await.id;
    rig.messages(inbox).await.len()
}

async fn waits(rig: &Rig) -> ProblemKind {
    rig.until("it waits", || async {
        rig.sync.status(rig.account).unwrap().state == State::Waiting
    })
    .await;
    rig.sync.status(rig.account).unwrap().problem.unwrap().kind
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_removes_nothing() {
    let endings = ["S- * SEARCH 1 2\n!cut\n", "S: * SEARCH 1 2\n!cut\n", "!cut\n"];
    for ending in endings {
        let select = "C: {c} SELECT *\nS: * 2 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 31] x\nS: {c} OK x\nC: {d} UID FETCH *\nS: {d} OK x\nC: {e} UID SEARCH *\n";
        let rig = rig(vec![script(&[HELLO, LIST, select, ending]), watcher()]).await;
        assert_eq!(waits(&rig).await, ProblemKind::ConnectionLost);
        assert_eq!(kept(&rig).await, COUNT as usize, "{ending}");
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_opened_keeps_its_messages() {
    for refusal in ["S: {c} NO not now\n", "S: {c} BAD what\n"] {
        let select = ["C: {c} SELECT *\n", refusal, "!stall\n"].concat();
        let rig = rig(vec![script(&[HELLO, LIST, &select]), watcher()]).await;
        assert_eq!(waits(&rig).await, ProblemKind::Refused);
        assert_eq!(kept(&rig).await, COUNT as usize);
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_folder_is_believed_only_when_a_fresh_connection_agrees() {
    let open = |verb: &str, exists: &str| {
        format!(
            "C: {{c}} {verb} *\nS: * {exists} EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 31] x\nS: {{c}} OK x\n"
        )
    };
    let flags = "C: {d} UID FETCH *\nS: {d} OK x\n";
    let empty = "C: {e} UID SEARCH *\nS: * SEARCH\nS: {e} OK x\n";
    let full = format!(
        "C: {{e}} UID SEARCH *\nS: * SEARCH {}\nS: {{e}} OK x\n",
        (1..=COUNT).map(|uid| uid.to_string()).collect::<Vec<_>>().join(" ")
    );
    let end = "!drain\n";
    let working = script(&[HELLO, LIST, &open("SELECT", "0"), flags, empty, end]);
    for (fresh, left) in [
        (script(&[HELLO, &open("EXAMINE", "30"), &full, end]), COUNT as usize),
        (script(&[HELLO, &open("EXAMINE", "0"), empty, end]), 0),
    ] {
        let rig = rig(vec![working.clone(), fresh, watcher()]).await;
        rig.settled().await;
        assert_eq!(kept(&rig).await, left);
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_the_folders_is_not_believed_at_once() {
    let list = "C: {b} LIST *\nS: * LIST () \"/\" Other\nS: {b} OK listed\nC: {l} LSUB *\nS: {l} OK listed\n";
    let working = script(&[HELLO, list, "!drain\n"]);
    let fresh = script(&[HELLO, LIST, "!drain\n"]);
    let rig = rig(vec![working, fresh, watcher()]).await;
    rig.until("both folders are known", || async {
        let account = rig.account;
        rig.read(move |tx| mailbox::by_path(tx, account, "Other")).await.is_some()
    })
    .await;
    assert_eq!(kept(&rig).await, COUNT as usize);
    rig.sync.shutdown().await;
}
