//! IMAP: greetings, capabilities, encryption and sign-in of servers that must not be believed.

use posthorn_model::{Encryption, Protocol};
use posthorn_store::account::AccountSettings;
use posthorn_sync::ProblemKind::{
    ConnectionLost, Limit, Protocol as Broken, Refused, Timeout, Tls, Unsupported,
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
    a_sign_in_that_refers_to_another_host: scene("? $ LOGIN *\nS: $ NO [REFERRAL imap://anna;AUTH=*@evil.example/] try there\n").waits(Refused).keeps(30);
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
