//! The console: what is said on connections, without secrets, and a prompt that changes nothing.

use std::time::Duration;

use posthorn_model::{Clock as _, SystemClock};
use posthorn_sync::{Prompt, Purpose};
use posthorn_testkit::{Dovecot, DovecotOptions, PASSWORD};

use crate::rig::{Rig, mail};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_is_shown_without_passwords_addresses_and_mail() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&(0..5).map(mail).collect::<Vec<_>>()).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    let none = rig.sync.console_lines(0, 10, Duration::ZERO).await;
    rig.sync.check_now(None);
    rig.settled().await;
    rig.sync.account_changed(rig.account).await;
    rig.settled().await;
    let read = rig.sync.console_lines(none.last, usize::MAX, Duration::ZERO).await;
    let text: Vec<&str> = read.lines.iter().map(|line| line.text.as_str()).collect();
    let text = text.join("\n");
    assert!(text.contains("•••") && text.contains("LIST"), "{text}");
    let secrets = [PASSWORD, "@posthorn.test\"", "This is the text", "number 0000", "bob@"];
    for secret in secrets {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    // The watching connection follows when INBOX was looked at.
    rig.until("both connections are named", || async {
        let read = rig.sync.console_lines(none.last, 1, Duration::ZERO).await;
        let purposes: Vec<Purpose> = read.connections.iter().map(|one| one.purpose).collect();
        purposes.contains(&Purpose::Working) && purposes.contains(&Purpose::Watching)
    })
    .await;
    let done = read.lines.iter().find(|line| !line.is_ours && line.text.starts_with("A0002 OK "));
    assert!(done.is_some_and(|line| line.after.is_some()), "{text}");

    let prompt = Prompt::parse("STATUS INBOX (MESSAGES)").unwrap();
    let answer = rig.sync.prompt(rig.account, prompt).await.unwrap();
    assert_eq!((answer.word, answer.lines), ("OK", 1), "{answer:?}");
    let said = rig.sync.console_lines(read.last, usize::MAX, Duration::ZERO).await;
    assert!(
        said.lines
            .iter()
            .any(|line| !line.is_ours && line.text.contains("STATUS INBOX (MESSAGES 5)")),
        "{:?}",
        said.lines
    );
    let prompt = Prompt::parse("STATUS Nowhere (MESSAGES)").unwrap();
    assert_eq!(rig.sync.prompt(rig.account, prompt).await.unwrap().word, "NO");
    assert!(Prompt::parse("DELETE INBOX").is_err());
    rig.settled().await;
    assert_eq!(rig.subjects("INBOX").await.len(), 5);

    rig.sync.console_close();
    rig.sync.check_now(None);
    rig.settled().await;
    // Reading opens it again, and the watching connection may say something at any time.
    let opened = SystemClock.now();
    let after = rig.sync.console_lines(said.last, usize::MAX, Duration::ZERO).await;
    let before = after.lines.iter().find(|line| line.at < opened);
    assert_eq!(before, None, "nothing was kept while it was closed");
    rig.sync.shutdown().await;
}
