//! What happens before a message: greeting, EHLO, STARTTLS, AUTH.

use std::sync::{Arc, Mutex};

use posthorn_sasl::{Credentials, Exposure};
use posthorn_testkit::ScriptDelivery as Delivery;

use super::{script, serve};
use crate::{Error, Session, Settings, Timeouts, verify};

const HELLO: &str =
    "S: 220 host\nC: EHLO [127.0.0.1]\nS: 250-host\nS: 250-AUTH LOGIN PLAIN\nS: 250 STARTTLS\n";

async fn greet(text: &str) -> Result<Session<tokio::io::DuplexStream>, Error> {
    Session::greet(serve(script(text), Delivery::Whole).0, Settings::default()).await
}

#[tokio::test]
async fn a_login_is_verified_and_its_failure_classified() {
    // base64 of "\0ann\0secret".
    let plain = "C: AUTH PLAIN AGFubgBzZWNyZXQ=\n";
    let cases = [
        ("S: 235 in\nC: QUIT\nS: 221 bye", None),
        ("S: 334 \nC: AGFubgBzZWNyZXQ=\nS: 235 in\nC: QUIT\nS: 421 rude", None),
        (
            "S: 504 unknown\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5u\nS: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\nS: 235 in\nC: QUIT\nS: 221 bye",
            None,
        ),
        ("S: 535 5.7.8 wrong", Some((false, true, false))),
        ("S: 534-5.7.9 app password\nS: 534 5.7.9 needed", Some((false, true, false))),
        ("S: 454 4.7.0 later", Some((true, false, false))),
        ("S: 250 what", Some((false, false, true))),
    ];
    for (answer, class) in cases {
        let session = greet(&format!("{HELLO}{plain}{answer}")).await.unwrap();
        let result = verify(session, "ann", "secret").await;
        let seen = result
            .err()
            .map(|error| (error.is_transient(), error.needs_credentials(), error.is_permanent()));
        assert_eq!(seen, class, "{answer}");
    }
}

#[tokio::test]
async fn a_server_without_ehlo_is_greeted_with_helo() {
    let session =
        greet("S: 220 old\nC: EHLO [127.0.0.1]\nS: 502 no\nC: HELO [127.0.0.1]\nS: 250 old")
            .await
            .unwrap();
    assert!(!session.capabilities().extended);
    let refused = greet("S: 220 x\nC: EHLO [127.0.0.1]\nS: 550 go away").await;
    assert!(matches!(refused, Err(Error::Refused { command: "EHLO", .. })));
    assert!(matches!(greet("S: 554 no").await, Err(Error::Refused { command: "connection", .. })));
    assert!(matches!(greet("S: 421 busy").await, Err(error) if error.is_transient()));
}

#[tokio::test]
async fn data_before_the_handshake_is_refused() {
    let session = greet(&format!("{HELLO}C: STARTTLS\nS: 220 go")).await.unwrap();
    assert!(session.start_tls().await.is_ok());
    let steps = script(&format!("{HELLO}C: STARTTLS"))
        .then_say(b"220 go\r\n250-INJECTED\r\n250 AUTH LOGIN\r\n");
    let session =
        Session::greet(serve(steps, Delivery::Whole).0, Settings::default()).await.unwrap();
    assert!(matches!(session.start_tls().await, Err(Error::TlsInjection)));
    let session = greet("S: 220 x\nC: EHLO [127.0.0.1]\nS: 250 x").await.unwrap();
    assert!(matches!(session.start_tls().await, Err(Error::TlsNotOffered)));
}

#[tokio::test]
async fn replies_in_other_charsets_and_odd_forms_keep_their_code_and_words() {
    let cases: [(&[u8], u16, &str); 5] = [
        (b"550 5.1.1 \xd3\xc3\xbb\xa7\r\n", 550, "用户"),
        (b"550 d\xe9sol\xe9\r\n", 550, "d\u{fffd}sol\u{fffd}"),
        (b"550\r\n", 550, ""),
        (b"550 bare\n", 550, "bare"),
        (b"550-one\r\n550 two\r\n", 550, "one two"),
    ];
    for (bytes, code, text) in cases {
        let steps = script("S: 220 x\nC: EHLO [127.0.0.1]").then_say(bytes);
        let error = Session::greet(serve(steps, Delivery::Bytes).0, Settings::default())
            .await
            .err()
            .unwrap();
        let Error::Refused { reply, .. } = error else { panic!("{error}") };
        assert_eq!(reply.code, code);
        assert_eq!(reply.text(), text);
    }
}

#[tokio::test]
async fn what_is_no_reply_is_an_error() {
    let long = "x".repeat(70_000);
    for answer in ["hello", "250-a\nS: 550 b", "999 x", long.as_str()] {
        let result = greet(&format!("S: 220 x\nC: EHLO [127.0.0.1]\nS: {answer}")).await;
        assert!(matches!(result, Err(Error::Garbled { .. })), "{:?}", result.err());
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_an_error() {
    let (stream, _other) = tokio::io::duplex(100);
    let timeouts = Timeouts::impatient(std::time::Duration::from_secs(9));
    let result = Session::greet(stream, Settings { timeouts, ..Settings::default() }).await;
    assert!(matches!(result, Err(Error::TimedOut { stage: "greeting", .. })));
}

#[tokio::test]
async fn the_client_name_cannot_inject_and_the_transcript_holds_no_password() {
    let settings = Settings { client_name: "a\r\nMAIL".to_owned(), ..Settings::default() };
    let (stream, _server) = serve(script("S: 220 x"), Delivery::Whole);
    assert!(matches!(Session::greet(stream, settings).await, Err(Error::Unsendable { .. })));
    let lines = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&lines);
    let transcript: crate::Transcript =
        Arc::new(move |line| seen.lock().unwrap().extend([line.to_string().as_str(), "\n"]));
    let (stream, _server) = serve(
        script(&format!("{HELLO}C: AUTH PLAIN AGFubgBzZWNyZXQ=\nS: 235 in")),
        Delivery::Whole,
    );
    let settings = Settings { transcript: Some(transcript), ..Settings::default() };
    let mut session = Session::greet(stream, settings).await.unwrap();
    session.authenticate("ann", "secret").await.unwrap();
    let lines = lines.lock().unwrap();
    assert!(lines.contains("C: AUTH PLAIN •••\nS: 235 in\n"), "{lines}");
    assert!(!lines.contains("AGFu"), "{lines}");
}

#[tokio::test]
async fn each_mechanism_is_spoken_as_its_document_says() {
    let token = Credentials::Token { user: "ann@x.org", token: "vF9d", host: "h", port: 465 };
    let password = Credentials::Password { user: "ann", password: "secret" };
    // base64 of "user=ann@x.org\x01auth=Bearer vF9d\x01\x01".
    let xoauth2 = "dXNlcj1hbm5AeC5vcmcBYXV0aD1CZWFyZXIgdkY5ZAEB";
    // base64 of "n,a=ann@x.org,\x01host=h\x01port=465\x01auth=Bearer vF9d\x01\x01".
    let bearer = "bixhPWFubkB4Lm9yZywBaG9zdD1oAXBvcnQ9NDY1AWF1dGg9QmVhcmVyIHZGOWQBAQ==";
    let table = [
        ("XOAUTH2 PLAIN", token, format!("C: AUTH XOAUTH2 {xoauth2}\nS: 235 in")),
        ("XOAUTH2 OAUTHBEARER", token, format!("C: AUTH OAUTHBEARER {bearer}\nS: 235 in")),
        // The report of a refused token is answered, and the refusal follows (RFC 7628 section 3.2.3).
        (
            "XOAUTH2",
            token,
            format!(
                "C: AUTH XOAUTH2 {xoauth2}\nS: 334 eyJzdGF0dXMiOiI0MDEifQ==\nC: \nS: 535 5.7.8 over"
            ),
        ),
        (
            "OAUTHBEARER",
            token,
            format!(
                "C: AUTH OAUTHBEARER {bearer}\nS: 334 eyJzdGF0dXMiOiI0MDEifQ==\nC: AQ==\nS: 535 5.7.8 over"
            ),
        ),
        // No keys for SCRAM: nothing was shown, so the next one may be tried.
        (
            "SCRAM-SHA-256 PLAIN",
            password,
            "S: 535 5.7.8 no keys\nC: AUTH PLAIN AGFubgBzZWNyZXQ=\nS: 235 in".to_owned(),
        ),
        (
            "LOGIN",
            password,
            "C: AUTH LOGIN\nS: 334 Username:\nC: YW5u\nS: 334 Password:\nC: c2VjcmV0\nS: 235 in"
                .to_owned(),
        ),
    ];
    for (offered, credentials, text) in table {
        let hello = format!("S: 220 h\nC: EHLO [127.0.0.1]\nS: 250-h\nS: 250 AUTH {offered}\n");
        let mut steps = script(&hello);
        if offered.starts_with("SCRAM") {
            steps = steps.then_hear_a_line();
        }
        let (stream, _server) = serve(steps.then(script(&text)), Delivery::Whole);
        let mut session = Session::greet(stream, Settings::default()).await.unwrap();
        let result = session.sign_in(&credentials, Exposure::Harmless).await;
        let is_over = text.ends_with("over");
        assert_eq!(result.is_ok(), !is_over, "{offered}: {result:?}");
        if let Err(error) = result {
            assert!(error.needs_credentials() && session.is_usable(), "{error}");
        }
    }
}

#[tokio::test]
async fn a_long_token_goes_on_a_line_of_its_own() {
    let long = "t".repeat(2_000);
    let credentials = Credentials::Token { user: "ann", token: &long, host: "h", port: 465 };
    let message = format!("user=ann\x01auth=Bearer {long}\x01\x01");
    let line = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, message);
    let text = format!(
        "S: 220 h\nC: EHLO [127.0.0.1]\nS: 250-h\nS: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2\nS: 334 \nC: {line}\nS: 235 in"
    );
    let mut session = greet(&text).await.unwrap();
    session.sign_in(&credentials, Exposure::Harmless).await.unwrap();
}

#[tokio::test]
async fn nothing_secret_is_shown_where_somebody_listens_and_nobody_is_asked_for_ever() {
    let password = Credentials::Password { user: "ann", password: "secret" };
    let mut session = greet(HELLO).await.unwrap();
    let error = session.sign_in(&password, Exposure::Refused).await.unwrap_err();
    assert!(matches!(error, Error::AuthNotOffered { .. }), "{error}");
    let asking = "S: 334 eA==\nC: *\n".repeat(10);
    let text = format!("{HELLO}C: AUTH PLAIN AGFubgBzZWNyZXQ=\n{asking}");
    let mut session = greet(&text).await.unwrap();
    let error = session.sign_in(&password, Exposure::Harmless).await.unwrap_err();
    assert!(matches!(error, Error::Garbled { .. }) && !session.is_usable(), "{error}");
}
