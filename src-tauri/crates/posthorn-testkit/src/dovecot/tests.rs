//! The real Dovecot, spoken to by hand.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use super::{Dovecot, DovecotOptions};
use crate::{Delivery, Mail};

/// Says lines to a port and returns all answers until the server closes.
fn talk(port: u16, lines: &[&str]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let mut all = String::new();
    answers.read_line(&mut all).unwrap();
    for line in lines {
        stream.write_all(format!("{line}\r\n").as_bytes()).unwrap();
    }
    while answers.read_line(&mut all).unwrap() > 0 {}
    all
}

#[test]
fn a_filled_mailbox_is_served_and_survives_stop_kill_and_start() {
    let mut server = Dovecot::start(DovecotOptions::default()).unwrap();
    let work = server.mailbox("anna", "Work/台北");
    let bytes = Mail::new().subject("Report").text("done").build();
    work.fill(&[
        Delivery::new(bytes.clone()).flags(&["\\Seen", "$Forwarded"]),
        Delivery::new(bytes),
    ])
    .unwrap();
    let ask = [
        "a LOGIN anna test",
        "b LIST \"\" *",
        "c SELECT \"Work.&U,BTFw-\"",
        "d FETCH 1 (FLAGS INTERNALDATE)",
        "e LOGOUT",
    ];
    for round in 0..3 {
        let answers = talk(server.imap_port(), &ask);
        assert!(answers.contains("* 2 EXISTS"), "{answers}\n{}", server.log().unwrap());
        assert!(answers.contains("05-Jan-2026 09:00:00 +0000"), "{answers}");
        assert!(
            answers.contains("1 FETCH (FLAGS (\\Seen ")
                && answers.contains("$Forwarded) INTERNALDATE"),
            "{answers}"
        );
        assert!(answers.contains("(\\HasNoChildren \\Sent)"), "{answers}");
        if round == 0 {
            server.restart().unwrap();
        } else {
            server.kill().unwrap();
            assert!(!server.is_running());
            server.start_again().unwrap();
        }
    }
    assert_eq!(work.messages().unwrap()[0].flags.names(), ["\\Seen", "$Forwarded"]);
}

#[test]
fn pop3_serves_the_same_inbox_until_the_user_is_denied() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server
        .mailbox("paul", "INBOX")
        .fill(&[Delivery::new(Mail::new().text("hello").build())])
        .unwrap();
    let ask = ["USER paul@posthorn.test", "PASS test", "STAT", "QUIT"];
    let answers = talk(server.pop3_port(), &ask);
    assert!(answers.contains("+OK 1 "), "{answers}\n{}", server.log().unwrap());
    server.deny(&["paul"]).unwrap();
    let answers = talk(server.pop3_port(), &["USER paul", "PASS test", "QUIT"]);
    assert!(answers.contains("-ERR [AUTH]"), "{answers}\n{}", server.log().unwrap());
    server.deny(&[]).unwrap();
    assert!(talk(server.pop3_port(), &ask).contains("+OK 1 "));
}

#[test]
fn a_denial_right_after_the_start_does_not_end_the_server() {
    let mut server = Dovecot::start(DovecotOptions::default()).unwrap();
    for _ in 0..3 {
        server.deny(&["anna"]).unwrap();
        assert!(server.is_running(), "{}", server.log().unwrap());
        let answers = talk(server.imap_port(), &["a LOGIN anna test", "b LOGOUT"]);
        assert!(answers.contains("a NO [AUTHENTICATIONFAILED]"), "{answers}");
        server.restart().unwrap();
    }
}

#[test]
fn a_changed_password_is_the_only_one() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.set_password("anna", "another").unwrap();
    for (user, password, answer) in
        [("anna", "test", "a NO"), ("anna", "another", "a OK"), ("bert", "test", "a OK")]
    {
        let login = format!("a LOGIN {user} {password}");
        let answers = talk(server.imap_port(), &[&login, "b LOGOUT"]);
        assert!(answers.contains(answer), "{user} {password}: {answers}");
    }
}

#[test]
fn options_reach_the_server() {
    let (_, certificate) = Dovecot::certificate().unwrap();
    let options = DovecotOptions {
        certificate: Some(certificate),
        imap_capability: Some("IMAP4rev1 IDLE".to_owned()),
        mail_plugins: vec!["quota".to_owned()],
        imap_plugins: vec!["imap_quota".to_owned()],
        extra: "plugin {\n quota = maildir:User quota\n quota_rule = *:storage=10M\n}\n".to_owned(),
        ..DovecotOptions::default()
    };
    let server = Dovecot::start(options).unwrap();
    let answers = talk(
        server.imap_port(),
        &["a LOGIN anna test", "b CAPABILITY", "c GETQUOTAROOT INBOX", "d LOGOUT"],
    );
    assert!(
        answers.contains("* CAPABILITY IMAP4rev1 IDLE\r\n"),
        "{answers}\n{}",
        server.log().unwrap()
    );
    assert!(answers.contains("(STORAGE 0 10240)"), "{answers}");
    assert!(TcpStream::connect(("127.0.0.1", server.imaps_port())).is_ok());
}

#[test]
fn a_forgotten_uid_validity_is_another_one_next_time() {
    let mut server = Dovecot::start(DovecotOptions::default()).unwrap();
    let inbox = server.mailbox("anna", "INBOX");
    inbox.fill(&[Delivery::new(Mail::new().build())]).unwrap();
    let ask = ["a LOGIN anna test", "b STATUS INBOX (UIDVALIDITY)", "c LOGOUT"];
    let validity = |answers: String| {
        answers.lines().find(|line| line.contains("STATUS INBOX")).unwrap().to_owned()
    };
    let before = validity(talk(server.imap_port(), &ask));
    server.stop();
    inbox.forget_uids().unwrap();
    server.start_again().unwrap();
    assert_ne!(validity(talk(server.imap_port(), &ask)), before);
}
