//! Journey: an account is added, and its mail is here, readable and searchable.

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, numbered, provider, subjects};
use posthorn_testkit::{Delivery, Mail};
use serde_json::json;

#[expect(clippy::too_many_lines, reason = "one journey, step after step")]
#[tokio::test(flavor = "multi_thread")]
async fn mail_is_listed_read_and_found() -> anyhow::Result<()> {
    let provider = provider()?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    let mut deliveries: Vec<Delivery> = (0..300).map(numbered).collect();
    let hostile = "<h1>Offer</h1><script>alert(1)</script><img src=\"https://tracker.test/p.gif\"><img src=\"cid:logo\">";
    let special = Mail::new()
        .subject("季度报告")
        .text("plain")
        .html(hostile)
        .inline("logo", "image/png", b"\x89PNG")
        .attach("plan.pdf", "application/pdf", b"%PDF-1.4");
    deliveries.push(Delivery::new(special.build()));
    inbox.fill(&deliveries)?;

    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let rows = desk.rows("inbox").await?;
    assert_eq!(rows.len(), 301);
    let mut once = subjects(&rows);
    once.dedup();
    assert_eq!(once.len(), 301, "nothing twice");

    let row = desk.row("inbox", "季度报告").await?.expect("it is listed");
    let opened = desk
        .ask(
            "messages.open",
            json!({ "id": row["message"], "remote": false, "theme": "light", "charset": null }),
        )
        .await?;
    assert!(opened["problem"].is_null(), "{opened}");
    assert_eq!(
        (opened["blockedImages"].as_u64(), &opened["blockedHosts"][0]),
        (Some(1), &json!("tracker.test"))
    );
    assert_eq!(
        (opened["attachments"].as_array().map(Vec::len), &opened["attachments"][0]["name"]),
        (Some(1), &json!("plan.pdf"))
    );

    let url = opened["frameUrl"]
        .as_str()
        .expect("a frame")
        .trim_start_matches("mail://localhost/")
        .to_owned();
    let frame = desk.engine.content(&url).await;
    let text = String::from_utf8(frame.bytes)?;
    assert!(
        text.contains("Offer")
            && !text.contains("alert(1)")
            && !text.contains("https://tracker.test"),
        "{text}"
    );
    assert!(
        frame.headers.iter().any(|(name, value)| *name == "content-security-policy"
            && value.contains("default-src 'none'"))
    );
    assert_eq!(desk.engine.content(&format!("{url}cid/0")).await.bytes, b"\x89PNG");
    assert_eq!(
        desk.engine.content(&format!("{url}remote/0")).await.status,
        404,
        "nobody allowed it"
    );
    let file = desk
        .engine
        .content(
            opened["attachments"][0]["url"]
                .as_str()
                .unwrap_or_default()
                .trim_start_matches("mail://localhost/"),
        )
        .await;
    assert_eq!(file.bytes, b"%PDF-1.4");
    assert!(file.headers.contains(&("content-type", "application/octet-stream".to_owned())));

    let search = json!({
        "source": { "kind": "search", "text": "subject:季度", "mailbox": null, "account": null },
        "filter": { "unread": false, "starred": false, "withFiles": false },
        "sort": "date", "ascending": false, "conversations": false
    });
    let found = desk.ask("views.open", search).await?;
    assert_eq!(
        (found["total"].as_u64(), &found["rows"][0]["message"]),
        (Some(1), &row["message"]),
        "{found}"
    );

    // Everything is durable: the same profile shows the same mail.
    let desk = desk.reopen().await?;
    desk.settle().await?;
    assert_eq!(desk.rows("inbox").await?.len(), 301);
    desk.engine.shutdown().await;
    Ok(())
}
