//! Whole sessions: what is asked, what is understood, what is refused.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use posthorn_sasl::{Credentials, Exposure};
use posthorn_testkit::{Script, ScriptDelivery as Delivery};

use super::{script, serve};
use crate::{Error, Fetch, Maildrop, RespCode, Session, Settings, UidlListing};

const LOGIN: &str = "
    S: +OK ready <1.2@host>
    C: CAPA
    S: +OK
    S: USER
    S: UTF8 USER
    S: PIPELINING
    S: UIDL
    S: TOP
    S: .
    C: UTF8
    S: +OK
    C: USER ann
    S: +OK
    C: PASS secret
    S: +OK logged in
    C: CAPA
    S: +OK
    S: PIPELINING
    S: UIDL
    S: TOP
    S: .
";

const SURVEY: &str = "
    C: STAT
    C: LIST
    C: UIDL
    S: +OK 2 320
    S: +OK 2 320
    S: 1 120
    S: 2 200
    S: .
    S: +OK 2 messages
    S: 1 aa
    S: 2 bb
    S: .
";

const BODIES: &str = "
    C: RETR 1
    C: RETR 2
    S: +OK 120 octets
    S: Subject: one
    S:
    S: ..dot
    S: .
    S: -ERR [SYS/TEMP] busy
    C: DELE 1
    S: +OK
    C: QUIT
    S: +OK bye
";

async fn journey(stream: tokio::io::DuplexStream) -> Result<(Maildrop, Vec<u8>, usize), Error> {
    let mut session = Session::greet(stream, Settings::default()).await?;
    session.login("ann", "secret").await?;
    let maildrop = session.survey().await?;
    let wanted = maildrop
        .sizes
        .iter()
        .map(|entry| Fetch { number: entry.number, size: entry.size })
        .collect();
    let (mut bytes, mut refused) = (Vec::new(), 0);
    let mut window = session.fetch(wanted, 1000);
    while let Some(fetched) = window.next(&mut bytes, &mut |_| ()).await {
        match fetched.result {
            Err(Error::Refused { .. }) => refused += 1,
            other => drop(other?),
        }
    }
    session.dele(1).await?;
    session.quit().await?;
    Ok((maildrop, bytes, refused))
}

fn whole() -> Script {
    script(&format!("{LOGIN}{SURVEY}{BODIES}"))
}

#[tokio::test]
async fn a_session_is_understood_whole_and_byte_by_byte() {
    for delivery in [Delivery::Whole, Delivery::Bytes] {
        let (stream, _server) = serve(whole(), delivery);
        let (maildrop, bytes, refused) = journey(stream).await.unwrap();
        assert_eq!(maildrop.stat.count, 2);
        assert_eq!(maildrop.sizes.iter().map(|entry| entry.size).collect::<Vec<_>>(), [120, 200]);
        let UidlListing::Listed(uidls) = maildrop.uidls else { panic!("listed") };
        assert_eq!(uidls.iter().map(|entry| &*entry.uidl.0).collect::<Vec<_>>(), ["aa", "bb"]);
        assert_eq!(bytes, b"Subject: one\r\n\r\n.dot\r\n");
        assert_eq!(refused, 1);
    }
}

#[tokio::test]
async fn a_connection_cut_at_any_byte_is_an_error_and_never_an_answer() {
    let steps = whole();
    for at in 0..steps.bytes_said() {
        let (stream, _server) = serve(steps.clone(), Delivery::CutAt(at));
        let error = journey(stream).await.expect_err("cut");
        assert!(matches!(error, Error::Lost { .. }), "cut at {at}: {error}");
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn the_way_in_is_chosen_by_what_the_server_offers_and_the_password_sent_once() {
    let long = "x".repeat(300);
    let by_user = |caps: &str, rest: &str| {
        format!("S: +OK\nC: CAPA\nS: +OK\n{caps}S: .\n{rest}C: CAPA\nS: -ERR\n")
    };
    let in_by = "C: USER ann\nS: +OK\nC: PASS secret\nS: +OK\n";
    // base64 of "\0ann\0secret".
    let sasl = "C: AUTH PLAIN AGFubgBzZWNyZXQ=\n";
    let cases = [
        (by_user("S: USER\nS: SASL PLAIN\n", in_by), "secret"),
        (by_user("S: UIDL\n", in_by), "secret"),
        (by_user("S: SASL LOGIN PLAIN\n", &format!("{sasl}S: +OK in\n")), "secret"),
        (
            by_user("S: SASL PLAIN\n", &format!("{sasl}S: + \nC: AGFubgBzZWNyZXQ=\nS: +OK in\n")),
            "secret",
        ),
        (by_user("S: UTF8\nS: USER\n", &format!("C: UTF8\nS: -ERR no\n{in_by}")), "secret"),
        (
            by_user("S: USER\nS: SASL PLAIN\n", "C: AUTH PLAIN AGFubgDlr4bnoIE=\nS: +OK in\n"),
            "密码",
        ),
        (
            by_user(
                "S: SASL PLAIN\n",
                &format!(
                    "C: AUTH PLAIN\nS: +\nC: {}\nS: +OK in\n",
                    base64::Engine::encode(
                        &base64::engine::general_purpose::STANDARD,
                        format!("\0ann\0{long}")
                    )
                ),
            ),
            long.as_str(),
        ),
    ];
    for (text, password) in cases {
        let (stream, server) = serve(script(&text), Delivery::Whole);
        let mut session = Session::greet(stream, Settings::default()).await.unwrap();
        session.login("ann", password).await.unwrap_or_else(|error| panic!("{error}: {text}"));
        drop(session);
        server.await.unwrap();
    }
    let refused = "S: +OK\nC: CAPA\nS: +OK\nS: SASL PLAIN\nS: .\nC: AUTH PLAIN AGFubgBzZWNyZXQ=\nS: -ERR [AUTH] no";
    let (stream, server) = serve(script(refused), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    let error = session.login("ann", "secret").await.unwrap_err();
    assert!(error.needs_credentials() && session.is_usable(), "{error}");
    drop(session);
    assert_eq!(server.await.unwrap(), "CAPA\r\nAUTH PLAIN AGFubgBzZWNyZXQ=\r\n", "once");
}

#[tokio::test]
async fn tokens_and_scram_go_by_sasl() {
    let token = Credentials::Token { user: "ann@x.org", token: "vF9d", host: "h", port: 995 };
    let password = Credentials::Password { user: "ann", password: "secret" };
    // base64 of "user=ann@x.org\x01auth=Bearer vF9d\x01\x01".
    let xoauth2 = "AUTH XOAUTH2 dXNlcj1hbm5AeC5vcmcBYXV0aD1CZWFyZXIgdkY5ZAEB";
    let table = [
        ("XOAUTH2 PLAIN", token, format!("C: {xoauth2}\nS: +OK\nC: CAPA\nS: -ERR"), None),
        // The report of a refused token is answered, and the refusal follows.
        (
            "XOAUTH2",
            token,
            format!("C: {xoauth2}\nS: + eyJzdGF0dXMiOiI0MDEifQ==\nC: \nS: -ERR [AUTH] over"),
            Some(true),
        ),
        ("PLAIN", token, String::new(), Some(false)),
        // No keys for SCRAM: nothing was shown, so the password goes as it always did.
        (
            "SCRAM-SHA-256",
            password,
            "S: -ERR [AUTH] no keys\nC: USER ann\nS: +OK\nC: PASS secret\nS: +OK\nC: CAPA\nS: -ERR"
                .to_owned(),
            None,
        ),
    ];
    for (offered, credentials, text, wanted) in table {
        let hello = format!("S: +OK\nC: CAPA\nS: +OK\nS: SASL {offered}\nS: USER\nS: .\n");
        let mut steps = script(&hello);
        if offered.starts_with("SCRAM") {
            steps = steps.then_hear_a_line();
        }
        let (stream, _server) = serve(steps.then(script(&text)), Delivery::Whole);
        let mut session = Session::greet(stream, Settings::default()).await.unwrap();
        let result = session.sign_in(&credentials, Exposure::Harmless).await;
        let seen = result.err().map(|error| error.needs_credentials());
        assert_eq!(seen, wanted, "{offered}");
    }
    let long = "t".repeat(2_000);
    let token = Credentials::Token { user: "ann", token: &long, host: "h", port: 995 };
    let message = format!("user=ann\x01auth=Bearer {long}\x01\x01");
    let line = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, message);
    let text = format!(
        "S: +OK\nC: CAPA\nS: +OK\nS: SASL XOAUTH2\nS: .\nC: AUTH XOAUTH2\nS: + \nC: {line}\nS: +OK\nC: CAPA\nS: -ERR"
    );
    let (stream, _server) = serve(script(&text), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    session.sign_in(&token, Exposure::Harmless).await.unwrap();
}

#[tokio::test]
async fn nothing_secret_is_shown_where_somebody_listens() {
    let text = "S: +OK\nC: CAPA\nS: +OK\nS: SASL PLAIN\nS: USER\nS: .";
    let (stream, server) = serve(script(text), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    let password = Credentials::Password { user: "ann", password: "secret" };
    let error = session.sign_in(&password, Exposure::Refused).await.unwrap_err();
    assert!(matches!(error, Error::AuthNotOffered { .. }), "{error}");
    drop(session);
    assert_eq!(server.await.unwrap(), "CAPA\r\n");
}

#[tokio::test]
async fn apop_answers_the_greeting_and_needs_its_timestamp() {
    // The example of RFC 1939 section 7.
    let text = "S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\nC: CAPA\nS: -ERR\n\
        C: APOP mrose c4c9334bac560ecc979e58001b3e22fb\nS: +OK in\nC: CAPA\nS: -ERR";
    let (stream, _server) = serve(script(text), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    assert!(session.offers_apop());
    session.login_apop("mrose", "tanstaaf").await.unwrap();
    let (stream, _server) = serve(script("S: +OK ready\nC: CAPA\nS: -ERR"), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    assert!(!session.offers_apop());
    assert!(matches!(session.login_apop("a", "b").await, Err(Error::ApopNotOffered)));
}

#[tokio::test]
async fn refusals_are_classified() {
    let cases = [
        ("[AUTH] no", Some(RespCode::Auth), (false, true, false)),
        ("no", None, (false, true, false)),
        ("[IN-USE] busy", Some(RespCode::InUse), (true, false, false)),
        ("mailbox is locked by another session", None, (true, false, false)),
        ("[LOGIN-DELAY] wait", Some(RespCode::LoginDelay), (true, false, false)),
        ("[SYS/TEMP] ill", Some(RespCode::SysTemp), (true, false, false)),
        ("[SYS/PERM] dead", Some(RespCode::SysPerm), (false, false, true)),
        ("[NEW] thing", Some(RespCode::Other("NEW".to_owned())), (false, false, true)),
    ];
    for (text, code, class) in cases {
        let steps = script(&format!(
            "S: +OK\nC: CAPA\nS: -ERR what\nC: USER a\nS: +OK\nC: PASS b\nS: -ERR {text}"
        ));
        let (stream, _server) = serve(steps, Delivery::Whole);
        let mut session = Session::greet(stream, Settings::default()).await.unwrap();
        let error = session.login("a", "b").await.unwrap_err();
        assert_eq!(
            (error.is_transient(), error.needs_credentials(), error.is_permanent()),
            class,
            "{text}"
        );
        assert!(matches!(error, Error::Refused { refusal, .. } if refusal.code == code));
        assert!(session.is_usable());
    }
}

#[tokio::test]
async fn line_breaks_never_reach_the_wire() {
    let (stream, server) = serve(script("S: +OK\nC: CAPA\nS: -ERR what"), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    for (user, password) in [("a\r\nDELE 1", "b"), ("a", "b\nDELE 1"), ("a\0", "b")] {
        assert!(matches!(session.login(user, password).await, Err(Error::Unsendable { .. })));
    }
    drop(session);
    assert_eq!(server.await.unwrap(), "CAPA\r\n");
}

#[tokio::test]
async fn data_before_the_handshake_is_refused() {
    let offer = "S: +OK\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS";
    let (stream, _server) = serve(script(&format!("{offer}\nS: +OK")), Delivery::Whole);
    let session = Session::greet(stream, Settings::default()).await.unwrap();
    assert!(session.start_tls().await.is_ok());
    let injected = script(offer).then_say(b"+OK begin\r\n+OK injected\r\n");
    let (stream, _server) = serve(injected, Delivery::Whole);
    let session = Session::greet(stream, Settings::default()).await.unwrap();
    assert!(matches!(session.start_tls().await, Err(Error::TlsInjection)));
    let (stream, server) = serve(script("S: +OK\nC: CAPA\nS: +OK\nS: USER\nS: ."), Delivery::Whole);
    let session = Session::greet(stream, Settings::default()).await.unwrap();
    assert!(matches!(session.start_tls().await, Err(Error::TlsNotOffered)));
    assert_eq!(server.await.unwrap(), "CAPA\r\n");
}

#[tokio::test]
async fn a_server_without_uidl_is_told_from_one_that_refuses_now() {
    let cases = [("-ERR unknown command", true), ("-ERR [SYS/TEMP] later", false)];
    for (answer, unsupported) in cases {
        let (stream, _server) = serve(
            script(&format!("S: +OK\nC: CAPA\nS: -ERR\nC: UIDL\nS: {answer}")),
            Delivery::Whole,
        );
        let mut session = Session::greet(stream, Settings::default()).await.unwrap();
        assert_eq!(matches!(session.uidl().await, Ok(UidlListing::Unsupported)), unsupported);
    }
    let promised = "S: +OK\nC: CAPA\nS: +OK\nS: UIDL\nS: .\nC: UIDL\nS: -ERR no";
    let (stream, _server) = serve(script(promised), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    assert!(matches!(session.uidl().await, Err(Error::Refused { .. })));
}

#[tokio::test]
async fn a_refused_stat_does_not_shift_the_answers() {
    let steps = "C: STAT\nC: LIST\nC: UIDL\nS: -ERR no\nS: +OK\nS: 1 5\nS: .\nS: +OK\nS: 1 a\nS: .\nC: NOOP\nS: +OK";
    let (stream, _server) = serve(script(&format!("{LOGIN}{steps}")), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    session.login("ann", "secret").await.unwrap();
    assert!(matches!(session.survey().await, Err(Error::Refused { command: "STAT", .. })));
    session.noop().await.unwrap();
}

#[tokio::test]
async fn a_message_above_the_limit_is_skipped_and_the_session_goes_on() {
    let steps = "S: +OK\nC: CAPA\nS: -ERR\nC: RETR 1\nS: +OK\nS: 0123456789\nS: .\nC: TOP 1 0\nS: +OK\nS: a: b\nS:\nS: .";
    let (stream, _server) = serve(script(steps), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    let mut sink = Vec::new();
    let error = session.retr(1, &mut sink, 5, &mut |_| ()).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { number: 1, limit: 5 }));
    assert!(sink.is_empty());
    let top = session.top(1, 0, &mut sink, 100).await.unwrap();
    assert_eq!((top.bytes, sink.as_slice()), (8, b"a: b\r\n\r\n".as_slice()));
}

#[tokio::test(start_paused = true)]
async fn silence_is_an_error_that_poisons() {
    let (stream, _other) = tokio::io::duplex(1000);
    let settings = Settings { greeting_timeout: Duration::from_secs(5), ..Settings::default() };
    assert!(matches!(Session::greet(stream, settings).await, Err(Error::TimedOut { .. })));
    let (stream, _server) = serve(script("S: +OK\nC: CAPA\nS: -ERR\nC: STAT"), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    assert!(matches!(session.stat().await, Err(Error::TimedOut { .. })));
    assert!(!session.is_usable());
    assert!(matches!(session.noop().await, Err(Error::Poisoned)));
}

#[tokio::test]
async fn a_dropped_command_poisons() {
    let (stream, _server) =
        serve(script("S: +OK\nC: CAPA\nS: -ERR\nC: RETR 1\nS: +OK\nS: text"), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    let mut sink = Vec::new();
    {
        let mut window = session.fetch(vec![Fetch { number: 1, size: 10 }], 100);
        let mut progress = |_| ();
        let pending = window.next(&mut sink, &mut progress);
        tokio::select! { biased; _ = pending => panic!("no end came"), () = tokio::task::yield_now() => () }
    }
    assert!(matches!(session.stat().await, Err(Error::Poisoned)));
}

#[tokio::test]
async fn endless_and_unreadable_answers_are_errors() {
    let long = "x".repeat(10_000);
    let cases = [
        format!("S: +OK {long}"),
        "S: hello".to_owned(),
        "S: +OK 1".to_owned(),
        "S: +OK a b".to_owned(),
    ];
    for answer in cases {
        let (stream, _server) =
            serve(script(&format!("S: +OK\nC: CAPA\nS: -ERR\nC: STAT\n{answer}")), Delivery::Whole);
        let mut session = Session::greet(stream, Settings::default()).await.unwrap();
        let error = session.stat().await.unwrap_err();
        assert!(matches!(error, Error::Garbled { .. }), "{error}");
        assert!(!session.is_usable());
    }
}

#[tokio::test]
async fn the_transcript_holds_no_password_and_no_mail() {
    let lines = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&lines);
    let transcript: crate::Transcript =
        Arc::new(move |line| seen.lock().unwrap().extend([line.to_string().as_str(), "\n"]));
    let (stream, _server) = serve(whole(), Delivery::Whole);
    let mut session =
        Session::greet(stream, Settings { transcript: Some(transcript), ..Settings::default() })
            .await
            .unwrap();
    session.login("ann", "secret").await.unwrap();
    session.survey().await.unwrap();
    let mut sink = Vec::new();
    let mut window =
        session.fetch(vec![Fetch { number: 1, size: 1 }, Fetch { number: 2, size: 1 }], 100);
    while window.next(&mut sink, &mut |_| ()).await.is_some() {}
    let lines = lines.lock().unwrap();
    assert!(
        lines.contains("C: PASS •••\nS: +OK logged in\n") && lines.contains("bytes of message 1"),
        "{lines}"
    );
    assert!(!lines.contains("secret") && !lines.contains("Subject"), "{lines}");
}

#[test]
fn a_session_can_run_in_a_task_of_its_own() {
    fn check<F: Future + Send>(_future: fn() -> F) {}
    check(|| async { journey(serve(script(""), Delivery::Whole).0).await });
}

#[tokio::test]
async fn refusals_in_chinese_are_readable() {
    let steps =
        script("S: +OK\nC: CAPA\nS: -ERR\nC: STAT").then_say(b"-ERR \xd3\xc3\xbb\xa7 \x1b[31m\r\n");
    let (stream, _server) = serve(steps, Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    assert_eq!(session.stat().await.unwrap_err().to_string(), "the server refused STAT: 用户 [31m");
}

/// Courier: chatty status lines, a challenge in the greeting, everything pipelined.
const COURIER: &str = "
    S: +OK Hello there. <24820-1169467896@localhost.localdomain>
    C: CAPA
    S: +OK Here's what I can do:
    S: STLS
    S: TOP
    S: USER
    S: LOGIN-DELAY 10
    S: PIPELINING
    S: UIDL
    S: IMPLEMENTATION Courier Mail Server
    S: .
    C: USER ann
    S: +OK Password required.
    C: PASS secret
    S: +OK logged in.
    C: CAPA
    S: +OK Here's what I can do:
    S: TOP
    S: LOGIN-DELAY 10
    S: PIPELINING
    S: UIDL
    S: .
    C: STAT
    C: LIST
    C: UIDL
    S: +OK 2 320
    S: +OK POP3 clients that break here, they violate STD53.
    S: 1 120
    S: 2 200
    S: .
    S: +OK POP3 clients that break here, they violate STD53.
    S: 1 UID120-1169
    S: 2 UID121-1169
    S: .
    C: RETR 1
    C: RETR 2
    S: +OK 120 octets follow.
    S: one
    S: .
    S: +OK 200 octets follow.
    S: two
    S: .
    C: DELE 1
    S: +OK Deleted.
    C: QUIT
    S: +OK Bye-bye.
";

/// Exchange: counts in the status line of LIST, small UIDLs, no PIPELINING, no RESP-CODES.
const EXCHANGE: &str = "
    S: +OK The Microsoft Exchange POP3 service is ready. [QgBMADAAUAA=]
    C: CAPA
    S: +OK
    S: TOP
    S: UIDL
    S: SASL PLAIN NTLM
    S: USER
    S: STLS
    S: .
    C: USER ann
    S: +OK
    C: PASS secret
    S: +OK User successfully logged on.
    C: CAPA
    S: +OK
    S: TOP
    S: UIDL
    S: .
    C: STAT
    S: +OK 2 320
    C: LIST
    S: +OK 2 320
    S: 1 120
    S: 2 200
    S: .
    C: UIDL
    S: +OK 2
    S: 1 17
    S: 2 18
    S: .
    C: RETR 1
    S: +OK
    S: one
    S: .
    C: RETR 2
    S: +OK
    S: two
    S: .
    C: DELE 1
    S: +OK
    C: QUIT
    S: +OK Microsoft Exchange Server POP3 server signing off.
";

/// An old server: no CAPA, status lines without a word behind them.
const OLD: &str = "
    S: +OK
    C: CAPA
    S: -ERR
    C: USER ann
    S: +OK
    C: PASS secret
    S: +OK
    C: CAPA
    S: -ERR
    C: STAT
    S: +OK 2 320
    C: LIST
    S: +OK
    S: 1 120
    S: 2 200
    S: .
    C: UIDL
    S: +OK
    S: 1 a
    S: 2 b
    S: .
    C: RETR 1
    S: +OK
    S: one
    S: .
    C: RETR 2
    S: +OK
    S: two
    S: .
    C: DELE 1
    S: +OK
    C: QUIT
    S: +OK
";

#[tokio::test]
async fn servers_are_understood_as_they_speak() {
    for (name, text) in [("Courier", COURIER), ("Exchange", EXCHANGE), ("old", OLD)] {
        for delivery in [Delivery::Whole, Delivery::Bytes] {
            let (stream, _server) = serve(script(text), delivery);
            let (maildrop, bytes, refused) =
                journey(stream).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!((maildrop.stat.count, maildrop.sizes.len(), refused), (2, 2, 0), "{name}");
            let UidlListing::Listed(uidls) = maildrop.uidls else { panic!("{name}") };
            assert!(uidls.len() == 2 && uidls.iter().all(|entry| entry.is_reliable), "{name}");
            assert_eq!(bytes, b"one\r\ntwo\r\n", "{name}");
        }
    }
}

#[tokio::test]
async fn headers_are_asked_for_ahead_and_one_that_is_refused_stops_no_other() {
    let text = format!(
        "{LOGIN}C: TOP 1 0\nC: TOP 2 0\nC: TOP 3 0\nS: +OK\nS: A: 1\nS:\nS: .\nS: -ERR no\nS: +OK\nS: A: 3\nS:\nS: .\nC: NOOP\nS: +OK"
    );
    let (stream, _server) = serve(script(&text), Delivery::Whole);
    let mut session = Session::greet(stream, Settings::default()).await.unwrap();
    session.login("ann", "secret").await.unwrap();
    let (mut header, mut came) = (Vec::new(), Vec::new());
    let mut window = session.fetch_heads(&[1, 2, 3], 0, 1000);
    while let Some(next) = window.next(&mut header, &mut |_| ()).await {
        came.push((next.number, next.result.is_ok(), std::mem::take(&mut header)));
    }
    assert_eq!(
        came,
        [
            (1, true, b"A: 1\r\n\r\n".to_vec()),
            (2, false, Vec::new()),
            (3, true, b"A: 3\r\n\r\n".to_vec())
        ]
    );
    session.noop().await.unwrap();
}
