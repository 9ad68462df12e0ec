//! Journey: folders of this computer, which belong to no server, take and give messages whatever breaks in between.

#![expect(
    clippy::indexing_slicing,
    reason = "indexing JSON by a name gives null where it is absent, and never panics"
)]

use posthorn_engine_tests::{
    Ask, Desk, Incoming, Ports, Server, account, list_of, numbered, provider, subjects, until,
};
use posthorn_testkit::{Cut, Direction, Proxy};
use serde_json::{Value, json};

use crate::transfer::{left, mail};

async fn all(desk: &impl Ask) -> anyhow::Result<Vec<Value>> {
    Ok(desk.ask("mailboxes.list", json!({})).await?.as_array().cloned().unwrap_or_default())
}

async fn known(desk: &impl Ask, path: &str) -> anyhow::Result<Value> {
    let found = all(desk).await?.into_iter().find(|one| one["path"] == path);
    found.ok_or_else(|| anyhow::anyhow!("{path} is not listed"))
}

/// Makes a folder of this computer.
async fn make(desk: &impl Ask, parent: &Value, name: &str) -> anyhow::Result<()> {
    let local = desk.ask("accounts.openLocal", json!({})).await?;
    let request = json!({ "account": local["id"], "parent": parent, "name": name });
    desk.ask("mailboxes.create", request).await?;
    Ok(())
}

async fn rows(desk: &impl Ask, source: Value) -> anyhow::Result<Vec<Value>> {
    let opened = desk.ask("views.open", source).await?;
    desk.ask("views.close", json!({ "id": opened["view"] })).await?;
    Ok(opened["rows"].as_array().cloned().unwrap_or_default())
}

async fn selection(desk: &impl Ask, folder: &Value) -> anyhow::Result<Value> {
    let rows = rows(desk, list_of(&folder["id"])).await?;
    let messages: Vec<&Value> = rows.iter().map(|row| &row["message"]).collect();
    Ok(json!({ "kind": "messages", "messages": messages }))
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_made_moved_and_deleted_like_any_other() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let server = Server::start(&home.path().join("profile"))?;
    make(&server, &Value::Null, "Keep").await?;
    let keep = known(&server, "Keep").await?;
    assert_eq!(
        (&keep["local"], &keep["delimiter"], &keep["complete"]),
        (&json!(true), &json!("/"), &json!(true))
    );
    for name in ["2025/2026 \u{1f4ef} 100%*", "Bills"] {
        make(&server, &keep["id"], name).await?;
    }
    let odd = known(&server, "Keep/2025/2026 \u{1f4ef} 100%*").await?;
    assert_eq!((&odd["parent"], &odd["name"]), (&keep["id"], &json!("2025/2026 \u{1f4ef} 100%*")));
    make(&server, &odd["id"], "Deep").await?;
    let bills = known(&server, "Keep/Bills").await?;
    server.ask("mailboxes.move", json!({ "id": odd["id"], "parent": bills["id"] })).await?;
    let deep = known(&server, "Keep/Bills/2025/2026 \u{1f4ef} 100%*/Deep").await?;
    server.ask("mailboxes.rename", json!({ "id": bills["id"], "name": "Paid" })).await?;
    assert_eq!(known(&server, "Keep/Paid/2025/2026 \u{1f4ef} 100%*/Deep").await?["id"], deep["id"]);
    assert!(
        server
            .ask("mailboxes.move", json!({ "id": keep["id"], "parent": deep["id"] }))
            .await
            .is_err()
    );

    let gone = server.ask("mailboxes.delete", json!({ "id": bills["id"] })).await?;
    assert_eq!((gone["count"].as_u64(), all(&server).await?.len()), (Some(3), 1));
    server.ask("operations.undo", json!({ "id": gone["operation"] })).await?;
    assert_eq!(all(&server).await?.len(), 4);
    server.ask("mailboxes.delete", json!({ "id": bills["id"] })).await?;
    server.kill()?;
    // What was held back ends after a stop too, and is never shown again.
    let server = Server::start(&home.path().join("profile"))?;
    assert_eq!(all(&server).await?.len(), 1);
    until("it is gone for good", async || {
        Ok(server.ask("mailboxes.properties", json!({ "id": bills["id"] })).await.is_err())
    })
    .await?;
    let accounts = server.ask("accounts.list", json!({})).await?;
    assert_eq!(
        (&accounts[0]["status"]["state"], &accounts[0]["config"]["incoming"]["protocol"]),
        (&json!("local"), &json!("local"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn they_take_mail_and_keep_it_without_a_network() -> anyhow::Result<()> {
    let mut provider = provider()?;
    mail(&provider, 5)?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    make(&desk, &Value::Null, "Keep").await?;
    let (inbox, keep) = (known(&desk, "INBOX").await?, known(&desk, "Keep").await?);
    let before = rows(&desk, list_of(&inbox["id"])).await?;
    let from = provider.dovecot.mailbox("anna", "INBOX");
    let chosen = selection(&desk, &inbox).await?;
    let moved =
        desk.ask("messages.move", json!({ "selection": chosen, "mailbox": keep["id"] })).await?;
    assert_eq!(moved["count"].as_u64(), Some(5));
    desk.settle().await?;
    until("nothing is left on the server", async || Ok(left(&from)? == 0)).await?;
    let after = rows(&desk, list_of(&keep["id"])).await?;
    for (one, other) in before.iter().zip(&after) {
        for fact in ["subject", "at", "unread", "starred", "size"] {
            assert_eq!(one[fact], other[fact], "{fact}");
        }
    }
    desk.ask("operations.undo", json!({ "id": moved["operation"] })).await?;
    desk.settle().await?;
    until("they are back on the server", async || Ok(left(&from)? == 5)).await?;
    let chosen = selection(&desk, &inbox).await?;
    desk.ask("messages.move", json!({ "selection": chosen, "mailbox": keep["id"] })).await?;
    desk.settle().await?;
    until("and gone again", async || Ok(left(&from)? == 0)).await?;

    provider.dovecot.stop();
    let kept = rows(&desk, list_of(&keep["id"])).await?;
    let one = json!({ "kind": "messages", "messages": [kept[0]["message"]] });
    desk.ask("messages.setStarred", json!({ "selection": one, "value": true })).await?;
    let trashed = desk.ask("messages.trash", json!({ "selection": one })).await?;
    let trash = known(&desk, "Trash").await;
    let local = desk.ask("accounts.openLocal", json!({})).await?["id"].clone();
    let own_trash =
        all(&desk).await?.into_iter().find(|one| one["account"] == local && one["role"] == "trash");
    assert!(trash.is_ok() && own_trash.is_some_and(|one| one["total"] == 1), "a Trash of its own");
    desk.ask("operations.undo", json!({ "id": trashed["operation"] })).await?;
    let deleted = desk.ask("messages.delete", json!({ "selection": one })).await?;
    assert_eq!(rows(&desk, list_of(&keep["id"])).await?.len(), 4);
    desk.ask("operations.undo", json!({ "id": deleted["operation"] })).await?;
    let again = rows(&desk, list_of(&keep["id"])).await?;
    assert_eq!((again.len(), &again[0]["starred"]), (5, &json!(true)));

    let mut search = list_of(&keep["id"]);
    search["source"] =
        json!({ "kind": "search", "text": "Message", "mailbox": keep["id"], "account": null });
    until("what is here is found", async || Ok(rows(&desk, search.clone()).await?.len() == 5))
        .await?;
    let reply = desk
        .ask(
            "drafts.create",
            json!({ "kind": "reply", "message": again[0]["message"], "all": false }),
        )
        .await?;
    assert_ne!(reply["account"], local, "answers are sent by an account that can send");
    desk.engine.shutdown().await;
    Ok(())
}

/// Where the process is killed while messages move from a server to this computer.
const STEPS: [&str; 3] = ["UID STORE", "UID EXPUNGE", "SELECT"];

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_at_any_step_loses_and_doubles_nothing() -> anyhow::Result<()> {
    for text in STEPS {
        for is_swallowed in [true, false] {
            killed_at(text, is_swallowed)
                .await
                .map_err(|error| anyhow::anyhow!("{text} swallowed {is_swallowed}: {error:#}"))?;
        }
    }
    Ok(())
}

async fn killed_at(text: &str, is_swallowed: bool) -> anyhow::Result<()> {
    const COUNT: usize = 4;
    let provider = provider()?;
    mail(&provider, COUNT)?;
    provider.dovecot.mailbox("anna", "Other").fill(&[numbered(99)])?;
    let own = Ports::of(&provider, Incoming::Imap);
    let proxy = Proxy::start(own.incoming).await?;
    let home = tempfile::tempdir()?;
    let profile = home.path().join("profile");
    let server = Server::start(&profile)?;
    let ports = Ports { incoming: proxy.port(), ..own };
    server.ask("accounts.add", account("anna", Incoming::Imap, ports)).await?;
    server.settle().await?;
    make(&server, &Value::Null, "Keep").await?;
    let (inbox, keep) = (known(&server, "INBOX").await?, known(&server, "Keep").await?);
    let chosen = selection(&server, &inbox).await?;
    proxy.arm(if is_swallowed {
        Cut::BeforeText(Direction::ToServer, text.to_owned())
    } else {
        Cut::AfterText(Direction::ToServer, text.to_owned())
    });
    server.ask("messages.move", json!({ "selection": chosen, "mailbox": keep["id"] })).await?;
    // Opens another folder too, so that every step comes.
    server.ask("accounts.checkNow", json!({ "account": null })).await?;
    until("it is cut", async || {
        if proxy.cuts() > 0 {
            proxy.set_refusing(true);
        }
        Ok(proxy.cuts() > 0)
    })
    .await?;
    server.kill()?;
    proxy.set_refusing(false);
    let server = Server::start(&profile)?;
    server.settle().await?;
    let from = provider.dovecot.mailbox("anna", "INBOX");
    until("everything has left the server", async || Ok(left(&from)? == 0)).await?;
    server.settle().await?;
    let mut expected: Vec<String> = (1..=COUNT).map(|number| format!("Message {number}")).collect();
    expected.sort();
    assert_eq!(subjects(&rows(&server, list_of(&keep["id"])).await?), expected);
    assert!(rows(&server, list_of(&inbox["id"])).await?.is_empty());
    Ok(())
}
