//! IMAP: greetings, capabilities, encryption and sign-in of servers that must not be believed.

use posthorn_model::{Encryption, Protocol};
use posthorn_store::account::AccountSettings;
use posthorn_sync::ProblemKind::{
    ConnectionLost, Crowded, Limit, Protocol as Broken, Referral, Refused, Timeout, Tls,
    Unsupported,
};

use crate::imap::scene;
use crate::rig::{COUNT, End, Rig, honest, settings};

scenes! {
    no_greeting_ever: scene("?\n!stall\n").waits(Timeout).keeps(30);
    a_greeting_without_end: scene("?\nS** forever x\n").waits(Limit).keeps(30);
    a_greeting_of_empty_lines: scene("?\nS* forever \n").waits(Limit).keeps(30);
    a_greeting_of_another_protocol: scene("?\nS: 220 mail ESMTP\n").waits(Broken).keeps(30);
    a_greeting_of_the_web: scene("?\nS: HTTP/1.1 400 Bad Request\nS: \nS: <html>\n").waits(Broken).keeps(30);
    a_greeting_of_nul: scene("?\nS: \\x00\\x00\\x00\\x00\n").waits(Broken).keeps(30);
    a_greeting_that_says_goodbye: scene("?\nS: * BYE too busy\n").waits(ConnectionLost).keeps(30);
    a_greeting_that_signs_in_already: scene("?\nS: * PREAUTH welcome\n").waits(Broken).keeps(30);
    capabilities_without_end: scene("?\nS: * OK hello\n? $ CAPABILITY\nS- * CAPABILITY\nS** forever  X\n").waits(Limit).keeps(30);
    capabilities_by_the_million: scene("?\nS: * OK hello\n? $ CAPABILITY\nS- * CAPABILITY IMAP4rev1\nS** 500000  X{n}\nS: \nS: $ OK\n").keeps(30);
    capabilities_told_forever: scene("?\nS: * OK hello\n? $ CAPABILITY\nS* forever * CAPABILITY IMAP4rev1 X\n").waits(Limit).keeps(30);
    capabilities_that_are_none: scene("?\nS: * OK hello\n? $ CAPABILITY\nS: $ OK\n").waits(Broken).keeps(30);
    a_sign_in_that_asks_again_and_again: scene("?\nS: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n? $ AUTHENTICATE *\nS* forever +\n").waits(Limit).keeps(30);
    a_sign_in_that_chatters_forever: scene("? $ LOGIN *\nS* forever * OK still looking\n").waits(Limit).keeps(30);
    a_sign_in_that_is_never_answered: scene("? $ LOGIN *\n!stall\n").waits(Timeout).keeps(30);
    a_sign_in_answered_under_another_tag: scene("? $ LOGIN *\nS: ZZZZ OK in\n").waits(Broken).keeps(30);
    a_sign_in_that_refers_to_another_host: scene("? $ LOGIN *\nS: $ NO [REFERRAL imap://anna;AUTH=*@evil.example/] try there\n").fails(Referral).keeps(30);
    a_greeting_that_refers_to_another_host: scene("?\nS: * BYE [REFERRAL imap://anna@evil.example/] no connections here\n").fails(Referral).keeps(30);
    a_goodbye_that_refers_to_another_host: scene("? $ LIST *\nS: * BYE [REFERRAL imap://evil.example] moved\n!cut\n").fails(Referral).keeps(30);
    a_sign_in_that_would_rather_have_one_elsewhere: scene("? $ LOGIN *\nS: $ OK [REFERRAL imap://anna@evil.example/] in, but nearer there\n? $ CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: $ OK\n").keeps(30);
    a_crowd_at_the_door: scene("?\nS: * BYE [LIMIT] come back later\n").waits(Crowded).keeps(30);
    a_crowd_at_the_door_in_words: scene("?\nS: * BYE Too many connections from your address\n").waits(Crowded).keeps(30);
    a_crowd_at_the_sign_in: scene("? $ LOGIN *\nS: $ NO [LIMIT] Maximum number of sessions\n").waits(Crowded).keeps(30);
    a_rate_limit_at_the_list: scene("? $ LIST *\nS: $ NO [LIMIT] Rate limit hit.\n").waits(Crowded).keeps(30);
    a_rate_limit_in_words: scene("? $ SELECT \"INBOX\"*\nS: $ NO Account exceeded command or bandwidth limits. (Failure)\n").waits(Crowded).keeps(30);
    a_folder_that_is_elsewhere: scene("? $ SELECT \"INBOX\"*\nS: $ NO [REFERRAL imap://anna@evil.example/INBOX] remote mailbox\n").waits(Referral).keeps(30);
    a_sign_in_that_is_refused: scene("? $ LOGIN *\nS: $ NO [AUTHENTICATIONFAILED] wrong\n").asks_for_password().keeps(30);
    a_sign_in_that_is_forbidden: scene("?\nS: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hello\n").fails(Unsupported).keeps(30);
    a_scram_that_proves_nothing: scene(
        "?\nS: * OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256] hello\n? $ AUTHENTICATE *\nS: + \nC: *\nS: $ OK [CAPABILITY IMAP4rev1] in\n"
    ).waits(Broken).keeps(30);
    an_introduction_without_end: scene("? $ ID *\nS- * ID (\nS** forever \"a\" \"b\" \n").offering("ID").waits(Limit).keeps(30);
    namespaces_without_end: scene("? $ NAMESPACE\nS- * NAMESPACE (\nS** forever (\"a\" \"/\")\n").offering("NAMESPACE").waits(Limit).keeps(30);
    a_word_that_was_not_asked_for_at_every_step: scene("? $ LIST *\nS: * 5 EXISTS\nS: * 3 EXPUNGE\nS: * SEARCH 1 2\nS: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Archive\nS: + go on\nS: $ OK\n").waits(Broken).keeps(30);
}

/// Plays a server that is to be encrypted by STARTTLS, and says what the account comes to.
async fn starttls(script: &str, end: End) {
    let peer = honest("STARTTLS").with(script).unwrap();
    let encrypted = |port| {
        let mut settings: AccountSettings = settings(Protocol::Imap, port, 1);
        settings.incoming.server.encryption = Encryption::StartTls;
        settings
    };
    let rig = Rig::start(peer, encrypted, |_, _| {}).await;
    rig.comes_to(end).await;
    assert_eq!(rig.inbox().await.len(), COUNT as usize);
    let said = rig.peer.said();
    assert!(!said.iter().any(|line| line.contains("LOGIN") || line.contains("AUTH")), "{said:?}");
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_with_words_behind_it() {
    let script = "? $ STARTTLS\nS- $ OK go\\r\\n* OK [CAPABILITY IMAP4rev1] injected\\r\\nA0003 OK in\\r\\n\n!drain\n";
    starttls(script, End::Waits(Broken)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_that_is_not_offered_any_more() {
    starttls("?\nS: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n", End::Fails(Unsupported)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_that_is_refused() {
    starttls("? $ STARTTLS\nS: $ NO not today\n", End::Waits(Refused)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_that_goes_on_in_clear() {
    starttls("? $ STARTTLS\nS: $ OK go\nC: *\nS* 100 * OK in clear\n!drain\n", End::Fails(Tls))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_before_which_one_is_signed_in() {
    starttls("?\nS: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\n", End::Waits(Broken)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_goes_where_a_server_refers_to() {
    // The other server listens on this computer: whoever followed would be heard.
    let other = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("imap://anna;AUTH=*@127.0.0.1:{}/", other.local_addr().unwrap().port());
    let sayings = [
        (format!("?\nS: * BYE [REFERRAL {url}] gone\n"), End::Fails(Referral)),
        (format!("? $ LOGIN *\nS: $ NO [REFERRAL {url}] gone\n"), End::Fails(Referral)),
        (
            format!("? $ SELECT \"INBOX\"*\nS: $ NO [REFERRAL {url}INBOX] remote\n"),
            End::Waits(Referral),
        ),
    ];
    for (script, end) in sayings {
        let peer = honest("").with(&script).unwrap();
        let rig = Rig::start(peer, |port| settings(Protocol::Imap, port, 1), |_, _| {}).await;
        rig.comes_to(end).await;
        let problem = rig.status().problem.unwrap();
        assert!(problem.message.contains("refers to 127.0.0.1"), "{problem:?}");
        let heard = tokio::time::timeout(std::time::Duration::ZERO, other.accept()).await;
        assert!(heard.is_err(), "somebody went there");
        rig.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_allows_two_connections_gets_no_third() {
    // Thirty messages more, large enough to be work for a connection of its own.
    let numbers = COUNT + 1..=2 * COUNT;
    let answers = |item: &dyn Fn(u32) -> String| -> String {
        numbers.clone().map(item).collect::<Vec<_>>().concat()
    };
    let heads = answers(&|number| {
        format!(
            "S: * {number} FETCH (UID {number} FLAGS () RFC822.SIZE 30000 BODY[HEADER] {{15}}\nS- Subject: {number}\\r\\n\\r\\n\nS: )\n"
        )
    });
    let bodies = answers(&|number| {
        format!(
            "S: * {number} FETCH (UID {number} BODY[] {{22}}\nS- Subject: {number}\\r\\n\\r\\nText.\\r\\n\nS: )\n"
        )
    });
    let (all, next) = (2 * COUNT, 2 * COUNT + 1);
    let script = format!(
        "?2\nS: * OK [CAPABILITY IMAP4rev1] hello\n?\nS: * BYE [LIMIT] Too many connections\n\
         ? $ SELECT \"INBOX\"*\nS: * {all} EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT {next}] x\nS: $ OK\n\
         ? $ UID SEARCH *ALL\nS: * SEARCH {}\nS: $ OK\n\
         ? $ UID FETCH * (UID FLAGS INTERNALDATE*\n{heads}S: $ OK\n\
         ? $ UID FETCH * (UID BODY.PEEK[])\n{bodies}S: $ OK\n",
        (1..=all).map(|uid| uid.to_string()).collect::<Vec<_>>().join(" ")
    );
    let peer = honest("").with(&script).unwrap();
    let rig = Rig::start(peer, |port| settings(Protocol::Imap, port, 1), |_, _| {}).await;
    rig.comes_to(End::UpToDate).await;
    assert_eq!(rig.inbox().await.len(), all as usize);
    let here = rig.inbox().await;
    let whole = rig.read(move |tx| {
        let all = here.into_iter().map(|id| posthorn_store::message::get(tx, id));
        all.collect::<posthorn_store::Result<Vec<_>>>()
    });
    let is_whole = |message: &posthorn_store::message::Message| {
        matches!(message.body, posthorn_store::message::BodyState::Whole(_))
    };
    assert!(whole.await.iter().all(is_whole), "the bytes come over the two");
    assert_eq!(rig.peer.connections(), 3, "a third was tried once, and not again at once");
    rig.finish().await;
}
