//! Journey: folders of every name are made, moved with what is below them, deleted, subscribed to and emptied.

use posthorn_engine_tests::{
    Ask, Desk, Incoming, Ports, account, numbered, provider, provider_with, until,
};
use posthorn_testkit::{DovecotOptions, MailServerOptions};
use serde_json::{Value, json};

async fn all(desk: &impl Ask) -> anyhow::Result<Vec<Value>> {
    let all = desk.ask("mailboxes.list", json!({})).await?;
    Ok(all.as_array().cloned().unwrap_or_default())
}

async fn by_path(desk: &impl Ask, path: &str) -> anyhow::Result<Option<Value>> {
    Ok(all(desk).await?.into_iter().find(|one| one["path"] == path))
}

async fn known(desk: &impl Ask, path: &str) -> anyhow::Result<Value> {
    by_path(desk, path).await?.ok_or_else(|| anyhow::anyhow!("{path} is not listed"))
}

/// Waits for rest, and looks at the server again.
async fn compare(desk: &impl Ask) -> anyhow::Result<()> {
    desk.settle().await?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    desk.settle().await
}

/// Names that break programs: wildcards, spaces, emoji, the own sign of modified UTF-7, quotes, backslashes.
const NAMES: [&str; 12] = [
    "100% sure*",
    "two  spaces",
    "Entwürfe & Söhne",
    "工作 报告",
    "🎺 post horn",
    "a&b",
    "\"quoted\" \\back",
    "til~de",
    "(brackets) {1}",
    "INBOXES",
    "ends-with-",
    "&AOQ-",
];

#[tokio::test(flavor = "multi_thread")]
async fn folders_may_have_any_name() -> anyhow::Result<()> {
    // Folders as directories; a bar separates levels, so that dots are letters like any other.
    let options = DovecotOptions {
        extra: "mail_location = mdbox:~/mdbox\nnamespace inbox {\n separator = |\n}\n".to_owned(),
        ..DovecotOptions::default()
    };
    let provider =
        provider_with(MailServerOptions { dovecot: options, ..MailServerOptions::default() })?;
    provider.dovecot.mailbox("anna", "INBOX").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let account = known(&desk, "INBOX").await?["account"].clone();
    for name in NAMES {
        desk.ask("mailboxes.create", json!({ "account": account, "parent": null, "name": name }))
            .await?;
    }
    compare(&desk).await?;
    for name in NAMES {
        let folder = known(&desk, name).await?;
        assert_eq!(folder["name"], name);
        let renamed = format!("{name}+");
        desk.ask("mailboxes.rename", json!({ "id": folder["id"], "name": renamed })).await?;
    }
    compare(&desk).await?;
    for name in NAMES {
        let folder = known(&desk, &format!("{name}+")).await?;
        assert!(by_path(&desk, name).await?.is_none(), "{name} is gone");
        desk.ask("mailboxes.delete", json!({ "id": folder["id"] })).await?;
    }
    until("the server has none of them", async || {
        desk.ask("accounts.checkNow", json!({ "account": null })).await?;
        desk.settle().await?;
        let left = all(&desk).await?;
        Ok(left.iter().all(|one| !one["name"].as_str().unwrap_or_default().ends_with('+')))
    })
    .await?;
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_moves_and_goes_with_what_is_below_it() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "INBOX").create()?;
    provider.dovecot.mailbox("anna", "Work/2026/May").fill(&[numbered(1), numbered(2)])?;
    provider.dovecot.mailbox("anna", "Old").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let delimiter = known(&desk, "INBOX").await?["delimiter"].as_str().unwrap_or("/").to_owned();
    let path = |parts: &[&str]| parts.join(&delimiter);
    let (work, old) = (known(&desk, &path(&["Work", "2026"])).await?, known(&desk, "Old").await?);
    let moved =
        desk.ask("mailboxes.move", json!({ "id": work["id"], "parent": old["id"] })).await?;
    assert_eq!((moved["count"].as_u64(), &moved["action"]), (Some(1), &json!("moveMailbox")));
    assert!(by_path(&desk, &path(&["Old", "2026", "May"])).await?.is_some(), "here at once");
    compare(&desk).await?;
    assert!(provider.dovecot.mailbox("anna", "Old/2026/May").exists());
    let may = known(&desk, &path(&["Old", "2026", "May"])).await?;
    assert_eq!((may["total"].as_u64(), &may["subscribed"]), (Some(2), &work["subscribed"]));

    desk.ask("operations.undo", json!({ "id": moved["operation"] })).await?;
    compare(&desk).await?;
    assert!(provider.dovecot.mailbox("anna", "Work/2026/May").exists());

    // A deletion is held back for a moment: taken back, the server never hears of it.
    let gone = desk.ask("mailboxes.delete", json!({ "id": work["id"] })).await?;
    assert_eq!(gone["count"].as_u64(), Some(2));
    assert!(by_path(&desk, &path(&["Work", "2026"])).await?.is_none());
    desk.ask("operations.undo", json!({ "id": gone["operation"] })).await?;
    let may = known(&desk, &path(&["Work", "2026", "May"])).await?;
    assert_eq!(may["total"].as_u64(), Some(2), "with its messages");

    desk.ask("mailboxes.delete", json!({ "id": work["id"] })).await?;
    until("it is gone from the server", async || {
        Ok(!provider.dovecot.mailbox("anna", "Work/2026/May").exists())
    })
    .await?;
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_roles_and_looks_are_the_users() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "INBOX").fill(&[numbered(1)])?;
    provider.dovecot.mailbox("anna", "Old mail").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let old = known(&desk, "Old mail").await?;
    for value in [false, true, false] {
        desk.ask("mailboxes.setSubscribed", json!({ "id": old["id"], "value": value })).await?;
        compare(&desk).await?;
        assert_eq!(known(&desk, "Old mail").await?["subscribed"], value);
    }

    desk.ask("mailboxes.setRole", json!({ "id": old["id"], "role": "archive" })).await?;
    compare(&desk).await?;
    let owners: Vec<Value> =
        all(&desk).await?.into_iter().filter(|one| one["role"] == "archive").collect();
    assert_eq!(owners.len(), 1, "one folder has a role");
    assert_eq!((&owners[0]["id"], &owners[0]["roleChosen"]), (&old["id"], &json!(true)));
    let row = desk.row("inbox", "Message 1").await?.unwrap_or_default();
    let selection = json!({ "kind": "messages", "messages": [row["message"]] });
    desk.ask("messages.archive", json!({ "selection": selection })).await?;
    desk.settle().await?;
    assert_eq!(
        provider.dovecot.mailbox("anna", "Old mail").count()?,
        1,
        "it is what archiving means"
    );

    desk.ask("mailboxes.setLook", json!({ "id": old["id"], "favourite": true, "colour": 3 }))
        .await?;
    let desk = desk.reopen().await?;
    let old = known(&desk, "Old mail").await?;
    assert_eq!((&old["favourite"], old["colour"].as_u64()), (&json!(true), Some(3)));
    let facts = desk.ask("mailboxes.properties", json!({ "id": old["id"] })).await?;
    assert_eq!(facts["serverPath"], "Old mail");
    assert!(facts["bytes"].as_u64() > Some(100) && !facts["newest"].is_null(), "{facts}");
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_marked_read_and_the_trash_is_emptied() -> anyhow::Result<()> {
    let provider = provider()?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    let trash = provider.dovecot.mailbox("anna", "Trash");
    inbox.fill(&(1..=5).map(numbered).collect::<Vec<_>>())?;
    trash.fill(&(6..=9).map(numbered).collect::<Vec<_>>())?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let read = desk
        .ask("mailboxes.markAllRead", json!({ "id": desk.folder("inbox").await?["id"] }))
        .await?;
    assert_eq!(read["count"].as_u64(), Some(5));
    desk.settle().await?;
    assert!(inbox.messages()?.iter().all(|stored| stored.flags.seen));

    let bin = desk.folder("trash").await?["id"].clone();
    let emptied = desk.ask("mailboxes.empty", json!({ "id": bin })).await?;
    assert_eq!((emptied["count"].as_u64(), &emptied["action"]), (Some(4), &json!("empty")));
    assert_eq!(desk.rows("trash").await?.len(), 0);
    desk.ask("operations.undo", json!({ "id": emptied["operation"] })).await?;
    assert_eq!((desk.rows("trash").await?.len(), trash.count()?), (4, 4), "nothing had been said");
    desk.ask("mailboxes.empty", json!({ "id": bin })).await?;
    until("the trash is empty on the server", async || Ok(trash.count()? == 0)).await?;
    let refused =
        desk.ask("mailboxes.empty", json!({ "id": desk.folder("inbox").await?["id"] })).await;
    assert!(refused.is_err(), "only trash and junk are emptied");
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_folders_twenty_deep_are_listed() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "INBOX").fill(&[numbered(1)])?;
    for number in 0..980 {
        provider.dovecot.mailbox("anna", &format!("F{number:03}")).create()?;
    }
    let deep: Vec<String> = (0..20).map(|level| format!("L{level}")).collect();
    for depth in 1..=deep.len() {
        provider.dovecot.mailbox("anna", &deep[..depth].join("/")).create()?;
    }
    let desk = Desk::empty().await?;
    let ports = Ports::of(&provider, Incoming::Imap);
    desk.ask("accounts.add", account("anna", Incoming::Imap, ports)).await?;
    until("all are listed", async || Ok(all(&desk).await?.len() >= 1_000)).await?;
    until("the inbox is read before them", async || {
        Ok(desk.row("inbox", "Message 1").await?.is_some())
    })
    .await?;
    let listed = all(&desk).await?;
    let last = listed.iter().find(|one| one["name"] == "L19").cloned().unwrap_or_default();
    assert_eq!(last["path"].as_str().unwrap_or_default().matches('L').count(), 20);
    desk.engine.shutdown().await;
    Ok(())
}
