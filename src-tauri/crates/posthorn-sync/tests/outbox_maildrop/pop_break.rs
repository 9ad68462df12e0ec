//! A fetch that is cut behind every line goes on: each message once, each removal done in the end.

use posthorn_model::{MailboxRole, Protocol};
use posthorn_store::account::PopPolicy;
use posthorn_store::{Origin, search};
use posthorn_testkit::{Cut, Direction, Dovecot, DovecotOptions, Proxy, maildir::Delivery};

use crate::rig::{Rig, mail, mail_bytes, settings};

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

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_the_index_never_knew_come_back_once() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail(0)]).unwrap();
    let rig = Rig::start_with(
        settings(Protocol::Pop3, server.pop3_port(), 1),
        crate::rig::tuning(),
        true,
    )
    .await;
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
