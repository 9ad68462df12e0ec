//! A server that takes the dot and says nothing: looked for, found or asked about.

use posthorn_model::{MailboxRole, Protocol};
use posthorn_store::outbox::OutboxState as S;
use posthorn_testkit::{Dovecot, DovecotOptions, maildir::Delivery};

use crate::rig::{Letter, Rig, serve, settings};

/// A submission server that takes a whole message and hangs up.
fn silent(letter: &Letter) -> String {
    let wire = letter.wire();
    let stuffed = String::from_utf8(wire).unwrap().replace("\r\n.", "\r\n..");
    let end = if stuffed.ends_with("\r\n") { 3 } else { 5 };
    format!(
        "S: 220 hello\nC: EHLO *\nS: 250-here\nS: 250 AUTH PLAIN\nC: AUTH PLAIN *\nS: 235 in\nC: MAIL FROM:*\nS: 250 ok\n\
         C: RCPT TO:*\nS: 250 ok\nC: DATA\nS: 354 go\nC+ {}\n!cut\n",
        stuffed.len() + end
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_the_server_filed_is_known_to_have_arrived_and_filed_once() {
    for (files_sent, folder) in [(false, "Sent"), (true, "Sent"), (false, "INBOX")] {
        let server = Dovecot::start(DovecotOptions::default()).unwrap();
        let letter = Letter::new("found", &["bob"]);
        server.mailbox("anna", folder).fill(&[Delivery::new(letter.wire())]).unwrap();
        let port = serve(&[silent(&letter)]).await;
        let mut account = settings(Protocol::Imap, server.imap_port(), port);
        account.server_files_sent = files_sent;
        let rig = Rig::start(account).await;
        let id = rig.queue(letter).await;
        let row = rig.reaches(id, &[S::Done]).await;
        assert!(row.reply.contains("found on the server"), "{}", row.reply);
        let sent = server.mailbox("anna", "Sent");
        assert_eq!(sent.count().unwrap(), 1, "{folder}");
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_nowhere_stays_unknown_until_its_copy_arrives() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let letter = Letter::new("nowhere", &["bob"]);
    let port = serve(&[silent(&letter)]).await;
    let rig = Rig::start(settings(Protocol::Pop3, server.pop3_port(), port)).await;
    let id = rig.queue(letter.clone()).await;
    rig.reaches(id, &[S::Unknown]).await;
    rig.check().await;
    assert_eq!(rig.row(id).await.attempts, 1);
    server
        .mailbox("anna", "INBOX")
        .deliver(&Delivery::new([b"Received: x\r\n".as_slice(), &letter.wire()].concat()))
        .unwrap();
    rig.check().await;
    rig.reaches(id, &[S::Done]).await;
    assert_eq!(rig.subjects(MailboxRole::Sent).await, ["nowhere"]);
    rig.sync.shutdown().await;
}
