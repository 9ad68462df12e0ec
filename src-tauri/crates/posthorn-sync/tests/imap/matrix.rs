//! A small life of an account on a bare IMAP4rev1 server, and on one that lacks a single capability: everything works,
//! only slower.

use std::time::Duration;

use posthorn_imap::{MailboxName, Options, Search, SelectMode, Session, StoreMode, UidSet};
use posthorn_model::{Flags, MailboxRole, Uid};
use posthorn_store::account::AccountSettings;
use posthorn_store::operation::{Action, Flag, Switch};
use posthorn_store::{message, placement};
use posthorn_sync::Tuning;
use posthorn_testkit::{Dovecot, DovecotOptions, PASSWORD};
use tokio::net::TcpStream;

use crate::rig::{Rig, mail, settings, tuning};

/// What Dovecot 2.3 offers that we use, with the plugins that are loaded below.
const ALL: &str = "SASL-IR ID ENABLE IDLE NAMESPACE UNSELECT UIDPLUS LIST-EXTENDED LIST-STATUS SPECIAL-USE CONDSTORE \
    QRESYNC ESEARCH BINARY MOVE PREVIEW STATUS=SIZE LITERAL+ NOTIFY COMPRESS=DEFLATE QUOTA ACL";
/// Journeys side by side: what two processors keep busy.
const SIDE_BY_SIDE: usize = 6;

/// One address of the server, one user, and what is offered there.
struct Case {
    label: String,
    address: String,
    user: String,
    capability: String,
}

fn cases() -> Vec<Case> {
    let all: Vec<&str> = ALL.split_ascii_whitespace().collect();
    let mut offers =
        vec![("nothing".to_owned(), String::new()), ("everything".to_owned(), ALL.to_owned())];
    for missing in &all {
        let rest: Vec<&str> = all.iter().copied().filter(|word| word != missing).collect();
        offers.push((format!("all but {missing}"), rest.join(" ")));
    }
    // What LITERAL+ lacks, LITERAL- has.
    offers.push(("LITERAL-".to_owned(), ALL.replace("LITERAL+", "LITERAL-")));
    let case = |(at, (label, words)): (usize, (String, String))| Case {
        label,
        address: format!("127.0.0.{}", at + 2),
        user: format!("user{at}"),
        capability: format!("IMAP4rev1 {words}"),
    };
    offers.into_iter().enumerate().map(case).collect()
}

/// One Dovecot with an address for each case.
fn server(cases: &[Case]) -> Dovecot {
    let addresses: Vec<&str> = cases.iter().map(|case| case.address.as_str()).collect();
    let mut extra = format!(
        "listen = 127.0.0.1, {}\n\
         plugin {{\n quota = count:User quota\n quota_vsizes = yes\n quota_rule = *:storage=100M\n acl = vfile\n}}\n",
        addresses.join(", ")
    );
    for case in cases {
        let words = &case.capability;
        extra.extend(["local ", &case.address, " {\n imap_capability = ", words, "\n}\n"]);
    }
    let words = |list: &str| list.split(' ').map(str::to_owned).collect();
    Dovecot::start(DovecotOptions {
        mail_plugins: words("quota acl zlib"),
        imap_plugins: words("imap_quota imap_acl imap_zlib"),
        extra,
        ..DovecotOptions::default()
    })
    .unwrap()
}

fn account(case: &Case, port: u16) -> AccountSettings {
    let mut account = settings(port);
    account.incoming.server.host.clone_from(&case.address);
    account.incoming.user.clone_from(&case.user);
    account
}

async fn other(case: &Case, port: u16) -> Session<TcpStream> {
    let stream = TcpStream::connect((case.address.as_str(), port)).await.unwrap();
    let mut session = Session::open(stream, &Options::default()).await.unwrap();
    session.login(&case.user, PASSWORD).await.unwrap();
    session.compress().await.unwrap();
    session.select(&MailboxName::inbox(), SelectMode::Plain).await.unwrap();
    session
}

async fn journey(case: Case, port: u16) {
    let label = case.label.as_str();
    let quick = Tuning { round: Duration::from_millis(300), ..tuning() };
    let rig = Rig::start_as(account(&case, port), quick, |_| {}).await;
    rig.settled().await;
    let inbox = rig.role(MailboxRole::Inbox).await;
    let work = rig.mailbox("Work").await.id;
    assert_eq!(
        (inbox.total, rig.messages(work).await.len()),
        (6, 2),
        "{label}: first synchronisation"
    );
    let inbox = inbox.id;

    let mut other = other(&case, port).await;
    let bytes = b"From: bob@posthorn.test\r\nSubject: appended\r\nMessage-ID: <appended@posthorn.test>\r\n\r\nHello\r\n";
    let flags = Flags::from_names(["\\Flagged"]);
    other
        .append(&MailboxName::inbox(), &flags, None, bytes.len() as u64, &mut &bytes[..])
        .await
        .unwrap();
    rig.until(&format!("{label}: what was appended"), || async {
        rig.subjects("INBOX").await.contains(&"appended".to_owned())
    })
    .await;

    other.noop().await.unwrap();
    let seen = Flags::from_names(["\\Seen"]);
    other.store(&UidSet::from(Uid(1)), StoreMode::Add, &seen, None).await.unwrap();
    rig.until(&format!("{label}: a flag made elsewhere"), || async {
        let row = rig.read(move |tx| placement::by_uid(tx, inbox, Uid(1))).await;
        row.is_some_and(|row| row.flags.seen)
    })
    .await;

    let mut all = rig.messages(inbox).await.into_iter();
    let mut next = || all.next().unwrap();
    let (newest, one, two, three) = (next(), next(), next(), next());
    rig.act(Action::SetFlag { flag: Flag::Answered, to: Switch::On }, vec![(inbox, one)]).await;
    rig.act(Action::Move { to: work }, vec![(inbox, two)]).await;
    rig.act(Action::Delete, vec![(inbox, three)]).await;
    rig.settled().await;
    other.noop().await.unwrap();
    assert_eq!(other.search(&Search::All).await.unwrap().len(), 5, "{label}: moved and deleted");
    assert_eq!(other.search(&Search::Deleted).await.unwrap().len(), 0, "{label}");
    let mut answered = 0;
    let uids = other.search(&Search::All).await.unwrap();
    let mut fetching = other.fetch_flags(&uids, None).await.unwrap();
    while let Some(fetched) = fetching.next().await.unwrap() {
        answered += usize::from(fetched.flags.is_some_and(|flags| flags.answered));
    }
    assert_eq!(answered, 1, "{label}: our own flag");
    other.select(&MailboxName::from_display("Work"), SelectMode::Plain).await.unwrap();
    assert_eq!(
        other.search(&Search::All).await.unwrap().len(),
        3,
        "{label}: what was moved arrived"
    );

    rig.until(&format!("{label}: both sides agree"), || async {
        rig.messages(inbox).await.len() == 5 && rig.messages(work).await.len() == 3
    })
    .await;
    rig.settled().await;
    let read = rig.read(move |tx| message::get(tx, newest)).await;
    assert!(matches!(read.body, message::BodyState::Whole(_)), "{label}: bodies come");
    let facts = rig.sync.folder_facts(inbox).await.unwrap();
    assert_eq!(facts.messages, Some(5), "{label}");
    assert_eq!(facts.size.is_some(), case.capability.contains("STATUS=SIZE"), "{label}");
    assert_eq!(facts.quotas.len(), usize::from(case.capability.contains("QUOTA")), "{label}");
    assert_eq!(facts.rights.is_some(), case.capability.contains("ACL"), "{label}");
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_may_lack_anything() {
    let cases = cases();
    let server = server(&cases);
    let port = server.imap_port();
    for case in &cases {
        let mails: Vec<_> = (0..6).map(mail).collect();
        server.mailbox(&case.user, "INBOX").fill(&mails).unwrap();
        server.mailbox(&case.user, "Work").fill(&[mail(10), mail(11)]).unwrap();
    }
    let mut waiting = cases.into_iter();
    let mut running = tokio::task::JoinSet::new();
    loop {
        while running.len() < SIDE_BY_SIDE
            && let Some(case) = waiting.next()
        {
            running.spawn(journey(case, port));
        }
        match running.join_next().await {
            Some(ended) => ended.unwrap(),
            None => break,
        }
    }
}
