//! Gmail: a message with several labels is in several folders, and comes once.

use std::collections::BTreeMap;
use std::time::Duration;

use posthorn_model::{MailboxRole, OperationId};
use posthorn_store::operation::{self, Action};
use posthorn_store::{mailbox, message, placement, removed};
use posthorn_sync::{State, Tuning};

use crate::gmail_server::{ALL, Gmail, TRASH};
use crate::lie::{script, serve, watcher};
use crate::rig::{Rig, settings, tuning};

const HEADER: &str = "From: Ann <ann@example.org>\r\nSubject: labelled\r\nMessage-ID: <l1@example.org>\r\nDate: Wed, 01 Jan 2020 10:00:00 +0000\r\n\r\n";

fn server() -> String {
    let escaped = HEADER.replace("\r\n", "\\r\\n");
    let length = HEADER.len();
    format!(
        r#"S: * OK Gimap ready for requests
C: {{z}} CAPABILITY
S: * CAPABILITY IMAP4rev1 ID X-GM-EXT-1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER
S: {{z}} OK Thats all she wrote!
C: {{a}} AUTHENTICATE PLAIN *
S: {{a}} OK [CAPABILITY IMAP4rev1 ID NAMESPACE X-GM-EXT-1 UIDPLUS MOVE] anna authenticated (Success)
C: {{i}} ID (*
C: {{n}} NAMESPACE
S: * ID ("name" "GImap" "vendor" "Google, Inc.")
S: {{i}} OK Success
S: * NAMESPACE (("" "/")) NIL NIL
S: {{n}} OK Success
C: {{b}} LIST *
C: {{l}} LSUB *
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * LIST (\HasChildren \Noselect) "/" "[Gmail]"
S: * LIST (\All \HasNoChildren) "/" "[Gmail]/All Mail"
S: {{b}} OK Success
S: {{l}} OK Success
C: {{c}} SELECT "INBOX"
S: * 1 EXISTS
S: * OK [UIDVALIDITY 7] x
S: * OK [UIDNEXT 5] x
S: {{c}} OK [READ-WRITE] INBOX selected. (Success)
C: {{d}} UID SEARCH ALL
S: * SEARCH 4
S: {{d}} OK Success
C: {{e}} UID FETCH 4 (*X-GM-MSGID X-GM-THRID X-GM-LABELS)
S: * 1 FETCH (X-GM-THRID 12 X-GM-MSGID 1278455344230334865 X-GM-LABELS ("\\Inbox" "Work" "&ZeVnLIqe-") UID 4 RFC822.SIZE 300 INTERNALDATE "01-Jan-2020 10:00:00 +0000" FLAGS () BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 5 1 NIL NIL NIL) BODY[HEADER] {{{length}}}
S- {escaped}
S: )
S: {{e}} OK Success
C: {{f}} SELECT "[Gmail]/All Mail"
S: * 1 EXISTS
S: * OK [UIDVALIDITY 9] x
S: * OK [UIDNEXT 12] x
S: {{f}} OK [READ-WRITE] selected. (Success)
C: {{g}} UID SEARCH ALL
S: * SEARCH 11
S: {{g}} OK Success
C: {{h}} UID FETCH 11 (UID FLAGS X-GM-MSGID)
S: * 1 FETCH (X-GM-MSGID 1278455344230334865 UID 11 FLAGS (\Flagged))
S: {{h}} OK Success
!drain
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_with_two_labels_is_stored_once() {
    let port = serve(vec![script(&[&server()]), watcher()]).await;
    let long = Duration::from_hours(1);
    let slow = Tuning { poll: long, retry_first: long, retry_last: long, ..tuning() };
    // Bytes are none of this test's business: messages this old stay on the server.
    let account = posthorn_store::account::AccountSettings { keep_days: 1, ..settings(port) };
    let rig = Rig::start_as(account, slow, |_| {}).await;
    rig.settled().await;
    assert_eq!(rig.sync.status(rig.account).unwrap().state, State::UpToDate);
    let inbox = rig.role(MailboxRole::Inbox).await;
    let all = rig.role(MailboxRole::All).await;
    let here = rig.messages(inbox.id).await;
    assert_eq!(
        (here.len(), &here),
        (1, &rig.messages(all.id).await),
        "one message, two placements"
    );
    let id = here[0];
    let message = rig.read(move |tx| message::get(tx, id)).await;
    assert_eq!(message.head.subject, "labelled");
    assert_eq!(message.head.server_id.as_deref(), Some("1278455344230334865"));
    assert_eq!((inbox.unread, all.unread), (1, 1));
    rig.sync.shutdown().await;
}

/// Where messages are here: each with its folders, sorted.
async fn shown(rig: &Rig) -> Vec<(String, Vec<String>)> {
    let account = rig.account;
    let read = rig.read(move |tx| {
        let mut all: BTreeMap<_, (String, Vec<String>)> = BTreeMap::new();
        for folder in mailbox::list(tx, account)? {
            for id in placement::messages(tx, folder.id)? {
                let subject = message::get(tx, id)?.head.subject;
                all.entry(id).or_insert_with(|| (subject, Vec::new())).1.push(folder.path.clone());
            }
        }
        Ok(all.into_values().collect::<Vec<_>>())
    });
    let mut all = read.await;
    for (_, folders) in &mut all {
        folders.sort();
    }
    all.sort();
    all
}

/// Looks for mail and waits until it is as wanted.
async fn comes_to(rig: &Rig, what: &str, wanted: &[(&str, &[&str])]) {
    let wanted: Vec<(String, Vec<String>)> = wanted
        .iter()
        .map(|(subject, folders)| {
            ((*subject).to_owned(), folders.iter().map(|name| (*name).to_owned()).collect())
        })
        .collect();
    rig.sync.check_now(Some(rig.account));
    rig.settled().await;
    assert_eq!(shown(rig).await, wanted, "{what}");
}

async fn archive(rig: &Rig, subject: &str) -> Vec<OperationId> {
    let (inbox, all) = (rig.role(MailboxRole::Inbox).await.id, rig.role(MailboxRole::All).await.id);
    let mut targets = Vec::new();
    for id in rig.messages(inbox).await {
        let found = rig.read(move |tx| message::get(tx, id)).await;
        targets.extend((found.head.subject == subject).then_some((inbox, id)));
    }
    assert_eq!(targets.len(), 1, "{subject}");
    let ids = rig.act(Action::Move { to: all }, targets).await;
    rig.sync.operations_changed(rig.account);
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_are_places_of_one_message() {
    let gmail = Gmail::start().await;
    gmail.add(1, &["INBOX", "Work"]);
    gmail.add(2, &["Work"]);
    let rig = Rig::start(gmail.port).await;
    rig.settled().await;
    let (one, two) = ("number 1", "number 2");
    comes_to(&rig, "at first", &[(one, &["INBOX", "Work", ALL]), (two, &["Work", ALL])]).await;
    let fetches = |item: &str| {
        let asked = gmail.said(item);
        asked.iter().map(|line| line.split(' ').nth(2).unwrap_or_default().to_owned()).collect()
    };
    let heads: Vec<String> = fetches("BODY.PEEK[HEADER]");
    let bodies: Vec<String> = fetches("BODY.PEEK[])");
    assert_eq!((heads.len(), bodies.len()), (2, 2), "each once: {heads:?} {bodies:?}");

    gmail.unlabel(1, "Work");
    comes_to(&rig, "a label goes", &[(one, &["INBOX", ALL]), (two, &["Work", ALL])]).await;
    gmail.label(2, "INBOX");
    comes_to(&rig, "a label comes", &[(one, &["INBOX", ALL]), (two, &["INBOX", "Work", ALL])])
        .await;
    gmail.unlabel(2, "Work");
    comes_to(&rig, "and goes", &[(one, &["INBOX", ALL]), (two, &["INBOX", ALL])]).await;
    let account = rig.account;
    let gone = rig.read(move |tx| removed::list(tx, account)).await;
    assert!(gone.is_empty(), "what lost a label was not removed: {gone:?}");

    let archived = archive(&rig, one).await;
    rig.settled().await;
    assert_eq!(gmail.places(1), [ALL], "archived: no label, and still there");
    comes_to(&rig, "archived", &[(one, &[ALL]), (two, &["INBOX", ALL])]).await;
    rig.store.write(move |tx| operation::undo(tx, &archived)).await.unwrap();
    assert_eq!(shown(&rig).await.first().unwrap().1, ["INBOX", ALL], "undone: at once, in both");
    rig.sync.operations_changed(rig.account);
    rig.settled().await;
    assert_eq!(gmail.places(1), ["INBOX", ALL]);
    comes_to(&rig, "undone", &[(one, &["INBOX", ALL]), (two, &["INBOX", ALL])]).await;

    // Out of All Mail by hand: the message gets a label and stays in sight where it was.
    let (all, work) = (rig.role(MailboxRole::All).await.id, rig.mailbox("Work").await.id);
    let mut by_hand = Vec::new();
    for id in rig.messages(all).await {
        let found = rig.read(move |tx| message::get(tx, id)).await;
        by_hand.extend((found.head.subject == two).then_some((all, id)));
    }
    let moved = rig.act(Action::Move { to: work }, by_hand).await;
    assert_eq!(shown(&rig).await.get(1).unwrap().1, ["INBOX", "Work", ALL], "at once, in all");
    rig.sync.operations_changed(rig.account);
    rig.settled().await;
    assert_eq!(gmail.places(2), ["INBOX", "Work", ALL]);
    assert_eq!(shown(&rig).await.get(1).unwrap().1, ["INBOX", "Work", ALL], "when it is done");
    rig.store.write(move |tx| operation::undo(tx, &moved)).await.unwrap();
    rig.sync.operations_changed(rig.account);
    rig.settled().await;
    assert_eq!(gmail.places(2), ["INBOX", ALL]);
    comes_to(&rig, "taken back", &[(one, &["INBOX", ALL]), (two, &["INBOX", ALL])]).await;

    let trash = rig.role(MailboxRole::Trash).await.id;
    let inbox = rig.role(MailboxRole::Inbox).await.id;
    let all: Vec<_> = rig.messages(inbox).await.into_iter().map(|id| (inbox, id)).collect();
    rig.act(Action::Move { to: trash }, all).await;
    rig.sync.operations_changed(rig.account);
    rig.settled().await;
    assert_eq!((gmail.places(1), gmail.places(2)), (vec![TRASH], vec![TRASH]));
    comes_to(&rig, "thrown away", &[(one, &[TRASH]), (two, &[TRASH])]).await;

    let bodies: Vec<String> = fetches("BODY.PEEK[])");
    assert_eq!(bodies.len(), 2, "no bytes came twice: {bodies:?}");
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_with_three_labels_come_once() {
    const COUNT: u64 = 300;
    let gmail = Gmail::start().await;
    for number in 1..=COUNT {
        gmail.add(number, &["INBOX", "Work"]);
    }
    let rig = Rig::start(gmail.port).await;
    rig.settled().await;
    let all = shown(&rig).await;
    assert_eq!(all.len() as u64, COUNT);
    assert!(all.iter().all(|(_, folders)| *folders == ["INBOX", "Work", ALL]));
    let asked = |item: &str| -> u64 {
        gmail.said(item).iter().map(|line| uids(line.split(' ').nth(2).unwrap())).sum()
    };
    assert_eq!(asked("BODY.PEEK[])"), COUNT, "bytes of each once");
    assert_eq!(asked("BODY.PEEK[HEADER]"), COUNT, "the head of each once");
    rig.sync.shutdown().await;
}

/// How many uids a set names.
fn uids(set: &str) -> u64 {
    let length = |range: &str| {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        last.parse::<u64>().unwrap() - first.parse::<u64>().unwrap() + 1
    };
    set.split(',').map(length).sum()
}
