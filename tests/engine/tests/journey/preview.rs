//! Journey: files are looked at inside the window, messages inside messages too; nothing of them runs or asks for anything;
//! the files of a conversation stand in one strip.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider};
use posthorn_testkit::{Delivery, Mail};
use serde_json::{Value, json};

const CARD: &[u8] =
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Mia Lang\r\nEMAIL;TYPE=work:mia@hof.test\r\nEND:VCARD\r\n";
const EVENT: &[u8] = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:20260424\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn inner() -> Vec<u8> {
    Mail::new()
        .from("Clara <clara@posthorn.test>")
        .to("bert@posthorn.test")
        .subject("Lease")
        .message_id("lease@journey.test")
        .html("<p onclick=x()>See the terms.</p><script>alert(1)</script><img src=\"https://count.test/p.png\">")
        .attach("terms.txt", "text/plain", b"All of them.\r\n")
        .build()
}

fn outer() -> Vec<u8> {
    Mail::new()
        .from("Bert <bert@posthorn.test>")
        .to("anna@posthorn.test")
        .subject("Papers")
        .message_id("papers@journey.test")
        .text("Here they are.\r\n")
        .attach(
            "runs.csv",
            "application/octet-stream",
            b"name;copies\r\n\"<b>one</b>\";\"1,5\"\r\n",
        )
        .attach(
            "note.txt",
            "text/plain; charset=gbk",
            b"\xc4\xe3\xba\xc3 <script>alert(1)</script>",
        )
        .attach("mia.vcf", "text/x-vcard", CARD)
        .attach("fair.ics", "application/octet-stream", EVENT)
        .attach("lease.eml", "application/octet-stream", &inner())
        .attach("run.exe", "application/octet-stream", b"MZ")
        .attach("plan.pdf", "application/pdf", b"%PDF-1.4")
        .build()
}

async fn document(desk: &Desk, url: &Value) -> anyhow::Result<(String, String)> {
    let info = desk.ask("app.info", json!({})).await?;
    let path = url.as_str().unwrap_or_default();
    let path = path.trim_start_matches(info["contentBase"].as_str().unwrap_or_default());
    let shown = desk.engine.content(path.trim_start_matches('/')).await;
    let policy = shown.headers.iter().find(|(name, _)| *name == "content-security-policy");
    let policy = policy.map(|(_, value)| value.clone()).unwrap_or_default();
    Ok((String::from_utf8_lossy(&shown.bytes).into_owned(), policy))
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one journey, step after step")]
async fn files_are_looked_at_and_nothing_of_them_runs() -> anyhow::Result<()> {
    let provider = provider()?;
    let answer = Mail::new()
        .from("Anna <anna@posthorn.test>")
        .to("bert@posthorn.test")
        .subject("Re: Papers")
        .message_id("answer@journey.test")
        .replying_to(&["papers@journey.test"])
        .text("And mine.\r\n")
        .attach("mine.txt", "text/plain", b"Mine.");
    let deliveries = [Delivery::new(outer()), Delivery::new(answer.build())];
    provider.dovecot.mailbox("anna", "INBOX").fill(&deliveries)?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let rows = desk.rows("inbox").await?;
    let thread = json!({ "message": rows[0]["message"], "single": false });
    let messages = desk.ask("threads.open", thread.clone()).await?["messages"].clone();
    let id_of = |subject: &str| {
        let found = messages.as_array().into_iter().flatten().find(|one| one["subject"] == subject);
        found.map(|one| one["id"].clone()).unwrap_or_default()
    };
    let message = id_of("Papers");

    // One strip for all messages of the conversation.
    let strip = desk.ask("threads.files", thread).await?["files"].clone();
    let of = |id: &Value| {
        strip.as_array().into_iter().flatten().filter(|one| one["message"] == *id).count()
    };
    assert_eq!((of(&message), of(&id_of("Re: Papers"))), (7, 1), "{strip}");

    let opened = desk
        .ask("messages.open", json!({ "id": message, "remote": false, "theme": "dark" }))
        .await?;
    let part = |name: &str| {
        let files = opened["attachments"].as_array().cloned().unwrap_or_default();
        files.into_iter().find(|file| file["name"] == name).map(|file| file["part"].clone())
    };
    let look = async |name: &str, inside: Value| {
        let request =
            json!({ "message": message, "part": part(name), "inside": inside, "theme": "dark" });
        Ok::<_, anyhow::Error>(desk.ask("attachments.preview", request).await?["preview"].clone())
    };

    let table = look("runs.csv", json!([])).await?;
    assert_eq!(
        (&table["kind"], &table["rows"], &table["cut"]),
        (&json!("table"), &json!(2), &json!(false))
    );
    let (text, policy) = document(&desk, &table["frameUrl"]).await?;
    assert!(text.contains("<td>&lt;b&gt;one&lt;/b&gt;</td><td>1,5</td>"), "{text}");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");

    let note = look("note.txt", json!([])).await?;
    assert_eq!(note["kind"], "text", "{note}");
    let (text, _) = document(&desk, &note["frameUrl"]).await?;
    assert!(text.contains("你好 &lt;script&gt;") && !text.contains("<script>alert"), "{text}");

    let cards = look("mia.vcf", json!([])).await?;
    assert_eq!(cards["cards"][0]["emails"][0]["value"], "mia@hof.test", "{cards}");
    let events = look("fair.ics", json!([])).await?;
    assert_eq!(events["events"][0]["start"]["day"], "2026-04-24", "{events}");
    for (name, why) in [("run.exe", "dangerous"), ("plan.pdf", "kind")] {
        assert_eq!(look(name, json!([])).await?, json!({ "kind": "none", "why": why }));
    }

    // A message inside, with a file of its own, that can be looked at and saved.
    let lease = look("lease.eml", json!([])).await?;
    assert_eq!(
        (&lease["message"]["subject"], &lease["message"]["blockedImages"]),
        (&json!("Lease"), &json!(1))
    );
    let (text, policy) = document(&desk, &lease["frameUrl"]).await?;
    assert!(text.contains("See the terms.") && !text.contains("alert(1)"), "{text}");
    assert!(!text.contains("https://count.test") && !text.contains("onclick="), "{text}");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    let number = lease["message"]["attachments"][0]["part"].clone();
    let terms = look("lease.eml", json!([number])).await?;
    let (text, _) = document(&desk, &terms["frameUrl"]).await?;
    assert!(text.contains("All of them."), "{text}");
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("terms.txt");
    let save =
        json!({ "message": message, "part": part("lease.eml"), "inside": [number], "path": path });
    desk.ask("attachments.save", save).await?;
    assert_eq!(std::fs::read(&path)?.trim_ascii_end(), b"All of them.");
    let deep = look("lease.eml", json!([0, 0, 0, 0, 0, 0, 0, 0, 0])).await;
    assert!(deep.is_err(), "not without end");
    assert!(look("lease.eml", json!([99])).await.is_err(), "no such file");
    desk.engine.shutdown().await;
    Ok(())
}
