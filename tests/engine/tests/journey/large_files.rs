//! Journey: a large file of a message is fetched in pieces; the process is killed in the middle, and only the rest is
//! asked for afterwards. The file is saved without the rest of its message.

use posthorn_engine_tests::{Ask, Incoming, Ports, Server, account, provider, until};
use posthorn_testkit::{Cut, Delivery, Direction, Mail, Proxy};
use serde_json::json;

/// Bytes of the file.
const SIZE: usize = 9 << 20;

/// Bytes no two lines of which are alike.
fn file() -> Vec<u8> {
    let word = |at: usize| (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
    (0..SIZE / 8).flat_map(word).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one journey, step after step")]
async fn goes_on_after_a_kill_and_is_saved_alone() -> anyhow::Result<()> {
    let provider = provider()?;
    let file = file();
    let mail = Mail::new()
        .subject("plans")
        .text("the covering letter")
        .attach("plan.bin", "application/octet-stream", &file)
        .attach("small.txt", "text/plain", b"beside it")
        .build();
    provider.dovecot.mailbox("anna", "INBOX").fill(&[Delivery::new(mail)])?;
    let own = Ports::of(&provider, Incoming::Imap);
    let proxy = Proxy::start(own.incoming).await?;
    let home = tempfile::tempdir()?;
    let profile = home.path().join("profile");

    let server = Server::start(&profile)?;
    let ports = Ports { incoming: proxy.port(), ..own };
    server.ask("accounts.add", account("anna", Incoming::Imap, ports)).await?;
    server.settle().await?;
    let rows = server.rows("inbox").await?;
    let id = rows[0]["message"].clone();
    let open = json!({ "id": id, "remote": false, "theme": "light", "look": null });
    let opened = server.ask("messages.open", open.clone()).await?;
    let plan = opened["attachments"][0].clone();
    assert_eq!((plan["name"].as_str(), plan["here"].as_bool()), (Some("plan.bin"), Some(false)));
    assert!(opened["frameUrl"].as_str().is_some_and(|url| !url.is_empty()), "the letter is here");

    // It stands still in the middle, and is killed there.
    proxy.arm(Cut::Within(Direction::ToClient, SIZE as u64 / 2));
    proxy.set_refusing(true);
    let section = plan["section"].clone();
    let whole = json!({ "message": id, "section": section });
    {
        let refused = server.ask("downloads.begin", whole);
        let stuck = until("some of it is here", async || {
            let opened = server.ask("messages.open", open.clone()).await?;
            let done = opened["downloads"][0]["done"].as_u64();
            Ok(proxy.cuts() == 1 && done.is_some_and(|done| done > 0))
        });
        tokio::pin!(stuck);
        tokio::select! {
            reached = &mut stuck => reached?,
            // It was given up after some tries: what came is here all the same.
            _ = refused => stuck.await?,
        }
    }
    server.kill()?;

    proxy.set_refusing(false);
    let server = Server::start(&profile)?;
    server.settle().await?;
    let opened = server.ask("messages.open", open.clone()).await?;
    let begun = opened["downloads"][0].clone();
    assert_eq!((begun["state"].as_str(), &begun["section"]), (Some("stopped"), &section));
    let here = begun["done"].as_u64().unwrap_or_default();
    assert!(here > 0 && here < begun["total"].as_u64().unwrap_or_default(), "{begun}");
    proxy.forget_said();
    let path = home.path().join("saved.bin");
    let save = json!({ "message": id, "part": plan["part"], "path": path });
    server.ask("attachments.save", save).await?;
    anyhow::ensure!(std::fs::read(&path)? == file, "the file is not what was sent");
    let said = proxy.said();
    let asks = |line: &String| Some(line.split_once("BINARY.PEEK[2]<")?.1.to_owned());
    let first = said.iter().find_map(|(_, line)| asks(line));
    let wanted = format!("{here}.");
    assert!(
        first.as_ref().is_some_and(|first| first.starts_with(&wanted)),
        "{first:?} after {here}"
    );
    let others = said
        .iter()
        .filter(|(_, line)| line.contains("BODY.PEEK[3]") || line.contains("BODY.PEEK[])"));
    assert_eq!(others.count(), 0, "nothing beside it was fetched");
    let opened = server.ask("messages.open", open.clone()).await?;
    assert_eq!(opened["attachments"][0]["here"].as_bool(), Some(true));
    assert_eq!(opened["attachments"][1]["here"].as_bool(), Some(false));
    assert_eq!(opened["downloads"].as_array().map(Vec::len), Some(0));
    Ok(())
}
