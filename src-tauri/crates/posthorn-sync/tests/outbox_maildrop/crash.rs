//! Rows that a stopped program left under way go to where they truly are.

use posthorn_model::Protocol;
use posthorn_store::outbox::{self, OutboxState as S};
use posthorn_testkit::{MailServer, MailServerOptions};

use crate::rig::{Letter, Rig, settings, tuning};

/// Stops the program in front of a state, and starts it again.
async fn crashed(server: &MailServer, left_in: S) -> (Rig, posthorn_model::OutboxId) {
    let account = settings(Protocol::Imap, server.dovecot.imap_port(), server.exim.smtp_port());
    let rig = Rig::start_with(account, tuning(), true).await;
    let id = rig.queue(Letter::new("crash", &["bob"])).await;
    let rig = rig
        .restart_after(move |tx| {
            for step in [S::Connecting, S::Recipients, S::Data, S::DotSent] {
                outbox::step(tx, id, step, "")?;
                if step == left_in {
                    break;
                }
            }
            Ok(())
        })
        .await;
    (rig, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stopped_before_the_dot_is_sent() {
    for left_in in [S::Connecting, S::Recipients, S::Data] {
        let server = MailServer::start(MailServerOptions::default()).unwrap();
        let (rig, id) = crashed(&server, left_in).await;
        rig.reaches(id, &[S::Done]).await;
        let bob = server.dovecot.mailbox("bob", "INBOX");
        rig.until("it arrives", || async { bob.count().unwrap() > 0 }).await;
        assert_eq!(bob.count().unwrap(), 1);
        rig.sync.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stopped_behind_the_dot_waits_for_the_user() {
    for (answer, copies) in [(S::Accepted, 0), (S::Queued, 1)] {
        let server = MailServer::start(MailServerOptions::default()).unwrap();
        let (rig, id) = crashed(&server, S::DotSent).await;
        rig.reaches(id, &[S::Unknown]).await;
        rig.check().await;
        assert_eq!(rig.row(id).await.state, S::Unknown, "nothing is sent by itself");
        rig.write(move |tx| outbox::step(tx, id, answer, "")).await;
        rig.reaches(id, &[S::Done]).await;
        let sent = server.dovecot.mailbox("anna", "Sent");
        assert_eq!(sent.count().unwrap(), 1);
        let bob = server.dovecot.mailbox("bob", "INBOX");
        rig.until("copies", || async { bob.count().unwrap() >= copies }).await;
        assert_eq!(bob.count().unwrap(), copies);
        rig.sync.shutdown().await;
    }
}
