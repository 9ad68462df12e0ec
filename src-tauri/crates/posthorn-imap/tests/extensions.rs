//! Extensions against a real Dovecot with everything that it can do, and against scripts for what it cannot.

#![expect(clippy::expect_used, reason = "helpers of tests fail like tests")]

use posthorn_imap::sasl::{Credentials, Exposure};
use posthorn_imap::{Error, Event, Idling, MailboxName, Options, SelectMode, Session, UidSet};
use posthorn_model::{Flags, Uid};
use posthorn_testkit::{Delivery, Dovecot, DovecotOptions, Mail, PASSWORD, Played, Script};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, DuplexStream};
use tokio::net::TcpStream;

const PLUGINS: &str = "auth_mechanisms = plain login scram-sha-256\n\
    plugin {\n quota = count:User quota\n quota_vsizes = yes\n quota_rule = *:storage=10M\n acl = vfile\n}\n";

fn rich() -> Dovecot {
    let words = |list: &str| list.split(' ').map(str::to_owned).collect();
    Dovecot::start(DovecotOptions {
        mail_plugins: words("quota acl zlib"),
        imap_plugins: words("imap_quota imap_acl imap_zlib"),
        extra: PLUGINS.to_owned(),
        ..DovecotOptions::default()
    })
    .expect("Dovecot starts")
}

async fn open(server: &Dovecot) -> Session<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", server.imap_port())).await.expect("it listens");
    Session::open(stream, &Options::default()).await.expect("it greets")
}

fn password(password: &str) -> Credentials<'_> {
    Credentials::Password { user: "ann", password }
}

#[tokio::test]
async fn a_password_is_proved_without_being_shown() {
    let server = rich();
    let mut session = open(&server).await;
    // Nobody may listen: only SCRAM is left of what is offered.
    session.sign_in(&password(PASSWORD), Exposure::Refused).await.unwrap();
    session.logout().await.unwrap();
    let mut session = open(&server).await;
    let error = session.sign_in(&password("wrong"), Exposure::Refused).await.unwrap_err();
    assert!(error.needs_credentials(), "{error}");
}

#[tokio::test]
async fn a_connection_is_compressed_from_end_to_end() {
    let server = rich();
    let big: Vec<u8> = (0..600_000_u32).map(|number| (number % 251) as u8).collect();
    let mail =
        Mail::new().subject("big").attach("big.bin", "application/octet-stream", &big).build();
    server.mailbox("ann", "INBOX").fill(&[Delivery::new(mail.clone())]).expect("delivered");
    let mut session = open(&server).await;
    session.sign_in(&password(PASSWORD), Exposure::Harmless).await.unwrap();
    assert!(session.compress().await.unwrap());
    assert!(session.compress().await.unwrap(), "once is enough");
    session.select(&MailboxName::inbox(), SelectMode::Plain).await.unwrap();
    let mut fetching = session.fetch_bodies(&UidSet::from(Uid(1))).await.unwrap();
    let mut whole = None;
    while let Some(mut fetched) = fetching.next().await.unwrap() {
        whole = fetched.take_section("");
    }
    assert_eq!(whole.unwrap().into_bytes(1 << 24).unwrap(), mail);
    let appended = session
        .append(
            &MailboxName::inbox(),
            &Flags::default(),
            None,
            mail.len() as u64,
            &mut mail.as_slice(),
        )
        .await;
    assert!(appended.unwrap().is_some());
    // A part without its base64.
    let part = session.fetch_binary(Uid(1), "2").await;
    let part = match part {
        Ok(Some(part)) => part,
        other => session
            .fetch_binary(Uid(1), "1")
            .await
            .unwrap()
            .unwrap_or_else(|| panic!("no part: {other:?}")),
    };
    assert_eq!(part.into_bytes(1 << 24).unwrap(), big);
    session.logout().await.unwrap();
}

#[tokio::test]
async fn quotas_rights_sizes_and_counts_are_told() {
    let server = rich();
    let mail = Mail::new().subject("one").text("Hello, this is the beginning of it.").build();
    server.mailbox("ann", "Work").fill(&[Delivery::new(mail.clone())]).expect("delivered");
    let mut session = open(&server).await;
    session.sign_in(&password(PASSWORD), Exposure::Harmless).await.unwrap();
    let introduction =
        session.introduce(&[("name", "Posthorn")], &["QRESYNC", "UTF8=ACCEPT"]).await.unwrap();
    assert!(introduction.server.iter().any(|(key, value)| key == "name" && value == "Dovecot"));
    assert_eq!(introduction.namespaces.personal.len(), 1);
    assert!(session.is_enabled("QRESYNC") && !session.is_enabled("UTF8=ACCEPT"));
    let work = MailboxName::from_display("Work");
    let properties = session.properties(&work).await.unwrap();
    assert_eq!((properties.messages, properties.size), (Some(1), Some(mail.len() as u64)));
    let quotas = session.quotas(&work).await.unwrap();
    assert_eq!(quotas[0].storage().unwrap().1, 10 << 20);
    let names = [work.clone(), MailboxName::inbox()];
    let rights = session.rights(&names).await.unwrap();
    assert_eq!(rights.len(), 2);
    assert!(rights.iter().all(|(_, rights)| rights.may_insert() && rights.may_remove()));
    let counts = session.statuses(&names).await.unwrap();
    assert!(counts.iter().all(|(_, status)| status.highest_modseq.is_some()));
    assert_eq!(counts.len(), 2);
    session.select(&work, SelectMode::Plain).await.unwrap();
    let mut heads = session.fetch_heads(&UidSet::from(Uid(1))).await.unwrap();
    while let Some(head) = heads.next().await.unwrap() {
        // Lazily asked for: it may not be there, but never be wrong.
        assert!(head.preview.is_none_or(|preview| preview.starts_with("Hello")));
    }
    session.logout().await.unwrap();
}

#[tokio::test]
async fn other_folders_are_heard_of_while_one_is_open() {
    let server = rich();
    server.mailbox("ann", "Work").create().expect("made");
    let mut session = open(&server).await;
    session.sign_in(&password(PASSWORD), Exposure::Harmless).await.unwrap();
    session.enable(&["QRESYNC"]).await.unwrap();
    session.examine(&MailboxName::inbox(), SelectMode::Plain).await.unwrap();
    let watched = session.notify().await.unwrap();
    let work = MailboxName::from_display("Work");
    assert!(watched.iter().any(|(name, status)| *name == work && status.messages == Some(0)));
    let mut other = open(&server).await;
    other.sign_in(&password(PASSWORD), Exposure::Harmless).await.unwrap();
    let mut idle = session.idle().await.unwrap();
    let bytes = b"Subject: x\r\n\r\n";
    other.append(&work, &Flags::default(), None, 14, &mut &bytes[..]).await.unwrap();
    loop {
        match idle.wait(std::time::Duration::from_secs(30)).await.unwrap() {
            Idling::Event(Event::Counts(name, status))
                if name == work && status.messages == Some(1) =>
            {
                break;
            }
            Idling::Event(_) => {}
            Idling::Quiet => panic!("nothing was heard"),
        }
    }
    idle.done().await.unwrap();
}

/// Plays a script; the future gives what was said, and panics where the script was not followed.
async fn scripted(text: &str) -> (Session<DuplexStream>, impl Future<Output = Played> + use<>) {
    let (stream, playing) = Script::parse(text).expect("a script").serve();
    let session = Session::open(stream, &Options::default()).await.expect("it greets");
    (session, async move { playing.await.expect("no panic").expect("the script is followed") })
}

const TOKEN: Credentials<'_> =
    Credentials::Token { user: "ann@x.org", token: "vF9d", host: "mail.x.org", port: 993 };

#[tokio::test]
async fn tokens_and_refusals_are_told_apart() {
    let bearer = "bixhPWFubkB4Lm9yZywBaG9zdD1tYWlsLngub3JnAXBvcnQ9OTkzAWF1dGg9QmVhcmVyIHZGOWQBAQ==";
    let google = "dXNlcj1hbm5AeC5vcmcBYXV0aD1CZWFyZXIgdkY5ZAEB";
    let cases = [
        (
            format!(
                "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=OAUTHBEARER AUTH=XOAUTH2 AUTH=PLAIN] x\nC: {{a}} AUTHENTICATE OAUTHBEARER {bearer}\nS: {{a}} OK [CAPABILITY IMAP4rev1] in\n"
            ),
            None,
        ),
        (
            format!(
                "S: * OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 AUTH=PLAIN] x\nC: {{a}} AUTHENTICATE XOAUTH2\nS: + \nC: {google}\nS: {{a}} OK [CAPABILITY IMAP4rev1] in\n"
            ),
            None,
        ),
        // The report is acknowledged with an empty line, then comes the refusal.
        (
            format!(
                "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] x\nC: {{a}} AUTHENTICATE XOAUTH2 {google}\nS: + eyJzdGF0dXMiOiI0MDEifQ==\nC: \nS: {{a}} NO\n"
            ),
            Some(true),
        ),
        ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\n".to_owned(), Some(false)),
    ];
    for (text, refusal) in cases {
        let (mut session, playing) = scripted(&text).await;
        let answer = session.sign_in(&TOKEN, Exposure::Harmless).await;
        match (refusal, answer) {
            (None, answer) => answer.unwrap(),
            (Some(true), Err(error)) => {
                assert!(error.needs_credentials(), "{error}");
                assert_eq!(error.server_text(), Some("{\"status\":\"401\"}"));
            }
            (Some(false), Err(error)) => assert!(matches!(error, Error::Unsupported(_)), "{error}"),
            (Some(_), Ok(())) => panic!("{text}"),
        }
        drop(session);
        playing.await;
    }
}

#[tokio::test]
async fn nothing_is_shown_where_it_may_not_be() {
    for offered in ["", "AUTH=PLAIN AUTH=LOGIN", "LOGINDISABLED AUTH=CRAM-MD5"] {
        let (mut session, playing) =
            scripted(&format!("S: * OK [CAPABILITY IMAP4rev1 {offered}] x\n")).await;
        let error = session.sign_in(&password("secret"), Exposure::Refused).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error}");
        drop(session);
        assert!(playing.await.said.is_empty());
    }
}

#[tokio::test]
async fn a_server_without_keys_for_scram_gets_the_password_and_one_without_proof_gets_nothing() {
    let fallback = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256 AUTH=PLAIN] x\n\
        C: {a} AUTHENTICATE SCRAM-SHA-256 *\nS: {a} NO [AUTHENTICATIONFAILED] no such keys\n\
        C: {b} AUTHENTICATE PLAIN AGFubgBzZWNyZXQ=\nS: {b} OK [CAPABILITY IMAP4rev1] in\n";
    let (mut session, playing) = scripted(fallback).await;
    session.sign_in(&password("secret"), Exposure::Harmless).await.unwrap();
    drop(session);
    playing.await;

    let unproved = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256 AUTH=PLAIN] x\n\
        C: {a} AUTHENTICATE SCRAM-SHA-256 *\nS: {a} OK [CAPABILITY IMAP4rev1] in\n";
    let (mut session, playing) = scripted(unproved).await;
    let error = session.sign_in(&password("secret"), Exposure::Harmless).await.unwrap_err();
    assert!(matches!(error, Error::Protocol(_)), "{error}");
    drop(session);
    playing.await;
}

#[tokio::test]
async fn old_login_asks_twice() {
    let text = "S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=LOGIN] x\nC: {a} AUTHENTICATE LOGIN\nS: + VXNlcm5hbWU6\n\
        C: YW5u\nS: + UGFzc3dvcmQ6\nC: c2VjcmV0\nS: {a} OK [CAPABILITY IMAP4rev1] in\n";
    let (mut session, playing) = scripted(text).await;
    session.login("ann", "secret").await.unwrap();
    drop(session);
    playing.await;
}

#[tokio::test]
async fn names_in_utf8_are_the_same_names() {
    let text = "S: * OK [CAPABILITY IMAP4rev1] x\nC: {a} LOGIN *\nS: {a} OK [CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT] in\n\
        C: {e} ENABLE UTF8=ACCEPT\nS: * ENABLED UTF8=ACCEPT\nS: {e} OK\n\
        C: {b} LIST *\nC: {l} LSUB *\nS: * LIST () \"/\" \"Entw\\xC3\\xBCrfe & Co\"\nS: {b} OK\nS: * LSUB () \"/\" \"Entw\\xC3\\xBCrfe & Co\"\nS: {l} OK\n\
        C: {c} SELECT \"Entw\u{fc}rfe & Co\"\nS: {c} NO not now\n";
    let (mut session, playing) = scripted(text).await;
    session.login("ann", "secret").await.unwrap();
    session.introduce(&[], &["UTF8=ACCEPT"]).await.unwrap();
    let list = session.list().await.unwrap();
    let name = MailboxName::from_display("Entw\u{fc}rfe & Co");
    assert_eq!((list[0].name.as_wire(), list[0].is_subscribed()), ("Entw&APw-rfe &- Co", true));
    assert!(session.select(&name, SelectMode::Plain).await.is_err());
    drop(session);
    playing.await;
}

#[tokio::test]
async fn a_message_above_the_limit_is_not_sent() {
    let text = "S: * OK [CAPABILITY IMAP4rev1] x\nC: {a} LOGIN *\nS: {a} OK [CAPABILITY IMAP4rev1 APPENDLIMIT=100] in\n";
    let (mut session, playing) = scripted(text).await;
    session.login("ann", "secret").await.unwrap();
    let big = vec![b'x'; 101];
    let error = session
        .append(&MailboxName::inbox(), &Flags::default(), None, 101, &mut big.as_slice())
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::TooLarge { limit: 100 })
            && error.is_permanent()
            && !error.is_fatal()
    );
    drop(session);
    playing.await;
}

/// Speaks one line in clear, then whatever it is given, packed.
async fn packed(mut stream: impl AsyncRead + AsyncWrite + Unpin, body: Vec<u8>) {
    use tokio::io::AsyncReadExt as _;
    stream.write_all(b"* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] x\r\n").await.expect("greets");
    let mut line = vec![0; 200];
    let read = stream.read(&mut line).await.expect("a command");
    let text = String::from_utf8_lossy(line.get(..read).expect("read")).into_owned();
    let tag = text.split(' ').next().unwrap_or_default().to_owned();
    stream.write_all(format!("{tag} OK packed from here\r\n").as_bytes()).await.expect("agrees");
    let mut packer = flate2::Compress::new(flate2::Compression::best(), false);
    let mut out = Vec::with_capacity(1 << 20);
    packer.compress_vec(&body, &mut out, flate2::FlushCompress::Sync).expect("packs");
    if body.len() < 10 {
        // No deflate at all.
        out = body;
    }
    // The client may leave in the middle, which is what the test wants.
    let _ = stream.write_all(&out).await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
}

#[tokio::test]
async fn a_bomb_meets_the_limits_of_what_it_says() {
    // A hundred megabytes in a hundred kilobytes: one line without end.
    for (body, is_limit) in [(vec![b'A'; 100 << 20], true), (b"\xff\xff\xff\xff".to_vec(), false)] {
        let (client, server) = tokio::io::duplex(1 << 16);
        tokio::spawn(packed(server, body));
        let mut session = Session::open(client, &Options::default()).await.unwrap();
        assert!(session.compress().await.unwrap());
        let quick = tokio::time::timeout(std::time::Duration::from_secs(50), session.noop()).await;
        let error = quick.expect("an answer").unwrap_err();
        assert_eq!(matches!(error, Error::Limit { .. }), is_limit, "{error}");
        assert!(error.is_fatal());
    }
}
