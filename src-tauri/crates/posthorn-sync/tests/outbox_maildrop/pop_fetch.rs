//! POP3 from a real Dovecot: what comes, what stays there, what is removed.

use posthorn_model::{MailboxRole, Protocol};
use posthorn_store::account::{self, PopPolicy};
use posthorn_store::maildrop::{self, DropState};
use posthorn_store::operation::{self, Action, Flag, Switch};
use posthorn_store::{mailbox, message, search};
use posthorn_sync::{State, SyncEvent};
use posthorn_testkit::{Direction, Dovecot, DovecotOptions, Mail, Proxy, maildir::Delivery};

use crate::rig::{Rig, mail, mail_bytes, settings};

fn server(count: usize) -> Dovecot {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let all: Vec<Delivery> = (0..count).map(mail).collect();
    server.mailbox("anna", "INBOX").fill(&all).unwrap();
    server
}

async fn pop(port: u16, policy: PopPolicy) -> Rig {
    let rig = Rig::start(posthorn_store::account::AccountSettings {
        pop_policy: policy,
        ..settings(Protocol::Pop3, port, 1)
    })
    .await;
    rig.settled().await;
    rig
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_once_and_stays_on_the_server() {
    let server = server(1_500);
    let proxy = Proxy::start(server.pop3_port()).await.unwrap();
    let rig = pop(proxy.port(), PopPolicy::Leave).await;
    let account = rig.account;
    let roles: Vec<MailboxRole> = rig
        .read(move |tx| mailbox::list(tx, account))
        .await
        .into_iter()
        .map(|found| found.role)
        .collect();
    for role in [
        MailboxRole::Inbox,
        MailboxRole::Sent,
        MailboxRole::Drafts,
        MailboxRole::Trash,
        MailboxRole::Archive,
        MailboxRole::Junk,
    ] {
        assert!(roles.contains(&role), "{role:?}");
    }
    let inbox =
        rig.read(move |tx| mailbox::by_role(tx, account, MailboxRole::Inbox)).await.unwrap();
    assert_eq!((inbox.total, inbox.unread, inbox.is_local), (1_500, 1_500, true));
    let messages = rig.messages(MailboxRole::Inbox).await;
    let newest = messages.first().unwrap();
    assert_eq!(newest.head.subject, "number 01499");
    assert!(
        newest.head.preview.starts_with("This is the text of number1499"),
        "{}",
        newest.head.preview
    );
    assert_eq!(rig.bytes(newest.id).await, mail_bytes(1_499));
    let coverage = rig.read(search::coverage).await;
    assert_eq!((coverage.messages, coverage.bodies, coverage.waiting), (1_500, 1_500, 0));
    let status = rig.sync.status(account).unwrap();
    assert_eq!(
        (status.state, status.problem, status.connected_since),
        (State::UpToDate, None, None)
    );
    assert_eq!(server.mailbox("anna", "INBOX").count().unwrap(), 1_500);
    let before = proxy.bytes(Direction::ToClient);
    rig.check().await;
    // A listing alone: forty bytes a message, not a message.
    assert!(proxy.bytes(Direction::ToClient) - before < 1_500 * 60);
    assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 1_500);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_maildrop_deletes_nothing_here_and_new_mail_is_told() {
    let server = server(10);
    let rig = pop(server.pop3_port(), PopPolicy::Leave).await;
    let inbox = server.mailbox("anna", "INBOX");
    for stored in inbox.messages().unwrap() {
        std::fs::remove_file(stored.path).unwrap();
    }
    rig.check().await;
    assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 10);
    let mut events = rig.sync.subscribe();
    inbox.deliver(&mail(77)).unwrap();
    rig.check().await;
    assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 11);
    let mut told = 0;
    while let Ok(event) = events.try_recv() {
        if let SyncEvent::Arrived { messages, .. } = event {
            told += messages.len();
        }
    }
    assert_eq!(told, 1);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_durable_here_is_removed_there_by_policy() {
    let server = server(300);
    let rig = pop(server.pop3_port(), PopPolicy::AtOnce).await;
    let inbox = server.mailbox("anna", "INBOX");
    assert_eq!(inbox.count().unwrap(), 0);
    assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 300);
    let account = rig.account;
    let rows = rig.read(move |tx| maildrop::list(tx, account)).await;
    assert!(rows.iter().all(|row| row.state == DropState::Deleted));
    // From now on it stays there.
    rig.write(move |tx| {
        let mut settings = account::get(tx, account)?.settings;
        settings.pop_policy = PopPolicy::Leave;
        account::update(tx, account, &settings)
    })
    .await;
    rig.sync.account_changed(account).await;
    inbox.deliver(&mail(500)).unwrap();
    rig.check().await;
    assert_eq!((inbox.count().unwrap(), rig.messages(MailboxRole::Inbox).await.len()), (1, 301));
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_here_is_removed_there_where_the_user_wants_it() {
    let server = server(3);
    let rig = pop(server.pop3_port(), PopPolicy::WhenDeleted).await;
    let account = rig.account;
    let gone = rig.messages(MailboxRole::Inbox).await.first().unwrap().id;
    rig.write(move |tx| {
        let inbox = mailbox::by_role(tx, account, MailboxRole::Inbox)?.unwrap().id;
        let trash = mailbox::by_role(tx, account, MailboxRole::Trash)?.unwrap().id;
        operation::enqueue(
            tx,
            &Action::SetFlag { flag: Flag::Seen, to: Switch::On },
            &[(inbox, gone)],
        )?;
        operation::enqueue(tx, &Action::Move { to: trash }, &[(inbox, gone)])
    })
    .await;
    // Done at once, without a server.
    assert_eq!(rig.read(move |tx| operation::count_under_way(tx, account)).await, 0);
    rig.check().await;
    assert_eq!(server.mailbox("anna", "INBOX").count().unwrap(), 2);
    assert_eq!(
        (
            rig.messages(MailboxRole::Inbox).await.len(),
            rig.messages(MailboxRole::Trash).await.len()
        ),
        (2, 1)
    );
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_large_message_the_header_comes_until_it_is_asked_for() {
    let server = server(2);
    let large = Mail::new()
        .from("Bob <bob@posthorn.test>")
        .subject("large")
        .message_id("large@x")
        .text(&"long line\r\n".repeat(20_000))
        .build();
    server.mailbox("anna", "INBOX").deliver(&Delivery::new(large.clone())).unwrap();
    let mut settings = settings(Protocol::Pop3, server.pop3_port(), 1);
    (settings.pop_size_limit, settings.pop_policy) = (100_000, PopPolicy::AtOnce);
    let rig = Rig::start(settings).await;
    rig.settled().await;
    let messages = rig.messages(MailboxRole::Inbox).await;
    let found = messages.iter().find(|message| message.head.subject == "large").unwrap();
    assert_eq!(found.body, message::BodyState::Sections);
    assert_eq!(
        server.mailbox("anna", "INBOX").count().unwrap(),
        1,
        "what is not here whole is not removed"
    );
    rig.sync.fetch_body(found.id).await.unwrap();
    assert_eq!(rig.bytes(found.id).await, large);
    rig.check().await;
    assert_eq!(server.mailbox("anna", "INBOX").count().unwrap(), 0);
    assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 3);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_starred_stays_and_what_leaves_the_inbox_goes_where_the_user_wants_that() {
    let server = server(3);
    let rig = pop(server.pop3_port(), PopPolicy::Leave).await;
    let account = rig.account;
    let ids: Vec<_> =
        rig.messages(MailboxRole::Inbox).await.into_iter().map(|message| message.id).collect();
    let [starred, moved, left] = ids.as_slice() else { panic!("{ids:?}") };
    let (starred, moved, left) = (*starred, *moved, *left);
    let change = move |policy, keep_starred| {
        move |tx: &posthorn_store::WriteTx<'_>| {
            let mut settings = account::get(tx, account)?.settings;
            (settings.pop_policy, settings.pop_keep_starred) = (policy, keep_starred);
            account::update(tx, account, &settings)
        }
    };
    rig.write(change(PopPolicy::WhenMoved, false)).await;
    rig.write(move |tx| {
        let inbox = mailbox::by_role(tx, account, MailboxRole::Inbox)?.unwrap().id;
        let archive = mailbox::by_role(tx, account, MailboxRole::Archive)?.unwrap().id;
        let star = Action::SetFlag { flag: Flag::Flagged, to: Switch::On };
        operation::enqueue(tx, &star, &[(inbox, starred)])?;
        operation::enqueue(tx, &Action::Move { to: archive }, &[(inbox, moved)])
    })
    .await;
    rig.sync.account_changed(account).await;
    rig.check().await;
    let there = server.mailbox("anna", "INBOX");
    assert_eq!(there.count().unwrap(), 2, "the moved one went");
    rig.write(change(PopPolicy::AtOnce, true)).await;
    rig.sync.account_changed(account).await;
    rig.check().await;
    assert_eq!(there.count().unwrap(), 1, "the starred one stayed");
    let fates = rig
        .read(move |tx| {
            [starred, moved, left].into_iter().map(|id| maildrop::fate(tx, id)).collect()
        })
        .await;
    let fates: Vec<Option<maildrop::Fate>> = fates;
    assert_eq!(fates[0], Some(maildrop::Fate::Stays));
    assert!(
        fates[1..].iter().all(|fate| matches!(fate, Some(maildrop::Fate::Left(_)))),
        "{fates:?}"
    );
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maildrop_may_be_left_alone_when_the_program_starts() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail(1)]).unwrap();
    let proxy = Proxy::start(server.pop3_port()).await.unwrap();
    let account = posthorn_store::account::AccountSettings {
        pop_rests_at_start: true,
        ..settings(Protocol::Pop3, proxy.port(), 1)
    };
    let rig = Rig::start(account).await;
    rig.settled().await;
    let status = rig.sync.status(rig.account).unwrap();
    assert_eq!((proxy.connections(), status.last_complete), (0, None), "nothing was compared");
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, ["number 00001"]);
    assert!(rig.sync.status(rig.account).unwrap().last_complete.is_some());
    // Another start leaves it alone again; a change of the account does not.
    let rig = rig.restart_after(|_| Ok(())).await;
    rig.settled().await;
    let before = proxy.connections();
    rig.sync.account_changed(rig.account).await;
    rig.settled().await;
    assert!(proxy.connections() > before);
    rig.sync.shutdown().await;
}
