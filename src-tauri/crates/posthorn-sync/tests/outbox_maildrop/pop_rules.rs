//! Rules before download on a real server: each does what it says and no more, a dry run says the same and does nothing,
//! and what a rule deleted can be read afterwards.

use std::collections::BTreeMap;

use posthorn_model::{MailboxRole, Protocol, Timestamp};
use posthorn_store::account::{self, AccountSettings, PopPolicy};
use posthorn_store::maildrop::{self, DropState, Rule, RuleAction as A, RuleCondition as C, Ruled};
use posthorn_store::message::BodyState;
use posthorn_sync::{BrowseState, Deed, Hindrance};
use posthorn_testkit::{Dovecot, DovecotOptions, Mail, Proxy, maildir::Delivery};

use crate::rig::{PATIENCE, Rig, mail_bytes, serve, settings, tuning};

fn letter(from: &str, subject: &str, kilobytes: usize, at: Timestamp) -> Delivery {
    let text = "Nothing but text, line after line, to fill the room.\r\n".repeat(kilobytes * 19);
    let bytes = Mail::new()
        .from(from)
        .to("anna@posthorn.test")
        .subject(subject)
        .message_id(&format!("{}@posthorn.test", subject.replace(' ', "-")))
        .date(at)
        .text(&text)
        .build();
    Delivery::new(bytes).received(at)
}

fn rule(condition: C, action: A) -> Rule {
    Rule { is_on: true, condition, action }
}

fn from(whom: &str, action: A) -> Rule {
    rule(C::From(whom.to_owned()), action)
}

/// One of each kind, the oldest first; now is when the test runs.
fn maildrop_of_all_kinds() -> Vec<Delivery> {
    let now = posthorn_model::Clock::now(&posthorn_model::SystemClock);
    let old = now.plus_ms(-400 * 86_400_000);
    vec![
        letter("Old <old@else.example>", "long ago", 1, old),
        letter("Shop <news@bulk.example>", "offer one", 1, now),
        letter("Shop <news@mail.bulk.example>", "Your Invoice 7", 1, now),
        letter("Bob <bob@posthorn.test>", "holiday pictures", 90, now),
        letter("Bob <bob@posthorn.test>", "minutes for later", 1, now),
        letter("Bob <bob@posthorn.test>", "hello", 1, now),
    ]
}

fn all_kinds() -> Vec<Rule> {
    vec![
        Rule { is_on: false, ..from("posthorn.test", A::Delete) },
        rule(C::SubjectContains("invoice".to_owned()), A::Download),
        from("bulk.example", A::Delete),
        rule(C::LargerThan(50_000), A::HeadOnly),
        rule(C::SubjectContains("FOR LATER".to_owned()), A::Skip),
        rule(C::OlderThan(365), A::Skip),
    ]
}

/// An engine that does not look before the rules are there.
async fn rig(port: u16, policy: PopPolicy, rules: Vec<Rule>) -> Rig {
    let account = AccountSettings { pop_policy: policy, ..settings(Protocol::Pop3, port, 1) };
    let rig = Rig::start_with(account, tuning(), true).await;
    put(&rig, rules).await;
    rig.sync.set_offline(false);
    rig
}

async fn put(rig: &Rig, rules: Vec<Rule>) {
    let id = rig.account;
    rig.write(move |tx| maildrop::set_rules(tx, id, &rules)).await;
}

async fn ruled(rig: &Rig) -> Ruled {
    let id = rig.account;
    rig.read(move |tx| maildrop::ruled_out(tx, id, 100)).await
}

fn commands(proxy: &Proxy, verb: &str) -> usize {
    proxy.said().iter().filter(|(_, line)| line.starts_with(verb)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rule_does_what_it_says_and_what_it_deleted_is_named() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let inbox = server.mailbox("anna", "INBOX");
    inbox.fill(&maildrop_of_all_kinds()).unwrap();
    let proxy = Proxy::start(server.pop3_port()).await.unwrap();
    let rig = rig(proxy.port(), PopPolicy::Leave, all_kinds()).await;
    rig.check().await;
    let here = rig.messages(MailboxRole::Inbox).await;
    let whole: BTreeMap<&str, bool> = here
        .iter()
        .map(|one| (one.head.subject.as_str(), matches!(one.body, BodyState::Whole(_))))
        .collect();
    let expected = [("Your Invoice 7", true), ("hello", true), ("holiday pictures", false)].into();
    assert_eq!(whole, expected);
    assert_eq!(inbox.count().unwrap(), 5, "one was deleted, all else stays");
    let deleted = ruled(&rig).await;
    assert_eq!(deleted.count, 1);
    let one = deleted.newest.first().unwrap();
    assert_eq!((one.subject.as_str(), one.from.email.as_str()), ("offer one", "news@bulk.example"));
    assert_eq!(one.rule, from("bulk.example", A::Delete));
    assert!(one.removed_at.is_some() && deleted.bytes == one.size);
    // What was left there is not asked for again, and comes once no rule holds it back.
    proxy.forget_said();
    rig.check().await;
    assert_eq!((commands(&proxy, "TOP"), commands(&proxy, "RETR")), (0, 0));
    put(&rig, Vec::new()).await;
    rig.check().await;
    assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 5);
    assert_eq!((inbox.count().unwrap(), ruled(&rig).await.count), (5, 1));
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_about_the_size_alone_ask_for_no_head() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&maildrop_of_all_kinds()).unwrap();
    let proxy = Proxy::start(server.pop3_port()).await.unwrap();
    let skip = vec![rule(C::LargerThan(50_000), A::Skip)];
    let rig = rig(proxy.port(), PopPolicy::Leave, skip).await;
    rig.check().await;
    assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 5);
    assert_eq!((commands(&proxy, "TOP"), commands(&proxy, "RETR")), (0, 5));
    // What is to be deleted is looked at all the same: it is named afterwards.
    put(&rig, vec![rule(C::LargerThan(50_000), A::Delete)]).await;
    rig.check().await;
    assert_eq!((commands(&proxy, "TOP"), commands(&proxy, "DELE")), (1, 1));
    let deleted = ruled(&rig).await;
    assert_eq!(deleted.newest.first().unwrap().subject, "holiday pictures");
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted_under_a_lock_or_against_a_wish() {
    for policy in [PopPolicy::Never, PopPolicy::Leave] {
        let server = Dovecot::start(DovecotOptions::default()).unwrap();
        let inbox = server.mailbox("anna", "INBOX");
        inbox.fill(&maildrop_of_all_kinds()).unwrap();
        let hold = vec![rule(C::SmallerThan(u64::MAX >> 1), A::Skip)];
        let rig = rig(server.pop3_port(), policy, hold).await;
        rig.check().await;
        assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 0);
        let id = rig.account;
        if policy == PopPolicy::Leave {
            rig.write(move |tx| {
                let listed: Vec<_> =
                    maildrop::list(tx, id)?.into_iter().map(|row| (row.uidl, row.size)).collect();
                maildrop::set_kept(tx, id, &listed, true)
            })
            .await;
        }
        put(&rig, vec![rule(C::LargerThan(1), A::Delete)]).await;
        rig.check().await;
        assert_eq!(inbox.count().unwrap(), 6, "{policy:?}");
        assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), 6, "it comes instead: {policy:?}");
        assert_eq!(ruled(&rig).await, Ruled::default());
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_was_not_confirmed_is_decided_anew() {
    let bulk = || vec![from("bulk.example", A::Delete)];
    for (rules_then, stays) in [(bulk(), 4), (Vec::new(), 6)] {
        let server = Dovecot::start(DovecotOptions::default()).unwrap();
        let inbox = server.mailbox("anna", "INBOX");
        inbox.fill(&maildrop_of_all_kinds()).unwrap();
        let rig =
            rig(server.pop3_port(), PopPolicy::Leave, vec![from("bulk.example", A::Skip)]).await;
        rig.check().await;
        rig.sync.set_offline(true);
        let id = rig.account;
        // The program stopped after the marks were written and before the server heard of them.
        rig.write(move |tx| {
            let mut left = maildrop::left_there(tx, id)?;
            for one in &mut left {
                one.rule.action = A::Delete;
            }
            maildrop::note_rulings(tx, id, &left)
        })
        .await;
        let marked = async || {
            let rows = rig.read(move |tx| maildrop::list(tx, id)).await;
            rows.iter().filter(|row| row.state == DropState::Marked).count()
        };
        assert_eq!((marked().await, inbox.count().unwrap()), (2, 6));
        let waiting = ruled(&rig).await;
        assert!(waiting.count == 0 && waiting.newest.iter().all(|one| one.removed_at.is_none()));
        assert_eq!(waiting.newest.len(), 2);
        put(&rig, rules_then).await;
        rig.sync.set_offline(false);
        rig.check().await;
        assert_eq!(inbox.count().unwrap(), stays);
        assert_eq!(rig.messages(MailboxRole::Inbox).await.len(), stays);
        assert_eq!((marked().await, ruled(&rig).await.count as usize), (0, 6 - stays));
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_top_only_rules_about_the_size_hold_and_no_doubtful_deletion() {
    const LOGIN: &str = "S: +OK hello\nC: CAPA\nS: -ERR what\nC: USER *\nS: +OK\nC: PASS *\nS: +OK\n\
        C: CAPA\nS: -ERR what\n";
    let bytes = mail_bytes(1);
    let mut lines = String::new();
    let text = String::from_utf8(bytes.clone()).unwrap();
    for line in text.strip_suffix("\r\n").unwrap_or(&text).split("\r\n") {
        let dot = if line.starts_with('.') { "." } else { "" };
        lines.push_str(&format!("S: {dot}{line}\n"));
    }
    let size = bytes.len();
    let script = format!(
        "{LOGIN}C: STAT\nS: +OK 2 99999\nC: LIST\nS: +OK\nS: 1 {size}\nS: 2 90000\nS: .\n\
         C: UIDL\nS: +OK\nS: 1 one\nS: 2 two\nS: .\n\
         C: TOP 1 0\nS: -ERR what\n\
         C: RETR 1\nS: +OK\n{lines}S: .\nC: QUIT\nS: +OK bye\n"
    );
    let port = serve(&[script]).await;
    let rules = vec![
        rule(C::LargerThan(50_000), A::Skip),
        from("bob@posthorn.test", A::Skip),
        rule(C::LargerThan(1), A::Delete),
    ];
    let rig = rig(port, PopPolicy::Leave, rules).await;
    rig.check().await;
    assert_eq!(rig.subjects(MailboxRole::Inbox).await, ["number 00001"]);
    assert!(rig.sync.shows_no_heads(rig.account));
    assert_eq!(ruled(&rig).await, Ruled::default());
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_the_same_and_does_nothing() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let inbox = server.mailbox("anna", "INBOX");
    let rig = rig(server.pop3_port(), PopPolicy::Leave, Vec::new()).await;
    let old = Timestamp::from_seconds(1_767_603_600);
    inbox.fill(&[letter("Shop <news@bulk.example>", "here already", 1, old)]).unwrap();
    rig.check().await;
    inbox.fill(&maildrop_of_all_kinds()).unwrap();
    rig.sync.browse_look(rig.account).unwrap();
    let mut rows = BTreeMap::new();
    let read = async {
        let mut after = 0;
        loop {
            let changes = rig.sync.browse_changes(rig.account, after, PATIENCE).await.unwrap();
            after = changes.version;
            for row in changes.rows {
                rows.insert(row.uidl.clone(), row);
            }
            if changes.state == BrowseState::Done {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
    let tried = |policy: PopPolicy| {
        let (rig, rows) = (&rig, &rows);
        async move {
            let id = rig.account;
            rig.write(move |tx| {
                let mut settings = account::get(tx, id)?.settings;
                settings.pop_policy = policy;
                account::update(tx, id, &settings)
            })
            .await;
            let trial = rig.sync.try_rules(id, &all_kinds()).await.unwrap();
            assert!(!trial.shows_no_heads);
            trial
                .rows
                .into_iter()
                .map(|(uidl, judged)| {
                    let subject = rows.get(&uidl).unwrap().head.clone().unwrap().subject;
                    (subject, (judged.rule.unwrap(), judged.deed, judged.hindrance))
                })
                .collect::<BTreeMap<_, _>>()
        }
    };
    let mut expected: BTreeMap<String, _> = [
        ("here already", (2, Deed::Usual, Some(Hindrance::Here))),
        ("offer one", (2, Deed::Delete, None)),
        ("Your Invoice 7", (1, Deed::Whole, None)),
        ("holiday pictures", (3, Deed::HeadOnly, None)),
        ("minutes for later", (4, Deed::Skip, None)),
        ("long ago", (5, Deed::Skip, None)),
    ]
    .map(|(subject, what)| (subject.to_owned(), what))
    .into();
    assert_eq!(tried(PopPolicy::Leave).await, expected);
    expected.insert("offer one".to_owned(), (2, Deed::Usual, Some(Hindrance::Locked)));
    assert_eq!(tried(PopPolicy::Never).await, expected);
    assert_eq!((inbox.count().unwrap(), rig.messages(MailboxRole::Inbox).await.len()), (7, 1));
    assert_eq!(ruled(&rig).await, Ruled::default());
    rig.sync.browse_close(rig.account);
    rig.sync.shutdown().await;
}
