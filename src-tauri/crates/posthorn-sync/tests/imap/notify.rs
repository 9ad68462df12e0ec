//! Every folder is watched on one connection where the server offers NOTIFY.

use posthorn_imap::MailboxName;
use posthorn_model::Uid;
use posthorn_store::{mailbox, placement};
use posthorn_testkit::{Dovecot, DovecotOptions};

use crate::rig::{Rig, mail, other_client};

#[tokio::test(flavor = "multi_thread")]
async fn news_of_every_folder_come_without_asking() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    server.mailbox("anna", "INBOX").fill(&[mail(1)]).unwrap();
    server.mailbox("anna", "Work").fill(&[mail(2)]).unwrap();
    let rig = Rig::start(server.imap_port()).await;
    rig.settled().await;
    let mut other = other_client(server.imap_port(), "INBOX").await;
    let work = MailboxName::from_display("Work");

    // New mail in a folder that nobody has open. The other session copies it there until NOTIFY is heard: the watching
    // connection may not be there yet when everything else has settled.
    let id = rig.mailbox("Work").await.id;
    let uid = posthorn_imap::UidSet::from(Uid(1));
    other.copy(&uid, &work).await.unwrap();
    rig.until("the copy is shown", || async { rig.messages(id).await.len() == 2 }).await;

    // A flag there.
    other.select(&work, posthorn_imap::SelectMode::Plain).await.unwrap();
    let flagged = posthorn_model::Flags::from_names(["\\Flagged"]);
    other.store(&uid, posthorn_imap::StoreMode::Add, &flagged, None).await.unwrap();
    rig.until("the flag is shown", || async {
        let row = rig.read(move |tx| placement::by_uid(tx, id, Uid(1))).await;
        row.is_some_and(|row| row.flags.flagged)
    })
    .await;

    // A folder that is new, and one that goes.
    other.create(&MailboxName::from_display("New")).await.unwrap();
    let account = rig.account;
    rig.until("the new folder is shown", || async {
        rig.read(move |tx| mailbox::by_path(tx, account, "New")).await.is_some()
    })
    .await;
    rig.sync.shutdown().await;
}
