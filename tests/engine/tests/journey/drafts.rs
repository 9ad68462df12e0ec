//! Journey: drafts have one copy on the server, whatever happens; what is written is never lost.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{
    Ask, Desk, Incoming, Ports, Server, account, numbered, provider, provider_with, side_by_side,
    subjects, until,
};
use posthorn_testkit::{
    Cut, Delivery, Direction, DovecotOptions, Mail, MailServer, MailServerOptions, Maildir, Proxy,
};
use serde_json::{Value, json};

/// The server's Drafts folder.
fn folder(provider: &MailServer) -> Maildir {
    provider.dovecot.mailbox("anna", "Drafts")
}

/// Sources of what is there and not marked as deleted.
fn copies(folder: &Maildir) -> anyhow::Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let stored = folder.messages()?;
    let left = stored.iter().filter(|stored| !stored.flags.deleted);
    left.map(|stored| Ok(String::from_utf8_lossy(&stored.bytes()?).into_owned())).collect()
}

/// Whether the folder has one copy, with these words.
fn is_one(folder: &Maildir, words: &str) -> anyhow::Result<bool> {
    let copies = copies(folder)?;
    Ok(copies.len() == 1 && copies.iter().all(|copy| copy.contains(words)))
}

async fn desk(provider: &MailServer) -> anyhow::Result<Desk> {
    Desk::with("anna", Incoming::Imap, Ports::of(provider, Incoming::Imap)).await
}

/// Saves a draft with these words; answers with what it is now.
async fn write(desk: &impl Ask, draft: &Value, subject: &str, text: &str) -> anyhow::Result<Value> {
    let now = desk.ask("drafts.get", json!({ "id": draft["id"] })).await?;
    let saved = json!({
        "id": now["id"], "revision": now["revision"], "account": now["account"], "from": now["from"],
        "to": [{ "name": "", "email": "bert@posthorn.test" }], "cc": [], "bcc": [{ "name": "", "email": "carla@posthorn.test" }],
        "subject": subject, "html": format!("<div>{text}</div>"), "text": text, "plain": false, "includeOriginal": true
    });
    desk.ask("drafts.save", saved).await?;
    desk.ask("drafts.get", json!({ "id": draft["id"] })).await
}

async fn leave(desk: &impl Ask, draft: &Value) -> anyhow::Result<()> {
    desk.ask("drafts.leave", json!({ "id": draft["id"] })).await.map(drop)
}

async fn begin(desk: &impl Ask) -> anyhow::Result<Value> {
    desk.ask("drafts.create", json!({ "kind": "blank", "account": null })).await
}

async fn drafts(desk: &impl Ask) -> anyhow::Result<Vec<Value>> {
    let list = desk.ask("drafts.list", json!({})).await?;
    Ok(list.as_array().cloned().unwrap_or_default())
}

/// Waits until a draft's copy has everything; answers with the draft.
async fn copied(desk: &impl Ask, draft: &Value) -> anyhow::Result<Value> {
    let mut found = Value::Null;
    until("the copy has everything", async || {
        found = desk.ask("drafts.get", json!({ "id": draft["id"] })).await?;
        Ok(found["server"]["kind"] == "copied")
    })
    .await?;
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_has_one_copy_through_changes_sending_and_discarding() -> anyhow::Result<()> {
    let provider = provider()?;
    let there = folder(&provider);
    let desk = desk(&provider).await?;
    let draft = begin(&desk).await?;
    assert_eq!(draft["server"]["kind"], "none", "nobody has written anything");
    let draft = write(&desk, &draft, "Plan", "First words").await?;
    assert_eq!(draft["server"]["kind"], "waiting");
    assert!(copies(&there)?.is_empty(), "nothing goes out while somebody types");
    leave(&desk, &draft).await?;
    let first = copied(&desk, &draft).await?;
    assert!(is_one(&there, "First words")?);
    let copy = copies(&there)?.remove(0);
    assert!(
        copy.contains("To: <bert@posthorn.test>") || copy.contains("To: bert@posthorn.test"),
        "{copy}"
    );
    assert!(copy.contains("carla@posthorn.test"), "Bcc goes along: {copy}");
    let flags = there.messages()?.remove(0).flags;
    assert!(flags.draft && flags.seen);

    // The list shows the copy, and the draft says that it is the same.
    let rows = desk.rows("drafts").await?;
    assert_eq!(subjects(&rows), ["Plan"]);
    assert_eq!(rows[0]["message"], first["copyMessage"]);

    for words in ["Second words", "Third words"] {
        let changed = write(&desk, &draft, "Plan", words).await?;
        leave(&desk, &changed).await?;
        copied(&desk, &draft).await?;
        until("the copy before is gone", async || is_one(&there, words)).await?;
        assert_eq!(desk.rows("drafts").await?.len(), 1);
    }

    // Sent: the copy goes once the message is accepted.
    let now = desk.ask("drafts.get", json!({ "id": draft["id"] })).await?;
    let send = json!({ "id": draft["id"], "revision": now["revision"], "undoSeconds": 0 });
    desk.ask("drafts.send", send).await?;
    until("the copy is gone", async || Ok(copies(&there)?.is_empty())).await?;
    until("it arrived", async || {
        Ok(provider.dovecot.mailbox("bert", "INBOX").exists()
            && provider.dovecot.mailbox("bert", "INBOX").count()? == 1)
    })
    .await?;

    // Thrown away: the same.
    let other = begin(&desk).await?;
    let other = write(&desk, &other, "Never mind", "Words").await?;
    leave(&desk, &other).await?;
    copied(&desk, &other).await?;
    desk.ask("drafts.discard", json!({ "id": other["id"] })).await?;
    until("the copy is gone too", async || Ok(copies(&there)?.is_empty())).await?;
    assert!(desk.rows("drafts").await?.is_empty() && drafts(&desk).await?.is_empty());
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_computer_goes_on_and_the_copy_is_replaced() -> anyhow::Result<()> {
    let provider = provider()?;
    let there = folder(&provider);
    let (one, other) = (desk(&provider).await?, desk(&provider).await?);
    let draft = begin(&one).await?;
    let draft = write(&one, &draft, "Plan", "Begun here").await?;
    let attached = json!({
        "draft": draft["id"], "name": "zahlen.csv", "contentType": "text/csv", "data": "YTtiCg==", "inline": false
    });
    one.ask("drafts.attachBytes", attached).await?;
    leave(&one, &draft).await?;
    copied(&one, &draft).await?;

    until("the other computer sees it", async || {
        other.ask("accounts.checkNow", json!({ "account": null })).await?;
        other.settle().await?;
        Ok(other.row("drafts", "Plan").await?.is_some())
    })
    .await?;
    let row = other.row("drafts", "Plan").await?.unwrap_or_default();
    let begun = other
        .ask("drafts.create", json!({ "kind": "continue", "message": row["message"] }))
        .await?;
    assert_eq!(begun["to"][0]["email"], "bert@posthorn.test");
    assert_eq!(begun["bcc"][0]["email"], "carla@posthorn.test");
    assert_eq!(begun["attachments"][0]["name"], "zahlen.csv");
    assert!(begun["text"].as_str().unwrap_or_default().contains("Begun here"));
    assert_eq!(begun["copyMessage"], row["message"]);
    let again = other
        .ask("drafts.create", json!({ "kind": "continue", "message": row["message"] }))
        .await?;
    assert_eq!(again["id"], begun["id"], "a second time gives the same");

    // Closed without a change it leaves the server as it was.
    leave(&other, &begun).await?;
    assert!(drafts(&other).await?.is_empty());
    other.settle().await?;
    assert!(is_one(&there, "Begun here")?);

    let begun = other
        .ask("drafts.create", json!({ "kind": "continue", "message": row["message"] }))
        .await?;
    let changed = write(&other, &begun, "Plan", "Gone on elsewhere").await?;
    leave(&other, &changed).await?;
    copied(&other, &changed).await?;
    until("one copy with the new words", async || is_one(&there, "Gone on elsewhere")).await?;

    // The first computer had changed nothing since: its draft gives way, and the new one can be opened.
    until("the first computer shows the new one", async || {
        one.ask("accounts.checkNow", json!({ "account": null })).await?;
        one.settle().await?;
        Ok(drafts(&one).await?.is_empty() && one.rows("drafts").await?.len() == 1)
    })
    .await?;
    let row = one.row("drafts", "Plan").await?.unwrap_or_default();
    let back =
        one.ask("drafts.create", json!({ "kind": "continue", "message": row["message"] })).await?;
    assert!(back["text"].as_str().unwrap_or_default().contains("Gone on elsewhere"));
    one.engine.shutdown().await;
    other.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_on_both_computers_both_are_kept_and_it_is_said() -> anyhow::Result<()> {
    let provider = provider()?;
    let there = folder(&provider);
    let one = desk(&provider).await?;
    let draft = begin(&one).await?;
    let draft = write(&one, &draft, "Plan", "Begun").await?;
    leave(&one, &draft).await?;
    copied(&one, &draft).await?;
    let other = desk(&provider).await?;
    let row = other.row("drafts", "Plan").await?.unwrap_or_default();
    let theirs = other
        .ask("drafts.create", json!({ "kind": "continue", "message": row["message"] }))
        .await?;

    one.ask("app.setOffline", json!({ "offline": true })).await?;
    write(&one, &draft, "Plan", "Changed here without a server").await?;
    leave(&one, &draft).await?;
    let changed = write(&other, &theirs, "Plan", "Changed there").await?;
    leave(&other, &changed).await?;
    copied(&other, &changed).await?;
    until("theirs has replaced it", async || is_one(&there, "Changed there")).await?;

    one.ask("app.setOffline", json!({ "offline": false })).await?;
    let ours = copied(&one, &draft).await?;
    assert_eq!(ours["diverged"], true, "it is said");
    assert!(ours["text"].as_str().unwrap_or_default().contains("Changed here"));
    until("both are there", async || {
        let all = copies(&there)?;
        Ok(all.len() == 2
            && all.iter().any(|copy| copy.contains("Changed here"))
            && all.iter().any(|copy| copy.contains("Changed there")))
    })
    .await?;
    until("both are listed, each once", async || {
        one.settle().await?;
        Ok(one.rows("drafts").await?.len() == 2)
    })
    .await?;
    one.engine.shutdown().await;
    other.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn thrown_away_in_the_list_it_rests_and_undo_wakes_it() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "INBOX").fill(&[numbered(1)])?;
    let desk = desk(&provider).await?;
    let original = desk.rows("inbox").await?[0]["message"].clone();
    let begun = json!({ "kind": "reply", "message": original, "all": false });
    let draft = desk.ask("drafts.create", begun).await?;
    let draft = write(&desk, &draft, "Re: Message 1", "An answer").await?;
    leave(&desk, &draft).await?;
    let copied = copied(&desk, &draft).await?;

    // The copy is in the conversation, and no message of it: the draft is offered below what it answers.
    let open = json!({ "message": original, "single": false });
    let conversation = desk.ask("threads.open", open).await?;
    assert_eq!(conversation["messages"].as_array().map(Vec::len), Some(1), "{conversation}");
    assert_eq!(conversation["drafts"], json!([draft["id"]]));

    // Changed here again, and then its row is thrown away: what was typed rests with it.
    write(&desk, &draft, "Re: Message 1", "An answer, changed").await?;
    let selection = json!({ "kind": "messages", "messages": [copied["copyMessage"]] });
    let thrown = desk.ask("messages.trash", json!({ "selection": selection })).await?;
    assert!(drafts(&desk).await?.is_empty() && desk.rows("drafts").await?.is_empty());
    desk.settle().await?;
    assert!(copies(&folder(&provider))?.is_empty());
    desk.ask("operations.undo", json!({ "id": thrown["operation"] })).await?;
    until("it is back with what was typed last", async || {
        let all = drafts(&desk).await?;
        Ok(all.len() == 1 && all[0]["text"] == "An answer, changed")
    })
    .await?;
    leave(&desk, &draft).await?;
    until("and so is its copy", async || is_one(&folder(&provider), "An answer, changed")).await?;
    let back = self::copied(&desk, &draft).await?;
    assert_eq!(back["diverged"], false, "nobody else changed it");
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_program_wrote_is_picked_up_whole() -> anyhow::Result<()> {
    let provider = provider()?;
    let there = folder(&provider);
    let mail = Mail::new()
        .from("anna@posthorn.test")
        .to("Bert <bert@posthorn.test>")
        .subject("Von anderswo 草稿")
        .message_id("other@program.test")
        .header("In-Reply-To", "<first@posthorn.test>")
        .header("References", "<zero@posthorn.test> <first@posthorn.test>")
        .text("Plain words of another program. 你好");
    there.fill(&[Delivery::new(mail.build()).flags(&["\\Draft", "\\Seen"])])?;
    let desk = desk(&provider).await?;
    let row = desk.row("drafts", "Von anderswo 草稿").await?.unwrap_or_default();
    let begun =
        desk.ask("drafts.create", json!({ "kind": "continue", "message": row["message"] })).await?;
    assert_eq!(
        (begun["plain"].as_bool(), &begun["to"][0]["email"]),
        (Some(true), &json!("bert@posthorn.test"))
    );
    let saved = json!({
        "id": begun["id"], "revision": begun["revision"], "account": begun["account"], "from": begun["from"],
        "to": begun["to"], "cc": [], "bcc": [], "subject": begun["subject"], "html": "", "text": "New words", "plain": true,
        "includeOriginal": false
    });
    desk.ask("drafts.save", saved).await?;
    leave(&desk, &begun).await?;
    copied(&desk, &begun).await?;
    until("its copy was replaced", async || is_one(&there, "New words")).await?;
    let copy = copies(&there)?.remove(0);
    assert!(copy.contains("<first@posthorn.test>"), "it goes on answering: {copy}");
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_mailbox_takes_no_copy_and_the_draft_is_safe_here() -> anyhow::Result<()> {
    let dovecot = DovecotOptions {
        mail_plugins: vec!["quota".to_owned()],
        imap_plugins: vec!["imap_quota".to_owned()],
        extra: "plugin {\n quota = count:User quota\n quota_rule = *:storage=200k\n quota_vsizes = yes\n quota_grace = 0\n}\n"
            .to_owned(),
        ..DovecotOptions::default()
    };
    let provider = provider_with(MailServerOptions { dovecot, ..MailServerOptions::default() })?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    let large = Mail::new()
        .from("bert@posthorn.test")
        .to("anna@posthorn.test")
        .subject("Large")
        .text(&"A long line of text that fills the mailbox.\r\n".repeat(4_400));
    inbox.fill(&[Delivery::new(large.build())])?;
    let desk = desk(&provider).await?;
    let draft = begin(&desk).await?;
    let draft = write(&desk, &draft, "Plan", &"Many words. ".repeat(800)).await?;
    leave(&desk, &draft).await?;
    let mut refused = Value::Null;
    until("the refusal is told", async || {
        refused = desk.ask("drafts.get", json!({ "id": draft["id"] })).await?;
        Ok(refused["server"]["kind"] == "refused")
    })
    .await?;
    let said = refused["server"]["said"].as_str().unwrap_or_default().to_lowercase();
    assert!(said.contains("quota"), "{refused}");
    assert!(refused["server"]["nextTry"].as_i64().unwrap_or_default() > 0);
    assert_eq!(drafts(&desk).await?.len(), 1, "safe here");
    desk.settle().await?;

    // There is room again: it goes by itself.
    let rows = desk.rows("inbox").await?;
    let selection = json!({ "kind": "messages", "messages": [rows[0]["message"]] });
    desk.ask("messages.delete", json!({ "selection": selection })).await?;
    copied(&desk, &draft).await?;
    assert!(is_one(&folder(&provider), "Many words")?);
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn earlier_versions_are_kept_and_gone_back_to() -> anyhow::Result<()> {
    let provider = provider()?;
    let desk = desk(&provider).await?;
    let draft = begin(&desk).await?;
    let long = "A paragraph that took an hour to write. ".repeat(20);
    write(&desk, &draft, "Plan", &long).await?;
    let cut = write(&desk, &draft, "Plan", "Gone").await?;
    let versions = desk.ask("drafts.versions", json!({ "id": draft["id"] })).await?;
    assert_eq!(versions.as_array().map(Vec::len), Some(1), "much was deleted at once: {versions}");
    assert_eq!(versions[0]["text"], json!(long));
    let restore =
        json!({ "draft": draft["id"], "revision": cut["revision"], "version": versions[0]["id"] });
    let back = desk.ask("drafts.restore", restore).await?;
    assert_eq!(back["text"], json!(long));
    assert!(back["html"].as_str().unwrap_or_default().contains("took an hour"));
    let versions = desk.ask("drafts.versions", json!({ "id": draft["id"] })).await?;
    assert_eq!(versions[0]["text"], "Gone", "what was replaced is a version itself");
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_saved_is_there_after_a_kill() -> anyhow::Result<()> {
    let provider = provider()?;
    let home = tempfile::tempdir()?;
    let profile = home.path().join("profile");
    let server = Server::start(&profile)?;
    server
        .ask("accounts.add", account("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)))
        .await?;
    let draft = begin(&server).await?;
    // As a composer does that saves again and again; the kill follows the last answer at once.
    for count in 1..=20 {
        write(&server, &draft, "Plan", &"word ".repeat(count)).await?;
    }
    server.kill()?;
    let server = Server::start(&profile)?;
    let found = drafts(&server).await?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["text"], json!("word ".repeat(20)));
    Ok(())
}

/// Capabilities without UIDPLUS: no uid is told, and removal is careful.
const PLAIN: Option<&str> = Some("IMAP4rev1 IDLE");

/// Where the process is killed, in the making of a second copy: what the server can do, and what the line says.
const STEPS: [(Option<&str>, Direction, &str); 9] = [
    (None, Direction::ToServer, "SELECT"),
    (None, Direction::ToServer, "APPEND"),
    // The server has it all and its answer is lost.
    (None, Direction::ToClient, "Append completed"),
    (None, Direction::ToServer, "UID STORE"),
    (None, Direction::ToServer, "UID EXPUNGE"),
    (PLAIN, Direction::ToClient, "Append completed"),
    (PLAIN, Direction::ToServer, "UID SEARCH"),
    (PLAIN, Direction::ToServer, "EXPUNGE"),
    (PLAIN, Direction::ToClient, "EXPUNGE"),
];

#[test]
fn a_process_killed_at_any_step_of_a_copy_loses_and_doubles_nothing() -> anyhow::Result<()> {
    let cases = STEPS.into_iter().flat_map(|step| [(step, true), (step, false)]);
    side_by_side(cases.collect(), |((capability, direction, text), is_swallowed)| {
        killed_at(capability, (direction, text), is_swallowed)
    })
}

async fn killed_at(
    capability: Option<&str>,
    (direction, text): (Direction, &str),
    is_swallowed: bool,
) -> anyhow::Result<()> {
    let dovecot = DovecotOptions {
        imap_capability: capability.map(str::to_owned),
        ..DovecotOptions::default()
    };
    let provider = provider_with(MailServerOptions { dovecot, ..MailServerOptions::default() })?;
    let there = folder(&provider);
    let own = Ports::of(&provider, Incoming::Imap);
    let proxy = Proxy::start(own.incoming).await?;
    let home = tempfile::tempdir()?;
    let profile = home.path().join("profile");
    let server = Server::start(&profile)?;
    let ports = Ports { incoming: proxy.port(), ..own };
    server.ask("accounts.add", account("anna", Incoming::Imap, ports)).await?;
    server.settle().await?;
    let draft = begin(&server).await?;
    let draft = write(&server, &draft, "Plan", "First words").await?;
    leave(&server, &draft).await?;
    copied(&server, &draft).await?;
    server.settle().await?;

    let text = text.to_owned();
    proxy.arm(if is_swallowed {
        Cut::BeforeText(direction, text)
    } else {
        Cut::AfterText(direction, text)
    });
    write(&server, &draft, "Plan", "Second words").await?;
    leave(&server, &draft).await?;
    // From the cut on nothing gets through: the process dies exactly there. A step that this server does not need is passed.
    until("it is cut, or all is done", async || {
        if proxy.cuts() > 0 {
            proxy.set_refusing(true);
        }
        Ok(proxy.cuts() > 0 || is_one(&there, "Second words")?)
    })
    .await?;
    server.kill()?;
    proxy.set_refusing(false);
    let server = Server::start(&profile)?;
    let found = copied(&server, &draft).await?;
    assert_eq!(found["text"], "Second words");
    until("there is one copy, the new one", async || is_one(&there, "Second words")).await?;
    server.settle().await?;
    assert!(is_one(&there, "Second words")?, "and no other came later");
    until("it is listed once", async || {
        Ok(server.rows("drafts").await?.len() == 1 && drafts(&server).await?.len() == 1)
    })
    .await?;
    Ok(())
}
