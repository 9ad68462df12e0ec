//! POP3 servers that are poor, busy, or tell stories.

use posthorn_model::{MailboxRole, Protocol};
use posthorn_store::account::{self, PopPolicy};
use posthorn_sync::{ProblemKind, State, Tuning};

use crate::rig::{PATIENCE, Rig, mail_bytes, serve, settings, tuning};

/// What a message is on the wire.
fn stuffed(number: usize) -> String {
    let text = String::from_utf8(mail_bytes(number)).unwrap();
    let mut lines = String::new();
    for line in text.strip_suffix("\r\n").unwrap_or(&text).split("\r\n") {
        let dot = if line.starts_with('.') { "." } else { "" };
        lines.push_str(&format!("S: {dot}{}\n", line.replace('\\', "\\\\")));
    }
    lines
}

fn header(number: usize) -> String {
    let all = stuffed(number);
    let (header, _) = all.split_once("S: \n").unwrap();
    format!("{header}S: \n")
}

const LOGIN: &str = "S: +OK hello\nC: CAPA\nS: -ERR what\nC: USER *\nS: +OK\nC: PASS *\nS: +OK\nC: CAPA\nS: -ERR what\n";
const QUIT: &str = "C: QUIT\nS: +OK bye\n";

/// One session with these messages under these ids, listed and fetched as told.
fn listing(messages: &[(usize, &str)]) -> String {
    let size: usize = messages.iter().map(|(number, _)| mail_bytes(*number).len()).sum();
    let mut text = format!("C: STAT\nS: +OK {} {size}\nC: LIST\nS: +OK\n", messages.len());
    for (index, (number, _)) in messages.iter().enumerate() {
        text.push_str(&format!("S: {} {}\n", index + 1, mail_bytes(*number).len()));
    }
    text.push_str("S: .\nC: UIDL\n");
    if messages.iter().all(|(_, uidl)| uidl.is_empty()) {
        return text + "S: -ERR what\n";
    }
    text.push_str("S: +OK\n");
    for (index, (_, uidl)) in messages.iter().enumerate() {
        text.push_str(&format!("S: {} {uidl}\n", index + 1));
    }
    text + "S: .\n"
}

fn retr(index: usize, number: usize) -> String {
    format!("C: RETR {index}\nS: +OK\n{}S: .\n", stuffed(number))
}

fn top(index: usize, number: usize) -> String {
    format!("C: TOP {index} 0\nS: +OK\n{}S: .\n", header(number))
}

fn session(parts: &[String]) -> String {
    [LOGIN, &parts.concat(), QUIT].concat()
}

async fn rig(scripts: &[String], policy: PopPolicy) -> Rig {
    let port = serve(scripts).await;
    let rig = Rig::start(account::AccountSettings {
        pop_policy: policy,
        ..settings(Protocol::Pop3, port, 1)
    })
    .await;
    let is_settled = rig.sync.wait_settled(None, PATIENCE).await;
    assert!(is_settled, "{:?}", rig.sync.statuses());
    rig
}

fn subjects(numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|number| format!("number {number:05}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_uidl_is_read_by_its_headers() {
    let none = [(1, ""), (2, "")];
    let scripts = [
        session(&[listing(&none), top(1, 1), top(2, 2), retr(2, 2), retr(1, 1)]),
        session(&[listing(&none), top(1, 1), top(2, 2)]),
        session(&[listing(&[(2, ""), (3, "")]), top(1, 2), top(2, 3), retr(2, 3)]),
    ];
    let rig = rig(&scripts, PopPolicy::Leave).await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1, 2]));
    rig.check().await;
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1, 2, 3]));
    assert_eq!(rig.sync.status(rig.account).unwrap().problem, None);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_uidl_and_top_is_read_by_contents() {
    let none = [(1, ""), (2, "")];
    let no = |index: usize| format!("C: TOP {index} 0\nS: -ERR what\n");
    let scripts = [
        session(&[listing(&none), no(1), no(2), retr(2, 2), retr(1, 1)]),
        session(&[listing(&none), no(1), no(2), retr(2, 2), retr(1, 1)]),
    ];
    let rig = rig(&scripts, PopPolicy::AtOnce).await;
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1, 2]));
    assert_eq!(rig.sync.status(rig.account).unwrap().problem, None);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_message_under_a_used_id_is_fetched_and_not_removed_unseen() {
    let dele = |index: usize| format!("C: DELE {index}\nS: +OK\n");
    let scripts = [
        session(&[listing(&[(1, "a")]), retr(1, 1), dele(1)]),
        // The id comes again, with another message.
        session(&[listing(&[(100, "a")]), top(1, 100), retr(1, 100), dele(1)]),
        // The server did not remove it although it said so.
        session(&[listing(&[(100, "a")]), top(1, 100), dele(1)]),
    ];
    let rig = rig(&scripts, PopPolicy::AtOnce).await;
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1, 100]));
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1, 100]));
    assert_eq!(rig.sync.status(rig.account).unwrap().problem, None);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_message_of_the_same_size_under_a_used_id_is_not_removed_unseen() {
    assert_eq!(mail_bytes(1).len(), mail_bytes(3).len(), "the listing cannot tell them apart");
    let scripts = [
        session(&[listing(&[(1, "a")]), retr(1, 1)]),
        // Due for removal by the new policy: it is looked at first, and is another one.
        session(&[listing(&[(3, "a")]), top(1, 3)]),
        session(&[listing(&[(3, "a")]), top(1, 3), retr(1, 3), "C: DELE 1\nS: +OK\n".to_owned()]),
    ];
    let rig = rig(&scripts, PopPolicy::Leave).await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1]));
    let account = rig.account;
    rig.write(move |tx| {
        let mut settings = account::get(tx, account)?.settings;
        settings.pop_policy = PopPolicy::AtOnce;
        account::update(tx, account, &settings)
    })
    .await;
    rig.sync.account_changed(account).await;
    rig.settled().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1]));
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1, 3]));
    assert_eq!(rig.sync.status(rig.account).unwrap().problem, None);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_ids_for_old_messages_fetch_nothing() {
    let scripts = [
        session(&[listing(&[(1, "a"), (2, "b")]), retr(2, 2), retr(1, 1)]),
        session(&[listing(&[(1, "x"), (2, "y")]), top(1, 1), top(2, 2)]),
        session(&[listing(&[(1, "x"), (2, "y"), (3, "z")]), retr(3, 3)]),
    ];
    let rig = rig(&scripts, PopPolicy::Leave).await;
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1, 2]));
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1, 2, 3]));
    assert_eq!(rig.sync.status(rig.account).unwrap().problem, None);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quit_that_is_refused_is_repeated_and_one_that_is_lost_is_understood() {
    let dele = "C: DELE 1\nS: +OK\n".to_owned();
    let scripts = [
        [LOGIN, &listing(&[(1, "a")]), &retr(1, 1), &dele, "C: QUIT\nS: -ERR not removed\n"]
            .concat(),
        [LOGIN, &listing(&[(1, "a")]), &top(1, 1), &dele, "C: QUIT\n!cut\n"].concat(),
        session(
            &["C: STAT\nS: +OK 0 0\nC: LIST\nS: +OK\nS: .\nC: UIDL\nS: +OK\nS: .\n".to_owned()],
        ),
    ];
    let port = serve(&scripts).await;
    let rig = Rig::start(account::AccountSettings {
        pop_policy: PopPolicy::AtOnce,
        ..settings(Protocol::Pop3, port, 1)
    })
    .await;
    rig.until("the first session ended", || async {
        rig.sync.status(rig.account).unwrap().problem.is_some()
    })
    .await;
    rig.check().await;
    let account = rig.account;
    rig.until("the removal is confirmed", || async {
        let rows = rig.read(move |tx| posthorn_store::maildrop::list(tx, account)).await;
        rows.iter().all(|row| row.state == posthorn_store::maildrop::DropState::Deleted)
    })
    .await;
    assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 1);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maildrop_in_use_is_said_and_waited_for() {
    let busy = "S: +OK hello\nC: CAPA\nS: -ERR what\nC: USER *\nS: +OK\nC: PASS *\nS: -ERR [IN-USE] another session has it\n!drain\n";
    let port = serve(&[busy.to_owned(), session(&[listing(&[(1, "a")]), retr(1, 1)])]).await;
    let long = std::time::Duration::from_hours(1);
    let slow = Tuning { retry_first: long, retry_last: long, ..tuning() };
    let rig = Rig::start_with(settings(Protocol::Pop3, port, 1), slow, false).await;
    rig.until("it says so", || async {
        let status = rig.sync.status(rig.account).unwrap();
        status.state == State::Waiting
            && status.problem.is_some_and(|problem| problem.kind == ProblemKind::InUse)
    })
    .await;
    assert_eq!(rig.sync.status(rig.account).unwrap().server_said, "another session has it");
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1]));
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_no_server_may_give_lose_nothing_and_fetch_nothing_twice() {
    // Two messages under one id, one under an id with a control character, one under an overlong id, one as it should be.
    let overlong = "x".repeat(2_000);
    let odd = [(1, "same"), (2, "same"), (3, "a\\x01b"), (4, overlong.as_str()), (5, "own")];
    let tops = || [top(1, 1), top(2, 2), top(3, 3), top(4, 4)].concat();
    let retrs = [retr(5, 5), retr(4, 4), retr(3, 3), retr(2, 2), retr(1, 1)].concat();
    let scripts = [session(&[listing(&odd), tops(), retrs]), session(&[listing(&odd), tops()])];
    let rig = rig(&scripts, PopPolicy::Leave).await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1, 2, 3, 4, 5]));
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(&[1, 2, 3, 4, 5]));
    assert_eq!(rig.sync.status(rig.account).unwrap().problem, None);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_wants_time_between_sessions_gets_it_and_the_wait_is_said() {
    let login = LOGIN.replacen(
        "C: CAPA\nS: -ERR what\n",
        "C: CAPA\nS: +OK\nS: UIDL\nS: LOGIN-DELAY 3600\nS: .\n",
        2,
    );
    let first = [&login, &listing(&[(1, "a")]), &retr(1, 1), QUIT].concat();
    let rig = rig(&[first], PopPolicy::Leave).await;
    rig.sync.check_now(None);
    rig.until("it waits, and says until when", || async {
        let status = rig.sync.status(rig.account).unwrap();
        status.state == State::Waiting && status.next_try.is_some()
    })
    .await;
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_keeps_nothing_is_read_whole() {
    let login = LOGIN.replacen(
        "C: CAPA\nS: -ERR what\n",
        "C: CAPA\nS: +OK\nS: UIDL\nS: EXPIRE 0\nS: .\n",
        2,
    );
    let script = [&login, &listing(&[(1, "a")]), &retr(1, 1), QUIT].concat();
    let port = serve(&[script]).await;
    let mut settings = settings(Protocol::Pop3, port, 1);
    settings.pop_size_limit = 10;
    let rig = Rig::start(settings).await;
    rig.settled().await;
    let messages = rig.messages(MailboxRole::Inbox).await;
    assert_eq!(rig.bytes(messages.first().unwrap().id).await, mail_bytes(1));
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_message_whose_head_alone_is_here_brings_the_whole() {
    let scripts =
        [session(&[listing(&[(1, "a")]), top(1, 1)]), session(&[listing(&[(1, "a")]), retr(1, 1)])];
    let port = serve(&scripts).await;
    let mut settings = settings(Protocol::Pop3, port, 1);
    settings.pop_size_limit = 10;
    let rig = Rig::start(settings).await;
    rig.settled().await;
    let id = rig.messages(MailboxRole::Inbox).await.first().unwrap().id;
    let part = rig.sync.fetch_section(id, "1").await.unwrap();
    let whole = mail_bytes(1);
    let bytes = rig.store.bodies().get(part).await.unwrap();
    assert!(!bytes.is_empty() && whole.ends_with(&bytes), "{}", String::from_utf8_lossy(&bytes));
    assert_eq!(rig.bytes(id).await, whole);
    rig.sync.shutdown().await;
}
