//! A fetch that is cut behind every line goes on: each message once, each removal done in the end.

use posthorn_model::{MailboxRole, Protocol};
use posthorn_store::account::PopPolicy;
use posthorn_store::maildrop::{self, DropState, Rule, RuleAction, RuleCondition};
use posthorn_store::{Origin, search};
use posthorn_testkit::{Cut, Direction, Dovecot, DovecotOptions, Proxy, maildir::Delivery};

use crate::rig::{Rig, mail, mail_bytes, settings, tuning};

const COUNT: usize = 3;

async fn every_line(direction: Direction, cut: fn(Direction, u64) -> Cut) {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let all: Vec<Delivery> = (0..COUNT).map(mail).collect();
    let subjects: Vec<String> = (0..COUNT).map(|number| format!("number {number:05}")).collect();
    let proxy = Proxy::start(server.pop3_port()).await.unwrap();
    for line in 1..500 {
        let user = format!("user{line}");
        server.mailbox(&user, "INBOX").fill(&all).unwrap();
        let mut account = settings(Protocol::Pop3, proxy.port(), 1);
        (account.incoming.user, account.pop_policy) = (user.clone(), PopPolicy::AtOnce);
        proxy.arm(cut(direction, line));
        let before = proxy.cuts();
        let rig = Rig::start(account).await;
        rig.settled().await;
        let was_cut = proxy.cuts() > before;
        rig.check().await;
        assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects, "line {line}");
        assert_eq!(server.mailbox(&user, "INBOX").count().unwrap(), 0, "line {line}");
        let coverage = rig.read(search::coverage).await;
        assert_eq!(
            (coverage.messages, coverage.bodies),
            (COUNT as u64, COUNT as u64),
            "line {line}"
        );
        rig.sync.shutdown().await;
        if !was_cut {
            assert!(line > 10, "the dialogue has more lines than {line}");
            return;
        }
    }
    panic!("the dialogue has no end");
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_every_line_of_the_server() {
    every_line(Direction::ToClient, Cut::After).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_every_command() {
    every_line(Direction::ToServer, Cut::Before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_every_command() {
    every_line(Direction::ToServer, Cut::After).await;
}

/// Cuts whole sessions with everything in them (heads for rules, messages, removals) at every so many bytes, and ends
/// them: nothing is lost, nothing comes twice, nothing that is to go stays.
async fn every_byte(direction: Direction, step: usize) {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let all: Vec<Delivery> = (0..COUNT + 2).map(mail).collect();
    let subjects: Vec<String> = (0..COUNT).map(|number| format!("number {number:05}")).collect();
    let has = |number: usize| RuleCondition::SubjectContains(format!("number {number:05}"));
    let rules = [(has(COUNT), RuleAction::Skip), (has(COUNT + 1), RuleAction::Delete)]
        .map(|(condition, action)| Rule { is_on: true, condition, action });
    let proxy = Proxy::start(server.pop3_port()).await.unwrap();
    for at in (1..1_000_000).step_by(step) {
        let user = format!("user{at}");
        server.mailbox(&user, "INBOX").fill(&all).unwrap();
        let mut account = settings(Protocol::Pop3, proxy.port(), 1);
        (account.incoming.user, account.pop_policy) = (user.clone(), PopPolicy::AtOnce);
        let rig = Rig::start_with(account, tuning(), true).await;
        let (id, rules) = (rig.account, rules.clone());
        rig.write(move |tx| maildrop::set_rules(tx, id, &rules)).await;
        proxy.arm(Cut::Within(direction, at as u64));
        let before = proxy.cuts();
        rig.sync.set_offline(false);
        rig.check().await;
        let was_cut = proxy.cuts() > before;
        rig.check().await;
        assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects, "byte {at}");
        let left = server.mailbox(&user, "INBOX").messages().unwrap();
        assert_eq!(left.len(), 1, "byte {at}");
        let ruled = rig.read(move |tx| maildrop::ruled_out(tx, id, 9)).await;
        assert_eq!((ruled.count, ruled.newest.len()), (1, 1), "byte {at}");
        let rows = rig.read(move |tx| maildrop::list(tx, id)).await;
        let states: Vec<DropState> = rows.iter().map(|row| row.state).collect();
        let known = states.iter().filter(|state| **state == DropState::Known).count();
        let gone = states.iter().filter(|state| **state == DropState::Deleted).count();
        assert_eq!((known, gone, states.len()), (1, COUNT + 1, COUNT + 2), "byte {at}");
        let coverage = rig.read(search::coverage).await;
        assert_eq!((coverage.messages, coverage.bodies), (COUNT as u64, COUNT as u64), "byte {at}");
        rig.sync.shutdown().await;
        if !was_cut {
            assert!(at > 100, "the dialogue has more bytes than {at}");
            return;
        }
    }
    panic!("the dialogue has no end");
}

#[tokio::test(flavor = "multi_thread")]
async fn among_the_bytes_of_the_server() {
    every_byte(Direction::ToClient, 83).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn among_the_bytes_of_ours() {
    every_byte(Direction::ToServer, 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_the_index_never_knew_come_back_once() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail(0)]).unwrap();
    let rig =
        Rig::start_with(settings(Protocol::Pop3, server.pop3_port(), 1), tuning(), true).await;
    // Stopped between the two commits: one message is still there, the other was taken by another program.
    for number in [0, 1] {
        rig.store.bodies().put(mail_bytes(number), Origin::Pop3(rig.account)).await.unwrap();
    }
    rig.sync.set_offline(false);
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, ["number 00000", "number 00001"]);
    let rig = rig.restart_after(|_| Ok(())).await;
    rig.check().await;
    assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 2);
    rig.sync.shutdown().await;
}
