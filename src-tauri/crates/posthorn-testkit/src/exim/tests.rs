//! The real Exim, spoken to by hand, delivering to the real Dovecot.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::Refusal;
use crate::{MailServer, MailServerOptions, Maildir};

/// `\0anna\0test` in base64.
const GOOD: &str = "AUTH PLAIN AGFubmEAdGVzdA==";
/// `\0anna\0wrong` in base64.
const BAD: &str = "AUTH PLAIN AGFubmEAd3Jvbmc=";

/// Says lines one by one and returns the last line of each answer.
fn talk(port: u16, lines: &[&str]) -> Vec<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let mut last = || loop {
        let mut line = String::new();
        assert!(answers.read_line(&mut line).unwrap() > 0, "the server closed");
        if line.as_bytes()[3] == b' ' {
            return line.trim_end().to_owned();
        }
    };
    last();
    let say = |line: &&str| {
        stream.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        last()
    };
    lines.iter().map(say).collect()
}

fn wait_for(inbox: &Maildir, count: usize, log: impl Fn() -> String) {
    for _ in 0..1000 {
        if inbox.count().unwrap() == count {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{} messages instead of {count}\n{}", inbox.count().unwrap(), log());
}

#[test]
fn mail_goes_through_to_the_mailbox_and_refusals_are_as_written() {
    let server = MailServer::start(MailServerOptions::default()).unwrap();
    let port = server.exim.smtp_port();
    let answers = talk(
        port,
        &[
            "EHLO there",
            BAD,
            GOOD,
            "MAIL FROM:<anna@posthorn.test>",
            "RCPT TO:<nobody-here@posthorn.test>",
            "RCPT TO:<busy@posthorn.test>",
            "RCPT TO:<someone@elsewhere.test>",
            "RCPT TO:<bert@posthorn.test>",
            "DATA",
            "Subject: Hello\r\n\r\nHi\r\n.",
            "QUIT",
        ],
    );
    let wanted = [
        "250 ",
        "535",
        "235",
        "250",
        "550 5.1.1",
        "451 4.2.2",
        "550 5.7.1",
        "250",
        "354",
        "250 OK id=",
        "221",
    ];
    for (answer, start) in answers.iter().zip(wanted) {
        assert!(answer.starts_with(start), "{start}: {answers:#?}\n{}", server.exim.log().unwrap());
    }
    let inbox = server.dovecot.mailbox("bert", "INBOX");
    wait_for(&inbox, 1, || server.exim.log().unwrap() + &server.dovecot.log().unwrap());
    assert!(
        String::from_utf8_lossy(&inbox.messages().unwrap()[0].bytes().unwrap())
            .contains("Subject: Hello")
    );
}

#[test]
fn refusals_are_switched_while_it_runs() {
    let mut server = MailServer::start(MailServerOptions::default()).unwrap();
    let hello = [
        "EHLO there",
        GOOD,
        "MAIL FROM:<a@posthorn.test>",
        "RCPT TO:<b@posthorn.test>",
        "DATA",
        "S: x\r\n\r\n.",
    ];
    let table = [
        (Refusal::RecipientsForNow, 3, "451 4.3.2"),
        (Refusal::RecipientsForEver, 3, "550 5.7.1"),
        (Refusal::MessageForNow, 5, "451 4.3.2"),
        (Refusal::MessageForEver, 5, "550 5.7.1"),
        (Refusal::Nobody, 5, "250 "),
    ];
    for (refusal, at, start) in table {
        server.exim.refuse(refusal).unwrap();
        let answers = talk(server.exim.smtp_port(), &hello[..=at]);
        assert!(
            answers[at].starts_with(start),
            "{refusal:?}: {answers:#?}\n{}",
            server.exim.log().unwrap()
        );
    }
    server.exim.deny(&["anna"]).unwrap();
    assert!(talk(server.exim.smtp_port(), &hello[..2])[1].starts_with("535"));
    server.exim.deny(&[]).unwrap();
    server.exim.restart().unwrap();
    assert!(talk(server.exim.smtp_port(), &hello[..2])[1].starts_with("235"));
}
