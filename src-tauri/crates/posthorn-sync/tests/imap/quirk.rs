//! Providers as they are, from what others saw of them (docs/PROVIDER_QUIRKS.md): each keeps its mail and its state.

use std::time::Duration;

use posthorn_model::{MailboxRole, ModSeq};
use posthorn_store::mailbox;
use posthorn_sync::{State, Tuning};
use posthorn_testkit::Script;

use crate::lie::{fill, kept, script, serve, watcher};
use crate::rig::{Rig, settings, tuning};

const LIST: &str = "C: {b} LIST *\nC: {l} LSUB *\nS: * LIST () \"/\" INBOX\nS: {b} OK\nS: {l} OK\n";
/// INBOX as the store knows it.
const KNOWN: &str =
    "S: * 30 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 31] x\nS: {c} OK x\n";
const FLAGS: &str = "C: {d} UID FETCH 1:30 *\nS: {d} OK\n";

fn hello(capabilities: &str) -> String {
    format!(
        "S: * OK [CAPABILITY IMAP4rev1] hello\nC: {{a}} LOGIN *\nS: {{a}} OK [CAPABILITY IMAP4rev1 {capabilities}] in\n"
    )
}

/// A store that knows thirty messages of INBOX, and servers for its connections.
async fn start(scripts: Vec<Script>, with_modseqs: bool) -> Rig {
    let port = serve(scripts).await;
    let long = Duration::from_hours(1);
    let slow =
        Tuning { poll: long, retry_first: Duration::from_secs(30), retry_last: long, ..tuning() };
    let account = posthorn_store::account::AccountSettings { keep_days: 1, ..settings(port) };
    Rig::start_as(account, slow, move |tx| {
        fill(tx);
        if with_modseqs {
            let account = posthorn_store::account::list(tx).unwrap().first().unwrap().id;
            let inbox = mailbox::by_role(tx, account, MailboxRole::Inbox).unwrap().unwrap();
            let mut sync = inbox.sync;
            sync.highest_modseq = Some(ModSeq(50));
            mailbox::set_sync(tx, inbox.id, &sync).unwrap();
        }
    })
    .await
}

async fn up_to_date(scripts: &[&str], with_modseqs: bool) -> Rig {
    let rig = start(vec![script(scripts), watcher()], with_modseqs).await;
    rig.settled().await;
    assert_eq!(rig.sync.status(rig.account).unwrap().state, State::UpToDate, "{scripts:#?}");
    rig
}

#[tokio::test(flavor = "multi_thread")]
async fn netease_reads_to_nobody_who_has_not_said_who_he_is() {
    let id =
        "C: {i} ID (\"name\" \"Posthorn\" \"version\" *\nS: * ID NIL\nS: {i} OK ID completed\n";
    let refused = "C: {r} SELECT \"INBOX\"\nS: {r} NO SELECT Unsafe Login. Please contact kefu@188.com for help\n";
    let again = id.replace("{i}", "{j}");
    let select = format!("C: {{c}} SELECT \"INBOX\"\n{KNOWN}");
    for (word, script) in [
        ("ID", vec![id, LIST, &select, FLAGS, "!drain\n"]),
        ("X-CM-EXT-1", vec![id, LIST, refused, &again, &select, FLAGS, "!drain\n"]),
    ] {
        let hello = hello(&format!("XLIST UIDPLUS {word}"));
        let rig = up_to_date(&[&[hello.as_str()], &script[..]].concat(), false).await;
        assert_eq!(kept(&rig).await, 30);
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tencent_knows_only_the_old_way_in() {
    let hello = "S: * OK [CAPABILITY IMAP4 IMAP4rev1 IDLE XAPPLEPUSHSERVICE ID UIDPLUS AUTH=LOGIN NAMESPACE] QQMail IMAP4Server ready\n\
        C: {a} LOGIN \"anna\" *\nS: {a} OK Success login ok\n\
        C: {q} CAPABILITY\nS: * CAPABILITY IMAP4 IMAP4rev1 UIDPLUS\nS: {q} OK CAPABILITY Completed\n";
    let select = format!("C: {{c}} SELECT \"INBOX\"\n{KNOWN}");
    let rig = up_to_date(&[hello, LIST, &select, FLAGS, "!drain\n"], false).await;
    assert_eq!(kept(&rig).await, 30);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_know_its_own_extension_is_asked_plainly() {
    // Cyrus 2.4.11: "Invalid QRESYNC parameter list in Select".
    let enable = "C: {e} ENABLE QRESYNC\nS: * ENABLED QRESYNC\nS: {e} OK\n";
    let status = "C: {s} STATUS \"INBOX\" *\nS: * STATUS INBOX (MESSAGES 30 UIDNEXT 31 UIDVALIDITY 7 HIGHESTMODSEQ 60)\nS: {s} OK\n";
    let refused =
        "C: {r} SELECT \"INBOX\" (QRESYNC *\nS: {r} BAD Invalid QRESYNC parameter list in Select\n";
    let select =
        format!("C: {{c}} SELECT \"INBOX\" (CONDSTORE)\nS: * OK [HIGHESTMODSEQ 60] x\n{KNOWN}");
    let since = "C: {d} UID FETCH 1:30 (UID FLAGS MODSEQ) (CHANGEDSINCE 50*\nS: * 3 FETCH (UID 3 FLAGS (\\Flagged) MODSEQ (60))\nS: {d} OK\n";
    let hello = hello("ENABLE CONDSTORE QRESYNC UIDPLUS");
    let rig =
        up_to_date(&[&hello, enable, LIST, status, refused, &select, since, "!drain\n"], true)
            .await;
    let inbox = rig.role(MailboxRole::Inbox).await.id;
    let row = rig
        .read(move |tx| posthorn_store::placement::by_uid(tx, inbox, posthorn_model::Uid(3)))
        .await;
    assert!(row.unwrap().flags.flagged);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_was_restored_is_compared_from_the_start() {
    let status = "C: {s} STATUS \"INBOX\" *\nS: * STATUS INBOX (MESSAGES 30 UIDNEXT 31 UIDVALIDITY 7 HIGHESTMODSEQ 9)\nS: {s} OK\n";
    let select =
        format!("C: {{c}} SELECT \"INBOX\" (CONDSTORE)\nS: * OK [HIGHESTMODSEQ 9] x\n{KNOWN}");
    let all = "C: {d} UID FETCH 1:30 (UID FLAGS INTERNALDATE RFC822.SIZE MODSEQ)\nS: * 3 FETCH (UID 3 FLAGS (\\Seen) RFC822.SIZE 0 MODSEQ (9))\nS: {d} OK\n";
    let uids: Vec<String> = (1..=30).map(|uid: u32| uid.to_string()).collect();
    let search = format!("C: {{f}} UID SEARCH ALL\nS: * SEARCH {}\nS: {{f}} OK\n", uids.join(" "));
    let hello = hello("CONDSTORE UIDPLUS");
    let rig = up_to_date(&[&hello, LIST, status, &select, all, &search, "!drain\n"], true).await;
    assert_eq!(kept(&rig).await, 30);
    let inbox = rig.role(MailboxRole::Inbox).await;
    assert_eq!(inbox.sync.highest_modseq, Some(ModSeq(9)));
    rig.sync.shutdown().await;
}

/// Heads of a few messages that arrived, and one that the server does not give (Yahoo: "Server error").
#[tokio::test(flavor = "multi_thread")]
async fn one_message_that_yahoo_cannot_give_keeps_no_other_back() {
    let head = |uid: u32| {
        let header = format!("Subject: number {uid}\\r\\nMessage-ID: <y{uid}@x>\\r\\n\\r\\n");
        let length = header.replace("\\r\\n", "\r\n").len();
        // Exchange on premises: no encoding, spaces between addresses; neither may cost a message.
        let structure = r#"("message" "rfc822" NIL NIL NIL NIL 10 ("d" "s" (("u" NIL "u" "d") ("v" NIL "v" "d")) NIL NIL NIL NIL NIL NIL "<i>") ("text" "plain" NIL NIL NIL NIL 5 1) 3)"#;
        format!(
            "S: * {uid} FETCH (UID {uid} FLAGS () RFC822.SIZE 99 INTERNALDATE \"01-Jan-2020 10:00:00 +0000\" BODYSTRUCTURE {structure} BODY[HEADER] {{{length}}}\nS- {header}\nS: )\n"
        )
    };
    let no = "NO [SERVERBUG-NOT] UID FETCH Server error while fetching messages";
    let select = "C: {c} SELECT \"INBOX\"\nS: * 33 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 34] x\nS: {c} OK\n";
    let script_text = [
        hello("UIDPLUS"),
        LIST.to_owned(),
        select.to_owned(),
        FLAGS.to_owned(),
        format!("C: {{e}} UID FETCH 31:33 *\nS: {{e}} {no}\n"),
        format!("C: {{f}} UID FETCH 33 *\n{}S: {{f}} OK\n", head(33)),
        format!("C: {{g}} UID FETCH 31:32 *\nS: {{g}} {no}\n"),
        format!("C: {{h}} UID FETCH 32 *\nS: {{h}} {no}\n"),
        format!("C: {{k}} UID FETCH 31 *\n{}S: {{k}} OK\n", head(31)),
        format!(
            "C: {{m}} UID SEARCH ALL\nS: * SEARCH {}\nS: {{m}} OK\n",
            (1..=33).map(|uid: u32| uid.to_string()).collect::<Vec<_>>().join(" ")
        ),
        // Asked for with less and less, and then left alone.
        format!("C: {{n}} UID FETCH 32 (UID FLAGS INTERNALDATE RFC822.SIZE BODY*\nS: {{n}} {no}\n"),
        format!(
            "C: {{o}} UID FETCH 32 (UID FLAGS INTERNALDATE RFC822.SIZE)\nS: {{o}} {no}\n!drain\n"
        ),
    ]
    .concat();
    let rig = up_to_date(&[&script_text], false).await;
    assert_eq!(kept(&rig).await, 32);
    let inbox = rig.role(MailboxRole::Inbox).await.id;
    let left = rig.read(move |tx| posthorn_store::ledger::quarantined(tx, inbox)).await;
    assert_eq!(left.iter().map(|one| one.uid.0).collect::<Vec<_>>(), [32], "it is named");
    rig.sync.shutdown().await;
}

async fn waits(scripts: &[&str]) -> Rig {
    let rig = start(vec![script(scripts), watcher()], false).await;
    rig.until("it waits", || async {
        rig.sync.status(rig.account).unwrap().state == State::Waiting
    })
    .await;
    assert_eq!(kept(&rig).await, 30);
    rig
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowded_server_does_not_ask_for_another_password() {
    let hello = "S: * OK [CAPABILITY IMAP4rev1] hello\nC: {a} LOGIN *\n\
        S: {a} NO [AUTHENTICATIONFAILED] Authentication failed: authentication failure (Too many simultaneous connections.)\n!drain\n";
    waits(&[hello]).await.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exchange_online_is_left_alone_for_as_long_as_it_asks() {
    let throttled = "C: {c} SELECT *\nS: {c} BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds\n!drain\n";
    let rig = waits(&[&hello("UIDPLUS"), LIST, throttled]).await;
    let status = rig.sync.status(rig.account).unwrap();
    let wait = status.next_try.unwrap().0 - status.since.0;
    assert!(wait >= 299_961, "{status:?}");
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exchange_online_signs_in_to_a_mailbox_that_is_not_there() {
    let unconnected = "C: {b} LIST *\nC: {l} LSUB *\nS: {b} BAD User is authenticated but not connected.\nS: {l} BAD User is authenticated but not connected.\n!drain\n";
    waits(&[&hello("UIDPLUS"), unconnected]).await.sync.shutdown().await;
}
