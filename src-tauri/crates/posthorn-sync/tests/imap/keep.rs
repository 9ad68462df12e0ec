//! Which messages come whole unasked, per account and folder; what was left out comes when it is asked for.

use posthorn_model::MailboxRole;
use posthorn_store::keep::{self, Keep};
use posthorn_store::{mailbox, message, placement};
use posthorn_testkit::maildir::Delivery;
use posthorn_testkit::{Dovecot, DovecotOptions, Mail};

use crate::rig::{Rig, mail, tuning};

/// A message of about this many bytes.
fn large(number: usize, size: usize) -> Delivery {
    let bytes = Mail::new()
        .from("Bob <bob@posthorn.test>")
        .to("anna@posthorn.test")
        .subject(&format!("number {number:05}"))
        .message_id(&format!("m{number}@posthorn.test"))
        .text(&"0123456789 abcdefghi\r\n".repeat(size / 22))
        .build();
    Delivery::new(bytes)
}

impl Rig {
    /// Messages of a folder, and how many of them are whole.
    async fn whole(&self, path: &str) -> (usize, usize) {
        let id = self.mailbox(path).await.id;
        self.read(move |tx| {
            let all = placement::messages(tx, id)?;
            let mut whole = 0;
            for one in &all {
                whole += usize::from(matches!(
                    message::get(tx, *one)?.body,
                    message::BodyState::Whole(_)
                ));
            }
            Ok((all.len(), whole))
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_whole_is_chosen_for_an_account_and_for_a_folder() {
    let server = Dovecot::start(DovecotOptions::default()).unwrap();
    let mut inbox: Vec<Delivery> = (0..30).map(mail).collect();
    inbox.push(large(90, 60_000));
    server.mailbox("anna", "INBOX").fill(&inbox).unwrap();
    server.mailbox("anna", "Work").fill(&(40..70).map(mail).collect::<Vec<_>>()).unwrap();
    let settings = crate::rig::settings(server.imap_port());
    let rig = Rig::start_as(settings, tuning(), |tx| {
        let account = posthorn_store::account::list(tx).unwrap().first().unwrap().id;
        let small = Keep { bytes: 20_000, ..Keep::default() };
        keep::choose(tx, account, None, Some(small)).unwrap();
        let listed = mailbox::Listed {
            path: "Work".to_owned(),
            name: "Work".to_owned(),
            delimiter: ".".to_owned(),
            role: MailboxRole::Other,
            is_selectable: true,
            is_subscribed: true,
        };
        let work = mailbox::upsert(tx, account, &listed).unwrap();
        let never = Keep { is_on_demand: true, ..Keep::default() };
        keep::choose(tx, account, Some(work), Some(never)).unwrap();
    })
    .await;
    rig.settled().await;
    assert_eq!(rig.whole("INBOX").await, (31, 30), "all but the large one");
    assert_eq!(rig.whole("Work").await, (30, 0), "heads alone");
    let work = rig.mailbox("Work").await.id;
    let first = rig.messages(work).await.first().copied().unwrap();
    rig.sync.fetch_body(first).await.unwrap();
    assert_eq!(rig.whole("Work").await, (30, 1), "what is asked for comes");
    let account = rig.account;
    rig.store.write(move |tx| keep::choose(tx, account, Some(work), None)).await.unwrap();
    rig.store.write(move |tx| keep::choose(tx, account, None, None)).await.unwrap();
    rig.sync.bodies_wanted(account);
    rig.until("everything is here", || async {
        rig.whole("INBOX").await == (31, 31) && rig.whole("Work").await == (30, 30)
    })
    .await;
    rig.sync.shutdown().await;
}
