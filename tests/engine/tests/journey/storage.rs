//! Journey: quotas, rights and name spaces: what a server limits is said, and room is made without needing any there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, list_of, numbered, provider_with, until};
use posthorn_testkit::{Delivery, DovecotOptions, Mail, MailServer, MailServerOptions, PASSWORD};
use serde_json::{Value, json};

fn words(list: &str) -> Vec<String> {
    list.split(' ').map(str::to_owned).collect()
}

fn started(dovecot: DovecotOptions) -> anyhow::Result<MailServer> {
    provider_with(MailServerOptions { dovecot, ..MailServerOptions::default() })
}

async fn all(desk: &impl Ask) -> anyhow::Result<Vec<Value>> {
    Ok(desk.ask("mailboxes.list", json!({})).await?.as_array().cloned().unwrap_or_default())
}

async fn known(desk: &impl Ask, path: &str) -> anyhow::Result<Value> {
    let listed = all(desk).await?;
    let found = listed.iter().find(|one| one["path"] == path).cloned();
    found.ok_or_else(|| anyhow::anyhow!("{path} is not in {listed:?}"))
}

/// Says lines to the server as another program, each after the answer to the one before.
fn other_program(port: u16, user: &str, commands: &[&str]) -> anyhow::Result<()> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut stream = stream;
    let login = format!("LOGIN {user} {PASSWORD}");
    for (number, command) in
        std::iter::once(login.as_str()).chain(commands.iter().copied()).enumerate()
    {
        write!(stream, "a{number} {command}\r\n")?;
        loop {
            let line = lines.next().ok_or_else(|| anyhow::anyhow!("the server closed"))??;
            if let Some(answer) = line.strip_prefix(&format!("a{number} ")) {
                anyhow::ensure!(answer.starts_with("OK"), "{command}: {answer}");
                break;
            }
        }
    }
    Ok(())
}

fn large(number: usize, lines: usize) -> Delivery {
    let mail = Mail::new()
        .from(&format!("Sender {} <s{}@posthorn.test>", number % 2, number % 2))
        .to("anna@posthorn.test")
        .subject(&format!("Message {number}"))
        .message_id(&format!("{number}@storage.test"))
        .text(&"A long line of text that fills the mailbox.\r\n".repeat(lines));
    Delivery::new(mail.build())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_account_is_freed_without_any_room_on_its_server() -> anyhow::Result<()> {
    let provider = started(DovecotOptions {
        mail_plugins: words("quota"),
        imap_plugins: words("imap_quota"),
        extra: "plugin {\n quota = count:User quota\n quota_rule = *:storage=200k\n quota_vsizes = yes\n quota_grace = 0\n}\n"
            .to_owned(),
        ..DovecotOptions::default()
    })?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    let star = large(5, 2_000).flags(&["\\Flagged"]);
    inbox.fill(&[large(1, 1_400), large(2, 1_500), large(3, 1_600), large(4, 10), star])?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let folder = known(&desk, "INBOX").await?;
    let id = folder["account"].clone();
    let seen = desk.ask("storage.overview", json!({ "id": id })).await?;
    let quota = &seen["quotas"][0];
    assert!(quota["used"].as_u64() > quota["limit"].as_u64(), "{quota}");
    assert_eq!((quota["limit"].as_u64(), &seen["quotaProblem"]), (Some(200 * 1024), &Value::Null));
    assert_eq!(seen["large"][0]["subject"], "Message 5");
    assert_eq!(
        (&seen["folders"][0]["mailbox"], seen["messages"].as_u64()),
        (&folder["id"], Some(5))
    );
    assert_eq!(
        (seen["senders"][0]["from"]["email"].as_str(), seen["senders"][0]["messages"].as_u64()),
        (Some("s1@posthorn.test"), Some(3))
    );

    let wish = json!({ "account": id, "bytes": 100_000, "order": "largest" });
    let proposal = desk.ask("storage.propose", wish).await?;
    let proposed: Vec<&str> = proposal["messages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["subject"].as_str())
        .collect();
    assert_eq!(proposed, ["Message 3", "Message 2"], "the starred one stays");
    let local = desk.ask("accounts.openLocal", json!({})).await?;
    desk.ask(
        "mailboxes.create",
        json!({ "account": local["id"], "parent": null, "name": "Freed" }),
    )
    .await?;
    let freed = known(&desk, "Freed").await?;
    let ids: Vec<&Value> =
        proposal["messages"].as_array().into_iter().flatten().map(|one| &one["message"]).collect();
    let moved = desk
        .ask(
            "messages.move",
            json!({ "selection": { "kind": "messages", "messages": ids }, "mailbox": freed["id"] }),
        )
        .await?;
    assert_eq!(moved["count"].as_u64(), Some(2));
    desk.settle().await?;
    until("they have left the server", async || Ok(inbox.count()? == 3)).await?;
    let opened = desk.ask("views.open", list_of(&freed["id"])).await?;
    assert_eq!(opened["rows"].as_array().map(Vec::len), Some(2));
    let seen = desk.ask("storage.overview", json!({ "id": id })).await?;
    assert!(seen["quotas"][0]["used"].as_u64() < seen["quotas"][0]["limit"].as_u64(), "{seen}");
    let facts = desk.ask("mailboxes.facts", json!({ "id": folder["id"] })).await?;
    assert_eq!(facts["quotas"].as_array().map(Vec::len), Some(1), "{facts}");
    let here = desk.ask("storage.overview", json!({ "id": local["id"] })).await?;
    assert_eq!(
        (here["messages"].as_u64(), here["quotas"].as_array().map(Vec::len)),
        (Some(2), Some(0))
    );
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_may_do_with_folders_of_others_is_known() -> anyhow::Result<()> {
    let mut provider = started(DovecotOptions::default())?;
    let (root, shares) =
        (provider.dovecot.mail_root(), provider.dovecot.path().join("mail/shares"));
    provider.dovecot.restart_with(|options| {
        options.mail_plugins = words("acl");
        options.imap_plugins = words("imap_acl");
        options.extra = format!(
            "namespace inbox {{\n separator = /\n}}\n\
             namespace {{\n type = shared\n separator = /\n prefix = Users/%%u/\n \
             location = maildir:{}/%%n/Maildir:INDEXPVT=~/shared/%%u\n subscriptions = no\n list = children\n}}\n\
             plugin {{\n acl = vfile\n acl_shared_dict = file:{}\n}}\n",
            root.display(),
            shares.display()
        );
    })?;
    let port = provider.dovecot.imap_port();
    other_program(
        port,
        "bert",
        &["CREATE Read", "SETACL Read anna lr", "CREATE Team", "SETACL Team anna lrswitek"],
    )?;
    provider.dovecot.mailbox("bert", "Read").fill(&[numbered(1)])?;
    provider.dovecot.mailbox("anna", "INBOX").fill(&[numbered(2)])?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let of = |name: &str| format!("Users/bert/{name}");
    until(
        "the rights are told",
        async || Ok(!known(&desk, &of("Read")).await?["rights"].is_null()),
    )
    .await?;
    let (read, team) = (known(&desk, &of("Read")).await?, known(&desk, &of("Team")).await?);
    let rights = |folder: &Value| -> Vec<bool> {
        ["read", "markRead", "flag", "insert", "remove", "create", "deleteFolder"]
            .iter()
            .map(|right| folder["rights"][*right] == true)
            .collect()
    };
    assert_eq!(rights(&read), [true, false, false, false, false, false, false], "{read}");
    assert_eq!(rights(&team), [true, true, true, true, true, true, false], "{team}");
    let own = known(&desk, "INBOX").await?;
    assert_eq!(
        (&read["foreign"], &team["foreign"], &own["foreign"]),
        (&json!(true), &json!(true), &json!(false))
    );
    let facts = desk.ask("mailboxes.facts", json!({ "id": read["id"] })).await?;
    assert_eq!((&facts["letters"], rights(&facts)), (&json!("lr"), rights(&read)));
    let facts = desk.ask("mailboxes.facts", json!({ "id": own["id"] })).await?;
    assert!(rights(&facts).into_iter().all(|right| right), "one's own: {facts}");
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn new_folders_go_where_the_server_keeps_ones_own() -> anyhow::Result<()> {
    let provider = started(DovecotOptions {
        extra: "namespace inbox {\n prefix = INBOX.\n separator = .\n}\n".to_owned(),
        ..DovecotOptions::default()
    })?;
    provider.dovecot.mailbox("anna", "INBOX").fill(&[numbered(1)])?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let account = known(&desk, "INBOX").await?["account"].clone();
    let make = async |parent: &Value, name: &str| {
        desk.ask("mailboxes.create", json!({ "account": account, "parent": parent, "name": name }))
            .await
    };
    make(&Value::Null, "Bills").await?;
    desk.settle().await?;
    let bills = provider.dovecot.mailbox("anna", "Bills");
    until("it is on the server", async || Ok(bills.exists())).await?;
    let folder =
        all(&desk).await?.into_iter().find(|one| one["name"] == "Bills").unwrap_or_default();
    assert_eq!(folder["path"].as_str(), Some("INBOX.Bills"), "{folder}");
    make(&folder["id"], "2026 🎺").await?;
    desk.settle().await?;
    let deep =
        all(&desk).await?.into_iter().find(|one| one["name"] == "2026 🎺").unwrap_or_default();
    assert_eq!(deep["parent"], folder["id"]);
    desk.ask("mailboxes.move", json!({ "id": deep["id"], "parent": null })).await?;
    desk.settle().await?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    desk.settle().await?;
    let deep =
        all(&desk).await?.into_iter().find(|one| one["name"] == "2026 🎺").unwrap_or_default();
    assert_eq!(deep["path"].as_str(), Some("INBOX.2026 🎺"), "{deep}");
    // And the other way round: what another program makes is seen under its own name.
    let port = provider.dovecot.imap_port();
    other_program(
        port,
        "anna",
        &["CREATE \"INBOX.100% * \\\"odd\\\" x \"", "CREATE INBOX.&2Dzfug-"],
    )?;
    desk.ask("accounts.checkNow", json!({ "account": null })).await?;
    until("they are listed", async || {
        let names: Vec<Value> =
            all(&desk).await?.into_iter().map(|one| one["name"].clone()).collect();
        Ok(names.contains(&json!("100% * \"odd\" x ")) && names.contains(&json!("🎺")))
    })
    .await?;
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_folder_for_sent_mail_is_never_made_in_silence() -> anyhow::Result<()> {
    let provider = started(DovecotOptions {
        extra: "namespace inbox {\n mailbox Sent {\n auto = no\n }\n}\n".to_owned(),
        ..DovecotOptions::default()
    })?;
    provider.dovecot.mailbox("anna", "INBOX").fill(&[numbered(1)])?;
    provider.dovecot.mailbox("anna", "Gone out").create()?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let folder = known(&desk, "Gone out").await?;
    let id = folder["account"].clone();
    let mut draft = desk.ask("drafts.create", json!({ "kind": "blank", "account": id })).await?;
    draft["to"] = json!([{ "name": "", "email": "bert@posthorn.test" }]);
    draft["subject"] = json!("Hello");
    let saved = json!({
        "id": draft["id"], "revision": draft["revision"], "account": id, "from": draft["from"], "to": draft["to"],
        "cc": [], "bcc": [], "subject": "Hello", "html": "", "text": "Hello", "plain": true, "includeOriginal": false
    });
    let saved = desk.ask("drafts.save", saved).await?;
    let send = json!({ "id": draft["id"], "revision": saved["revision"], "undoSeconds": 0 });
    let refused = desk
        .ask("drafts.send", send.clone())
        .await
        .err()
        .map(|error| format!("{error:#}"))
        .unwrap_or_default();
    assert!(refused.contains(&format!("sent:{id}")), "{refused}");
    desk.ask("mailboxes.setRole", json!({ "id": folder["id"], "role": "sent" })).await?;
    desk.ask("drafts.send", send).await?;
    let chosen = provider.dovecot.mailbox("anna", "Gone out");
    until("the copy is where it was said", async || Ok(chosen.count()? == 1)).await?;
    assert!(!provider.dovecot.mailbox("anna", "Sent").exists());
    desk.engine.shutdown().await;
    Ok(())
}
