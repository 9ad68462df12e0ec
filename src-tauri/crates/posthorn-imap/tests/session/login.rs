//! Greeting, encryption, sign-in.

use std::sync::{Arc, Mutex};

use posthorn_imap::{Error, Options, Session, Speaker, WireLog};

use super::script::{play, steps};

const READY: &str = "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN STARTTLS] ready";

async fn open_error(script: &str) -> Error {
    let (stream, _server) = play(script);
    Session::open(stream, &Options::default()).await.expect_err("this greeting is refused")
}

#[tokio::test]
async fn only_an_ordinary_greeting_is_accepted() {
    assert!(matches!(open_error("S: * PREAUTH welcome").await, Error::Protocol(_)));
    assert!(matches!(open_error("S: * BYE go away").await, Error::Bye(text) if text == "go away"));
    assert!(matches!(open_error("S: +OK POP3 ready").await, Error::Protocol(_)));
    assert!(matches!(open_error("S: HTTP/1.1 400 Bad Request").await, Error::Protocol(_)));
    assert!(matches!(open_error("S: 220 mail ESMTP").await, Error::Protocol(_)));
}

#[tokio::test]
async fn the_stream_comes_back_for_encryption() {
    let (stream, server) = play(&format!("{READY}\nC: $ STARTTLS\nS: $ OK go"));
    let session = Session::open(stream, &Options::default()).await.unwrap();
    let raw = session.starttls().await.unwrap();
    drop(raw);
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_said_before_the_handshake_is_refused() {
    let mut script = steps(&format!("{READY}\nC: $ STARTTLS"));
    script.push(super::script::Step::Server(
        b"$ OK go\r\n* OK [CAPABILITY IMAP4rev1] injected\r\n".to_vec(),
    ));
    let (stream, _server) =
        super::script::serve(script, super::script::Delivery::Whole, super::script::Ending::Wait);
    let session = Session::open(stream, &Options::default()).await.unwrap();
    assert!(matches!(session.starttls().await, Err(Error::Protocol(_))));
}

#[tokio::test]
async fn starttls_that_is_not_offered_is_not_sent() {
    let (stream, server) = play("S: * OK [CAPABILITY IMAP4rev1] ready");
    let session = Session::open(stream, &Options::default()).await.unwrap();
    assert!(matches!(session.starttls().await, Err(Error::Unsupported("STARTTLS"))));
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_password_takes_the_way_that_the_server_offers() {
    let ways = [
        // In one round trip, non-ASCII as it is.
        "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN LOGINDISABLED] x\n\
         C: $ AUTHENTICATE PLAIN AGFubgBww6Rzcw==\nS: $ OK [CAPABILITY IMAP4rev1] in",
        // In two, with an untagged line between.
        "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\nC: $ AUTHENTICATE PLAIN\nS: * OK still here\nS: + \n\
         C: AGFubgBww6Rzcw==\nS: $ OK [CAPABILITY IMAP4rev1] in",
        // LOGIN, the password as a literal because it is not ASCII.
        "S: * OK x\nC: $ CAPABILITY\nS: * CAPABILITY IMAP4rev2\nS: $ OK\nC: $ LOGIN \"ann\" {5}\nS: + go\nC= p\u{e4}ss\n\
         C:\nS: $ OK [CAPABILITY IMAP4rev1] in",
    ];
    for way in ways {
        let (stream, server) = play(way);
        let mut session = Session::open(stream, &Options::default()).await.unwrap();
        session.login("ann", "p\u{e4}ss").await.unwrap();
        drop(session);
        server.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_refused_password_is_told_from_a_busy_server() {
    let table = [
        ("NO [AUTHENTICATIONFAILED] wrong", (true, false, false)),
        ("NO LOGIN failed", (true, false, false)),
        ("NO [ALERT] sign in on our page first", (true, false, false)),
        ("BAD what is this", (false, false, true)),
        ("NO [UNAVAILABLE] later", (false, true, false)),
        ("NO [LIMIT] too many connections", (false, true, false)),
        ("NO [CONTACTADMIN] blocked", (false, false, true)),
        ("NO \u{5bc6}\u{7801}\u{9519}\u{8bef}", (true, false, false)),
    ];
    for (answer, kind) in table {
        let (stream, _server) =
            play(&format!("{READY}\nC: $ AUTHENTICATE PLAIN\nS: + \nC: AGEAYg==\nS: $ {answer}"));
        let mut session = Session::open(stream, &Options::default()).await.unwrap();
        let error = session.login("a", "b").await.unwrap_err();
        let got = (error.needs_credentials(), error.is_transient(), error.is_permanent());
        assert_eq!(got, kind, "{answer}");
        let sentence = answer
            .rsplit(']')
            .next()
            .unwrap()
            .trim_start_matches("NO ")
            .trim_start_matches("BAD ")
            .trim();
        assert_eq!(error.server_text(), Some(sentence));
    }
}

#[tokio::test]
async fn a_disabled_login_sends_no_password() {
    let (stream, server) = play("S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] x");
    let mut session = Session::open(stream, &Options::default()).await.unwrap();
    assert!(matches!(session.login("a", "b").await, Err(Error::Unsupported(_))));
    drop(session);
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_transcript_shows_no_secret() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let log = WireLog::new(move |speaker, line| {
        let arrow = if speaker == Speaker::Client { ">" } else { "<" };
        sink.lock().unwrap().push(format!("{arrow} {line}"));
    });
    let script = format!(
        "{READY}\nC: $ AUTHENTICATE PLAIN\nS: + Y2hhbGxlbmdl\nC: AGFubgBodW50ZXIy\nS: $ OK in\n\
        C: $ CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: $ OK"
    );
    let (stream, _server) = play(&script);
    let mut session = Session::open(stream, &Options { wire_log: Some(log), ..Options::default() })
        .await
        .unwrap();
    session.login("ann", "hunter2").await.unwrap();
    let said = lines.lock().unwrap().join("\n");
    assert_eq!(
        said,
        "< * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN STARTTLS] ready\n> A0002 AUTHENTICATE PLAIN •••\n< + •••\n> •••\n\
         < A0002 OK in\n> A0003 CAPABILITY\n< * CAPABILITY IMAP4rev1\n< A0003 OK"
    );
}
