//! POP3: maildrops that lie, flood, stall and break off. What was listed comes once, and comes whole, as soon as the
//! server behaves; nothing is removed from a server that is not here.

use std::collections::BTreeSet;

use posthorn_model::Protocol;
use posthorn_store::account::{AccountSettings, PopPolicy};
use posthorn_store::message;
use posthorn_sync::ProblemKind::{
    self, ConnectionLost, InUse, Protocol as Broken, Refused, Timeout, Tls,
};
use posthorn_testkit::Peer;

use crate::rig::{End, Rig, bytes, settings};

/// Messages in the maildrop.
const DROP: u32 = 3;

/// An answer of message `number`, stuffed, with its dot.
fn wire(number: u32) -> String {
    let text = String::from_utf8(bytes("maildrop", number)).unwrap();
    let lines = text.trim_end_matches("\r\n").split("\r\n");
    lines.map(|line| format!("S: {line}\n")).collect::<String>() + "S: .\n"
}

/// A maildrop that does everything right, with these capabilities besides.
fn honest(capabilities: &str) -> Peer {
    let size: usize = (1..=DROP).map(|number| bytes("maildrop", number).len()).sum();
    let mut text =
        format!("?\nS: +OK hello\n? CAPA\nS: +OK\nS: UIDL\nS: TOP\nS: USER\n{capabilities}S: .\n");
    text += &format!(
        "? USER *\nS: +OK\n? PASS *\nS: +OK\n? STAT\nS: +OK {DROP} {size}\n? LIST\nS: +OK\n"
    );
    for number in 1..=DROP {
        text += &format!("S: {number} {}\n", bytes("maildrop", number).len());
    }
    text += "S: .\n? UIDL\nS: +OK\nS: 1 a1\nS: 2 a2\nS: 3 a3\nS: .\n";
    for number in 1..=DROP {
        let all = wire(number);
        let (head, _) = all.split_once("S: \n").unwrap();
        text +=
            &format!("? RETR {number}\nS: +OK\n{all}? TOP {number} 0\nS: +OK\n{head}S: \nS: .\n");
    }
    text += "? DELE *\nS: +OK\n? QUIT\nS: +OK bye\n!cut\n? *\nS: +OK\n";
    Peer::parse(&text).unwrap()
}

/// A maildrop's answers, and what the account comes to.
#[derive(Clone, Debug)]
struct Scene {
    script: String,
    capabilities: &'static str,
    policy: PopPolicy,
    end: End,
    /// Messages that are here at the end; absent where the next look is to bring all of them.
    here: Option<usize>,
}

/// Answers that are given once: the next look finds an honest server, and brings everything.
fn once(script: &str) -> Scene {
    Scene {
        script: script.replace("? ", "?1 ").replace("?\n", "?1\n"),
        capabilities: "",
        policy: PopPolicy::Leave,
        end: End::UpToDate,
        here: None,
    }
}

/// Answers that are always given; so many messages are here in the end.
fn always(script: &str, here: usize) -> Scene {
    Scene { script: script.to_owned(), here: Some(here), ..once("") }
}

impl Scene {
    fn offering(self, capabilities: &'static str) -> Self {
        Self { capabilities, ..self }
    }

    fn removing(self) -> Self {
        Self { policy: PopPolicy::AtOnce, ..self }
    }

    fn waits(self, kind: ProblemKind) -> Self {
        Self { end: End::Waits(kind), ..self }
    }

    fn asks_for_password(self) -> Self {
        Self { end: End::AsksForPassword, ..self }
    }

    async fn play(self) {
        let peer = honest(self.capabilities).with(&self.script).unwrap();
        let policy = self.policy;
        let settings =
            move |port| AccountSettings { pop_policy: policy, ..settings(Protocol::Pop3, port, 1) };
        let rig = Rig::start(peer, settings, |_, _| {}).await;
        rig.comes_to(self.end).await;
        let mut here = Self::whole(&rig, self.end).await;
        if self.here.is_none() && self.end != End::AsksForPassword {
            rig.sync.check_now(Some(rig.account));
            rig.comes_to(End::UpToDate).await;
            here = Self::whole(&rig, End::UpToDate).await;
        }
        if self.end != End::AsksForPassword {
            assert_eq!(here, self.here.unwrap_or(DROP as usize), "{:#?}", rig.peer.said());
        }
        // What the server was told to remove is here.
        let removed = rig.peer.said().iter().filter(|line| line.starts_with("DELE")).count();
        assert!(removed == 0 || here == DROP as usize, "{:#?}", rig.peer.said());
        rig.finish().await;
    }

    /// Returns how many messages are here; each is one of the maildrop's, whole, and here once.
    async fn whole(rig: &Rig, end: End) -> usize {
        let account = rig.account;
        let inbox = rig.read(move |tx| {
            posthorn_store::mailbox::by_role(tx, account, posthorn_model::MailboxRole::Inbox)
        });
        if inbox.await.is_none() {
            assert_ne!(end, End::UpToDate, "an account that was looked at has its folders");
            return 0;
        }
        let mut subjects = BTreeSet::new();
        let all = rig.inbox().await;
        for id in all.iter().copied() {
            let found = rig.read(move |tx| message::get(tx, id)).await;
            let message::BodyState::Whole(body) = found.body else { continue };
            let kept = rig.store.bodies().get(body).await.unwrap();
            if let Some(number) = found.head.subject.strip_prefix("maildrop ") {
                assert_eq!(kept, bytes("maildrop", number.parse().unwrap()), "it is whole");
            }
            // Messages of other words may be alike.
            let is_new = subjects.insert(found.head.subject.clone());
            assert!(is_new || !found.head.subject.starts_with("maildrop"), "it is here twice");
        }
        all.len()
    }
}

const SIZED: &str = "S: +OK 3 300\nS: 1 100\nS: 2 100\nS: 3 100\nS: .\n";

scenes! {
    // Before the maildrop.
    no_greeting_ever: once("?\n!stall\n").waits(Timeout);
    a_greeting_without_end: once("?\nS** forever x\n").waits(Broken);
    a_greeting_of_another_protocol: once("?\nS: 220 smtp.example ESMTP\n!drain\n").waits(Broken);
    a_greeting_that_is_a_refusal: once("?\nS: -ERR [SYS/TEMP] not now\n!drain\n").waits(Refused);
    a_greeting_that_cannot_be_read: once("?\nS: \\x00\\xFF\\xFE\n!drain\n").waits(Broken);
    a_greeting_that_is_cut: once("?\nS- +OK hel\n!cut\n").waits(ConnectionLost);
    capabilities_without_end: once("? CAPA\nS: +OK\nS* forever X-MORE {n}\n").waits(Broken);
    capabilities_of_nul: once("? CAPA\nS: +OK\nS: \\x00\\x00 \\xFF\nS: UIDL\nS: .\n");
    capabilities_that_never_end: once("? CAPA\nS: +OK\nS: UIDL\n!stall\n").waits(Timeout);
    a_password_that_is_refused: once("? PASS *\nS: -ERR [AUTH] wrong\n").asks_for_password();
    a_maildrop_that_is_in_use: once("? PASS *\nS: -ERR [IN-USE] somebody else has it\n").waits(InUse);
    a_sign_in_that_chatters_forever: once("? PASS *\nS* forever + still looking\n").waits(Broken);
    a_challenge_again_and_again: once("? CAPA\nS: +OK\nS: SASL PLAIN\nS: .\n? AUTH *\nS* forever +\n").waits(Broken);
    a_refusal_in_eight_bits: once("? STAT\nS: -ERR \\xd3\\xc3\\x1b[31m\\x07 no\n").waits(Refused);

    // What is listed.
    a_count_that_cannot_be: once("? STAT\nS: +OK 99999999999999999999 -5\n").waits(Broken);
    a_count_that_is_no_number: once("? STAT\nS: +OK many messages\n").waits(Broken);
    a_count_that_contradicts_the_list: once("? STAT\nS: +OK 500 1\n");
    a_list_without_end: once("? LIST\nS: +OK\nS* forever {n} 100\n").waits(Broken);
    a_list_of_garbage: once("? LIST\nS: +OK\nS: one hundred\nS: .\n").waits(Broken);
    a_list_that_stops: once("? LIST\nS: +OK\nS: 1 100\n!stall\n").waits(Timeout);
    a_list_with_absurd_sizes: once("? LIST\nS: +OK\nS: 1 0\nS: 2 9223372036854775807\nS: 3 1\nS: .\n");
    a_list_with_numbers_twice_and_backwards: once(&format!("? LIST\n{SIZED}").replace("S: 3 100\n", "S: 3 100\nS: 3 7\nS: 1 9\nS: 2 8\n"));
    a_list_with_messages_that_do_not_exist: once("? LIST\nS: +OK\nS: 1 100\nS: 2 100\nS: 3 100\nS: 4000000000 5\nS: .\n? TOP 4000000000 0\nS: -ERR no such message\n? RETR 4000000000\nS: -ERR no such message\n").waits(Refused);
    ids_without_end: once("? UIDL\nS: +OK\nS* forever {n} x{n}\n").waits(Broken);
    ids_that_are_none_without_end: once("? UIDL\nS: +OK\nS* forever x\n").waits(Broken);
    ids_as_long_as_a_book: once("? UIDL\nS: +OK\nS- 1 \nS** 5000 x\nS: \nS- 2 \nS** 5000 x\nS: \nS: 3 a3\nS: .\n");
    an_id_as_long_as_the_maildrop: once("? UIDL\nS: +OK\nS- 1 \nS** forever x\n").waits(Broken);
    one_id_for_all: once("? UIDL\nS: +OK\nS: 1 same\nS: 2 same\nS: 3 same\nS: .\n");
    ids_of_controls: once("? UIDL\nS: +OK\nS: 1 a\\x00\nS: 2 \\x1b[2J\nS: 3 \\x7f\nS: .\n");
    ids_that_are_refused_now: once("? UIDL\nS: -ERR [SYS/TEMP] later\n").waits(Refused);
    a_list_that_is_empty_although_it_is_not: once("? STAT\nS: +OK 0 0\n? LIST\nS: +OK\nS: .\n? UIDL\nS: +OK\nS: .\n");

    // What is fetched.
    a_message_that_is_cut: once("? RETR 2\nS: +OK\nS: From: Bob\n!cut\n").waits(ConnectionLost);
    a_message_that_is_cut_before_its_dot: once("? RETR 2\nS: +OK\nS: From: Bob\nS: \nS: Text\nS- .\n!cut\n").waits(ConnectionLost);
    a_message_that_stops: once("? RETR 3\nS: +OK\nS: From: Bob\n!stall\n").waits(Timeout);
    a_message_that_is_refused: once("? RETR 2\nS: -ERR [SYS/TEMP] busy\n").waits(Refused);
    a_message_without_a_status: once("? RETR 2\nS: From: Bob\nS: .\n!drain\n").waits(Broken);
    a_message_one_byte_at_a_time: once("? RETR 3\n!bytewise\nS: +OK\nS: From: Bob <bob@posthorn.test>\nS: Subject: maildrop 3\nS: Message-ID: <maildrop3@posthorn.test>\nS: \nS: Text 3 of maildrop.\nS: .\n");
    a_message_without_end: once("? RETR 3\nS: +OK\nS** forever A line of a message that goes on and on and on and on and on.\\r\\n\n").waits(Broken);
    dots_on_the_borders_of_packets: always("? RETR *\n!bytewise\nS: +OK\nS: Subject: dots\nS: \nS: ..\nS: ...\nS: ..one\nS: .\n", 3);
    a_message_removed_although_it_is_not: once("? DELE *\nS: -ERR no\n").removing();
    a_goodbye_that_is_cut: once("? QUIT\n!cut\n").removing().waits(ConnectionLost);
    a_goodbye_that_is_refused: once("? QUIT\nS: -ERR nothing was removed\n!cut\n").removing().waits(Refused);
    answers_before_the_questions: once("? PASS *\nS: +OK\nS: +OK 3 300\nS: +OK\nS: 1 5\nS: .\n").waits(Broken);
    answers_in_another_order: once("? STAT\n? LIST\n? UIDL\nS: +OK\nS: 1 a1\nS: .\nS: +OK\nS: 1 5\nS: .\nS: +OK 1 5\n!drain\n").offering("S: PIPELINING\n").waits(Broken);
    a_message_with_bare_line_ends: always("? RETR *\nS- +OK\\nSubject: bare\\n\\nText\\n.\\r\\n\n", 0).waits(Timeout);
    a_message_of_nul_and_eight_bits: always("? RETR *\nS: +OK\nS: Subject: odd\nS: \nS** 5000 \\x00\\xFF\nS: \nS: .\n", 3);
    a_line_without_end: once("? RETR 3\nS: +OK\nS** 30000000 x\nS: \n!cut\n").waits(ConnectionLost);
}

/// A maildrop that is to be encrypted by STLS.
async fn stls(script: &str, end: End) {
    let peer = honest("S: STLS\n").with(script).unwrap();
    let encrypted = |port| {
        let mut settings = settings(Protocol::Pop3, port, 1);
        settings.incoming.server.encryption = posthorn_model::Encryption::StartTls;
        settings
    };
    let rig = Rig::start(peer, encrypted, |_, _| {}).await;
    rig.comes_to(end).await;
    let said = rig.peer.said();
    assert!(!said.iter().any(|line| line.contains("PASS") || line.contains("AUTH")), "{said:?}");
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stls_with_words_behind_it() {
    stls("? STLS\nS- +OK\\r\\n+OK injected\\r\\n\n!drain\n", End::Fails(Tls)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stls_that_is_not_offered_any_more() {
    stls("? CAPA\nS: +OK\nS: USER\nS: .\n", End::Fails(Tls)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stls_that_is_refused() {
    stls("? STLS\nS: -ERR no\n", End::Waits(Refused)).await;
}
