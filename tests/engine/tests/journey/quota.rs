//! Journey: a full mailbox. Nothing fits into the trash, and deleting works all the same, when the user says so.

use posthorn_api::contract::Event;
use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider_with, until};
use posthorn_testkit::{Delivery, DovecotOptions, Mail, MailServerOptions};
use serde_json::json;

/// A server whose mailboxes hold 200 kB, and which cannot move, so that every deletion begins with a copy.
fn full() -> MailServerOptions {
    let dovecot = DovecotOptions {
        mail_plugins: vec!["quota".to_owned()],
        imap_plugins: vec!["imap_quota".to_owned()],
        imap_capability: Some("IMAP4rev1 UIDPLUS IDLE QUOTA".to_owned()),
        extra: "plugin {\n quota = count:User quota\n quota_rule = *:storage=200k\n quota_vsizes = yes\n quota_grace = 0\n}\n"
            .to_owned(),
        ..DovecotOptions::default()
    };
    MailServerOptions { dovecot, ..MailServerOptions::default() }
}

fn large(number: usize) -> Delivery {
    let mail = Mail::new()
        .from("Bert <bert@posthorn.test>")
        .to("anna@posthorn.test")
        .subject(&format!("Message {number}"))
        .message_id(&format!("{number}@quota.test"))
        .text(&"A long line of text that fills the mailbox.\r\n".repeat(1_400));
    Delivery::new(mail.build())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_finds_no_room_in_the_trash_can_be_deleted_for_good() -> anyhow::Result<()> {
    let provider = provider_with(full())?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    inbox.fill(&[large(1), large(2), large(3)])?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let rows = desk.rows("inbox").await?;
    assert_eq!(rows.len(), 3);
    let selection =
        json!({ "kind": "messages", "messages": [rows[0]["message"], rows[1]["message"]] });

    let mut events = desk.events();
    desk.ask("messages.trash", json!({ "selection": selection })).await?;
    let (operation, action, count) = events
        .wait_for("the refusal", |event| match event {
            Event::OperationRefused { operation, action, count, error } => {
                assert_eq!(json!(error.code), json!("overQuota"), "{error}");
                Some((operation, action, count))
            }
            _ => None,
        })
        .await?;
    assert_eq!((action.as_str(), count), ("trash", 2));
    assert_eq!(desk.rows("inbox").await?.len(), 3, "they are back");
    assert_eq!(inbox.count()?, 3);

    let done = desk.ask("operations.deleteInstead", json!({ "id": operation })).await?;
    assert_eq!((done["count"].as_u64(), &done["action"]), (Some(2), &json!("delete")));
    assert_eq!(desk.rows("inbox").await?.len(), 1, "gone at once here");
    until("there is room again", async || Ok(inbox.count()? == 1)).await?;
    let trash = provider.dovecot.mailbox("anna", "Trash");
    assert_eq!(if trash.exists() { trash.count()? } else { 0 }, 0, "nothing was copied");
    desk.engine.shutdown().await;
    Ok(())
}
