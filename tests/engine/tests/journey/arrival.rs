//! Journey: a message arrives while the inbox is watched, and the open list and the notification say so.

use posthorn_api::contract::Event;
use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, list_of, numbered, provider};

#[tokio::test(flavor = "multi_thread")]
async fn new_mail_is_pushed() -> anyhow::Result<()> {
    let provider = provider()?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    inbox.fill(&[numbered(1), numbered(2)])?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let folder = desk.folder("inbox").await?;
    let opened = desk.ask("views.open", list_of(&folder["id"])).await?;
    let view = opened["view"].as_i64();

    let mut deltas = desk.events();
    let mut arrivals = desk.events();
    inbox.deliver(&numbered(3))?;
    let delta = deltas
        .wait_for("the list's delta", |event| match event {
            Event::ViewChanged { delta }
                if Some(delta.view) == view && !delta.inserted.is_empty() =>
            {
                Some(delta)
            }
            _ => None,
        })
        .await?;
    assert_eq!(
        (delta.from_version, delta.inserted.as_slice(), delta.total, delta.reset),
        (1, [0].as_slice(), 3, false)
    );
    let arrived = arrivals
        .wait_for("the notification", |event| match event {
            Event::MailArrived { arrivals } => Some(arrivals),
            _ => None,
        })
        .await?;
    assert_eq!(
        (arrived.len(), arrived[0].subject.as_str(), arrived[0].from.as_str()),
        (1, "Message 3", "Bert")
    );
    desk.engine.shutdown().await;
    Ok(())
}
