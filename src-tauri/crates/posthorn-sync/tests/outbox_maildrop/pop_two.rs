//! Two computers on one maildrop, each with its own policy, and ids that a server gives out again.

use std::sync::Arc;

use posthorn_model::{MailboxRole, ManualClock, MessageId, Protocol, Timestamp};
use posthorn_store::ReadTx;
use posthorn_store::account::{AccountSettings, PopPolicy};
use posthorn_store::maildrop::{self, Fate};
use posthorn_testkit::{Dovecot, DovecotOptions, maildir::Delivery};

use crate::rig::{Rig, mail, settings, tuning};

/// A computer that has looked once, with a clock of its own.
async fn computer(port: u16, policy: PopPolicy) -> (Rig, Arc<ManualClock>) {
    let account = AccountSettings { pop_policy: policy, ..settings(Protocol::Pop3, port, 1) };
    let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(1_767_700_000)));
    let rig = Rig::start_at(account, tuning(), false, clock.clone()).await;
    rig.settled().await;
    (rig, clock)
}

fn pass(clock: &ManualClock, days: i64) {
    clock.advance_ms(days * 86_400_000);
}

/// What becomes of the copies on the server, as one reads it.
async fn fates(rig: &Rig) -> Vec<(Fate, usize)> {
    let messages: Vec<MessageId> =
        rig.messages(MailboxRole::Inbox).await.into_iter().map(|message| message.id).collect();
    let read = rig.read(move |tx| {
        messages
            .into_iter()
            .map(|message| maildrop::fate(tx, message))
            .collect::<Result<Vec<_>, _>>()
    });
    let mut counted: Vec<(Fate, usize)> = Vec::new();
    for fate in read.await.into_iter().flatten() {
        match counted.iter_mut().find(|(known, _)| *known == fate) {
            Some((_, count)) => *count += 1,
            None => counted.push((fate, 1)),
        }
    }
    counted
}

fn subjects(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|number| format!("number {number:05}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_computer_has_everything_whatever_the_other_one_removes() {
    for removing in [PopPolicy::AtOnce, PopPolicy::AfterDays(7)] {
        let server = Dovecot::start(DovecotOptions::default()).unwrap();
        let inbox = server.mailbox("anna", "INBOX");
        inbox.fill(&(0..20).map(mail).collect::<Vec<Delivery>>()).unwrap();
        let (leaves, _) = computer(server.pop3_port(), PopPolicy::Leave).await;
        let (removes, clock) = computer(server.pop3_port(), removing).await;
        if removing != PopPolicy::AtOnce {
            assert_eq!(inbox.count().unwrap(), 20);
            pass(&clock, 8);
            removes.check().await;
        }
        assert_eq!(inbox.count().unwrap(), 0, "{removing:?}");
        assert_eq!(fates(&leaves).await, [(Fate::Stays, 20)], "as it knows from its last look");
        leaves.check().await;
        assert!(
            matches!(fates(&leaves).await[..], [(Fate::Left(_), 20)]),
            "nothing is said to be there that is not"
        );
        let id = leaves.account;
        let preview = move |tx: &ReadTx<'_>| maildrop::preview(tx, id, PopPolicy::AtOnce, false);
        assert_eq!(leaves.read(preview).await.now, 0);
        for number in 20..30 {
            inbox.deliver(&mail(number)).unwrap();
        }
        // Both at a time, then one after the other.
        leaves.sync.check_now(None);
        leaves.check().await;
        removes.check().await;
        leaves.check().await;
        for rig in [&leaves, &removes] {
            assert_eq!(rig.subjects(MailboxRole::Inbox).await, subjects(0..30), "{removing:?}");
        }
        let stays = if removing == PopPolicy::AtOnce { 0 } else { 10 };
        assert_eq!(inbox.count().unwrap(), stays, "{removing:?}");
        for rig in [leaves, removes] {
            rig.sync.shutdown().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_may_look_at_the_same_time() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let inbox = server.mailbox("anna", "INBOX");
    let (one, _) = computer(server.pop3_port(), PopPolicy::Leave).await;
    let (other, clock) = computer(server.pop3_port(), PopPolicy::AfterDays(7)).await;
    for round in 0..5 {
        for number in 0..10 {
            inbox.deliver(&mail(round * 10 + number)).unwrap();
        }
        pass(&clock, 8);
        tokio::join!(one.check(), other.check());
    }
    one.check().await;
    // What the other one removed before this one saw it was never here: that is what removing means.
    let here = one.subjects(MailboxRole::Inbox).await;
    let there = other.subjects(MailboxRole::Inbox).await;
    assert_eq!(there, subjects(0..50), "who removes has everything");
    assert!(here.iter().all(|subject| there.contains(subject)) && here.is_sorted());
    let mut once = here.clone();
    once.dedup();
    assert_eq!(once, here, "nothing came twice");
    for rig in [one, other] {
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_the_server_gives_out_again_hide_no_mail_and_remove_none() {
    for policy in [PopPolicy::Leave, PopPolicy::AtOnce, PopPolicy::AfterDays(7)] {
        let mut server = Dovecot::start(DovecotOptions::default()).unwrap();
        let inbox = server.mailbox("anna", "INBOX");
        // Without these lists Dovecot counts from 1 again, under the same UIDVALIDITY once it is written back.
        inbox.fill(&(0..4).map(mail).collect::<Vec<Delivery>>()).unwrap();
        let (rig, _) = computer(server.pop3_port(), policy).await;
        let list = inbox.path().join("dovecot-uidlist");
        let text = std::fs::read_to_string(&list).unwrap();
        let head = text.lines().next().unwrap();
        let again: Vec<String> = head
            .split(' ')
            .map(|word| if word.starts_with('N') { "N1".to_owned() } else { word.to_owned() })
            .collect();
        server.stop();
        inbox.forget_uids().unwrap();
        for stored in std::fs::read_dir(inbox.path().join("cur")).unwrap() {
            std::fs::remove_file(stored.unwrap().path()).unwrap();
        }
        // Of other sizes: an id and a size that both come again are one message to everybody.
        inbox.fill(&(100_004..100_008).map(mail).collect::<Vec<Delivery>>()).unwrap();
        std::fs::write(&list, format!("{}\n", again.join(" "))).unwrap();
        server.start_again().unwrap();
        rig.check().await;
        let all = [subjects(0..4), subjects(100_004..100_008)].concat();
        assert_eq!(rig.subjects(MailboxRole::Inbox).await, all, "{policy:?}");
        let stays = if policy == PopPolicy::AtOnce { 0 } else { 4 };
        assert_eq!(inbox.count().unwrap(), stays, "{policy:?}");
        rig.check().await;
        assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 8, "{policy:?}");
        rig.sync.shutdown().await;
    }
}
