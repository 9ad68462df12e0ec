//! Journey: messages are copied and moved between accounts, whatever breaks in between.

use posthorn_engine_tests::{
    Ask, Desk, Incoming, Ports, Server, account, list_of, numbered, provider, side_by_side,
    subjects, until,
};
use posthorn_testkit::maildir::Stored;
use posthorn_testkit::{Cut, Delivery, Direction, MailServer, Maildir, Proxy};
use serde_json::{Value, json};

/// Messages of a folder on the server that are not marked as deleted.
pub(crate) fn left(folder: &Maildir) -> anyhow::Result<usize> {
    Ok(folder.messages()?.iter().filter(|stored| !stored.flags.deleted).count())
}

/// Returns an account's folder by its name.
async fn folder(desk: &impl Ask, email: &str, name: &str) -> anyhow::Result<Value> {
    let accounts = desk.ask("accounts.list", json!({})).await?;
    let account = accounts
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one.pointer("/config/label").is_some_and(|label| label == email))
        .map(|one| one["id"].clone());
    let all = desk.ask("mailboxes.list", json!({})).await?;
    let found = all
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| Some(&one["account"]) == account.as_ref() && one["name"] == name)
        .cloned();
    found.ok_or_else(|| anyhow::anyhow!("{email} has no {name} in {all}"))
}

/// Returns the rows of a folder.
async fn rows(desk: &impl Ask, folder: &Value) -> anyhow::Result<Vec<Value>> {
    let opened = desk.ask("views.open", list_of(&folder["id"])).await?;
    let rows = opened.get("rows").and_then(Value::as_array).cloned().unwrap_or_default();
    desk.ask("views.close", json!({ "id": opened.get("view") })).await?;
    Ok(rows)
}

async fn all_of(desk: &impl Ask, folder: &Value) -> anyhow::Result<Value> {
    let messages: Vec<Value> =
        rows(desk, folder).await?.iter().map(|row| row["message"].clone()).collect();
    Ok(json!({ "kind": "messages", "messages": messages }))
}

/// Fills anna's inbox with so many messages, the first of them read and starred.
pub(crate) fn mail(provider: &MailServer, count: usize) -> anyhow::Result<()> {
    let mut all: Vec<Delivery> = (1..=count).map(numbered).collect();
    if let Some(first) = all.first_mut() {
        *first = first.clone().flags(&["\\Seen", "\\Flagged"]);
    }
    provider.dovecot.mailbox("anna", "INBOX").fill(&all)
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_and_moves_arrive_with_flags_and_date_and_can_be_taken_back() -> anyhow::Result<()> {
    let provider = provider()?;
    mail(&provider, 6)?;
    let ports = Ports::of(&provider, Incoming::Imap);
    let desk = Desk::with("anna", Incoming::Imap, ports).await?;
    desk.ask("accounts.add", account("bert", Incoming::Imap, ports)).await?;
    desk.settle().await?;
    let (inbox, target) =
        (folder(&desk, "anna", "INBOX").await?, folder(&desk, "bert", "Archive").await?);
    let (from, to) =
        (provider.dovecot.mailbox("anna", "INBOX"), provider.dovecot.mailbox("bert", "Archive"));

    let before = rows(&desk, &inbox).await?;
    let selection = all_of(&desk, &inbox).await?;
    let copied = desk
        .ask("messages.copy", json!({ "selection": selection, "mailbox": target["id"] }))
        .await?;
    assert_eq!((copied["count"].as_u64(), &copied["action"]), (Some(6), &json!("copy")));
    desk.settle().await?;
    assert_eq!((left(&from)?, left(&to)?), (6, 6));
    let after = rows(&desk, &target).await?;
    for (one, other) in before.iter().zip(&after) {
        for fact in ["subject", "at", "unread", "starred", "size"] {
            assert_eq!(one[fact], other[fact], "{fact}");
        }
    }
    let bytes = |folder: &Maildir| -> anyhow::Result<Vec<Vec<u8>>> {
        let mut all =
            folder.messages()?.iter().map(Stored::bytes).collect::<anyhow::Result<Vec<_>>>()?;
        for bytes in &mut all {
            bytes.retain(|byte| *byte != b'\r');
        }
        all.sort();
        Ok(all)
    };
    assert_eq!(bytes(&from)?, bytes(&to)?, "the very same bytes");

    desk.ask("operations.undo", json!({ "id": copied["operation"] })).await?;
    desk.settle().await?;
    assert_eq!((left(&from)?, left(&to)?), (6, 0));

    let moved = desk
        .ask("messages.move", json!({ "selection": selection, "mailbox": target["id"] }))
        .await?;
    desk.settle().await?;
    until("the originals are gone", async || Ok(left(&from)? == 0)).await?;
    assert_eq!(left(&to)?, 6);
    desk.ask("operations.undo", json!({ "id": moved["operation"] })).await?;
    desk.settle().await?;
    until("they are back", async || Ok(left(&from)? == 6 && left(&to)? == 0)).await?;
    assert_eq!(subjects(&rows(&desk, &inbox).await?), subjects(&before));
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn maildrops_give_and_take() -> anyhow::Result<()> {
    let provider = provider()?;
    mail(&provider, 3)?;
    provider.dovecot.mailbox("bert", "INBOX").fill(&[numbered(10), numbered(11)])?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let pop = Ports::of(&provider, Incoming::PopLeave);
    desk.ask("accounts.add", account("bert", Incoming::PopLeave, pop)).await?;
    desk.settle().await?;
    let inbox = folder(&desk, "anna", "INBOX").await?;
    let all = desk.ask("mailboxes.list", json!({})).await?;
    let local = all
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["local"] == true && one["role"] == "inbox")
        .cloned()
        .unwrap_or_default();
    let from = provider.dovecot.mailbox("anna", "INBOX");

    let theirs = all_of(&desk, &local).await?;
    desk.ask("messages.move", json!({ "selection": theirs, "mailbox": inbox["id"] })).await?;
    desk.settle().await?;
    until("the maildrop's messages are on the server", async || Ok(left(&from)? == 5)).await?;
    until("and not here", async || Ok(rows(&desk, &local).await?.is_empty())).await?;

    let mine = all_of(&desk, &inbox).await?;
    desk.ask("messages.move", json!({ "selection": mine, "mailbox": local["id"] })).await?;
    assert_eq!(rows(&desk, &local).await?.len(), 5, "here at once");
    desk.settle().await?;
    until("nothing is left on the server", async || Ok(left(&from)? == 0)).await?;
    let desk = desk.reopen().await?;
    assert_eq!(subjects(&rows(&desk, &local).await?).len(), 5);
    desk.engine.shutdown().await;
    Ok(())
}

/// Where the process is killed: what the line says, and on which account's connection.
const STEPS: [(&str, &str); 6] = [
    ("bert", "APPEND"),
    ("bert", "RFC822.SIZE"),
    ("bert", "NOOP"),
    ("anna", "UID STORE"),
    ("anna", "UID EXPUNGE"),
    ("bert", "SELECT"),
];

#[test]
fn a_process_killed_at_any_step_of_a_move_loses_and_doubles_nothing() -> anyhow::Result<()> {
    let cases = STEPS.into_iter().flat_map(|(at, text)| [(at, text, true), (at, text, false)]);
    side_by_side(cases.collect(), |(at, text, is_swallowed)| killed_at(at, text, is_swallowed))
}

async fn killed_at(at: &str, text: &str, is_swallowed: bool) -> anyhow::Result<()> {
    const COUNT: usize = 4;
    let provider = provider()?;
    mail(&provider, COUNT)?;
    let own = Ports::of(&provider, Incoming::Imap);
    let (anna, bert) = (Proxy::start(own.incoming).await?, Proxy::start(own.incoming).await?);
    let home = tempfile::tempdir()?;
    let profile = home.path().join("profile");
    let server = Server::start(&profile)?;
    for (user, proxy) in [("anna", &anna), ("bert", &bert)] {
        let ports = Ports { incoming: proxy.port(), ..own };
        server.ask("accounts.add", account(user, Incoming::Imap, ports)).await?;
    }
    server.settle().await?;
    let inbox = folder(&server, "anna", "INBOX").await?;
    let target = folder(&server, "bert", "Archive").await?;
    let proxy = if at == "anna" { &anna } else { &bert };
    let cut = if is_swallowed {
        Cut::BeforeText(Direction::ToServer, text.to_owned())
    } else {
        Cut::AfterText(Direction::ToServer, text.to_owned())
    };
    proxy.arm(cut);
    // From the cut on nothing gets through: the process dies exactly there.
    let selection = all_of(&server, &inbox).await?;
    server
        .ask("messages.move", json!({ "selection": selection, "mailbox": target.get("id") }))
        .await?;
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
    let to = provider.dovecot.mailbox("bert", "Archive");
    until("everything has moved", async || Ok(left(&from)? == 0 && left(&to)? >= COUNT)).await?;
    server.settle().await?;
    assert_eq!(left(&to)?, COUNT, "each once");
    let mut expected: Vec<String> = (1..=COUNT).map(|number| format!("Message {number}")).collect();
    expected.sort();
    assert_eq!(subjects(&rows(&server, &target).await?), expected);
    assert!(rows(&server, &inbox).await?.is_empty());
    Ok(())
}
