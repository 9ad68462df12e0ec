//! Journey: mail goes into files and comes back from files, of this program and of others, whatever breaks in between.

#![expect(
    clippy::indexing_slicing,
    reason = "indexing JSON by a name gives null where it is absent, and never panics"
)]

use std::fmt::Write as _;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use posthorn_engine_tests::{
    Ask, Desk, Incoming, Ports, Server, list_of, numbered, provider, until,
};
use serde_json::{Value, json};

/// Messages that tell every way of writing them apart: line ends, quoting, ends without a line, 8-bit and NUL.
const ODD: [&[u8]; 8] = [
    b"Subject: plain\r\nMessage-ID: <1@x>\r\n\r\nText\r\n",
    b"Subject: quoted\r\nMessage-ID: <2@x>\r\n\r\n\r\nFrom me Fri Jul  8 12:08:34 2011\r\n>From you\r\n\r\n",
    b"Subject: mixed\r\nMessage-ID: <3@x>\r\n\r\nA\nB\rC\r\n",
    b"Subject: no end\r\nMessage-ID: <4@x>\r\n\r\nText",
    b"Subject: 8 bit\r\nMessage-ID: <5@x>\r\n\r\n\xff\x00\xfe\r\n",
    b"Status: RO\r\nContent-Length: 3\r\nSubject: status\r\nMessage-ID: <6@x>\r\n\r\nText\r\n",
    b"no header at all",
    b"\r\n\r\nbody alone\r\n",
];

async fn local(desk: &impl Ask, name: &str) -> anyhow::Result<Value> {
    let account = desk.ask("accounts.openLocal", json!({})).await?;
    let request = json!({ "account": account["id"], "parent": null, "name": name });
    desk.ask("mailboxes.create", request).await?;
    known(desk, name).await
}

async fn known(desk: &impl Ask, path: &str) -> anyhow::Result<Value> {
    let all = desk.ask("mailboxes.list", json!({})).await?;
    let found = all.as_array().into_iter().flatten().find(|one| one["path"] == path).cloned();
    found.ok_or_else(|| anyhow::anyhow!("{path} is not in {all}"))
}

/// Waits for the end of a job.
async fn ended(desk: &impl Ask, job: &Value) -> anyhow::Result<Value> {
    let mut found = Value::Null;
    until("the job is over", async || {
        let jobs = desk.ask("archives.list", json!({})).await?;
        found = jobs
            .as_array()
            .into_iter()
            .flatten()
            .find(|one| one["id"] == job["id"])
            .cloned()
            .unwrap_or_default();
        Ok(found["stage"] != "running")
    })
    .await?;
    Ok(found)
}

async fn import(desk: &impl Ask, folder: &Value, path: &Path) -> anyhow::Result<Value> {
    let job =
        desk.ask("archives.import", json!({ "paths": [path], "mailbox": folder["id"] })).await?;
    ended(desk, &job).await
}

async fn rows(desk: &impl Ask, folder: &Value) -> anyhow::Result<Vec<Value>> {
    let opened = desk.ask("views.open", list_of(&folder["id"])).await?;
    desk.ask("views.close", json!({ "id": opened["view"] })).await?;
    Ok(opened["rows"].as_array().cloned().unwrap_or_default())
}

/// Returns the very bytes of a folder's messages with what a list shows of their flags.
async fn contents(
    desk: &impl Ask,
    folder: &Value,
    scratch: &Path,
) -> anyhow::Result<BTreeSet<(Vec<u8>, String)>> {
    let mut all = BTreeSet::new();
    for row in rows(desk, folder).await? {
        let path = scratch.join("message.eml");
        desk.ask("messages.save", json!({ "message": row["message"], "path": path })).await?;
        let facts = format!("{} {} {}", row["unread"], row["starred"], row["at"]);
        all.insert((std::fs::read(&path)?, facts));
    }
    Ok(all)
}

fn counts(job: &Value) -> (Option<u64>, Option<u64>, Option<u64>) {
    (job["messages"].as_u64(), job["known"].as_u64(), job["unreadable"].as_u64())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_comes_back_byte_by_byte_in_every_format() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let server = Server::start(&home.path().join("profile"))?;
    let scratch = home.path();
    let letters = scratch.join("letters");
    std::fs::create_dir_all(letters.join("Sub \u{1f4ef}.x"))?;
    for (number, bytes) in ODD.iter().enumerate() {
        std::fs::write(letters.join(format!("{number}.eml")), bytes)?;
    }
    std::fs::write(letters.join("Sub \u{1f4ef}.x/9.eml"), ODD[0])?;
    let first = local(&server, "First").await?;
    let job = import(&server, &first, &letters).await?;
    assert_eq!(counts(&job), (Some(9), Some(0), Some(0)), "{job}");
    let below = known(&server, "First/Sub \u{1f4ef}.x").await?;
    let star = rows(&server, &first).await?;
    let some = json!({ "kind": "messages", "messages": [star[0]["message"], star[2]["message"]] });
    server.ask("messages.setStarred", json!({ "selection": some, "value": true })).await?;
    let some = json!({ "kind": "messages", "messages": [star[1]["message"], star[2]["message"]] });
    server.ask("messages.setRead", json!({ "selection": some, "value": true })).await?;
    let before = contents(&server, &first, scratch).await?;
    assert_eq!(before.len(), ODD.len());
    let originals: BTreeSet<Vec<u8>> = ODD.iter().map(|bytes| bytes.to_vec()).collect();
    assert_eq!(before.iter().map(|(bytes, _)| bytes.clone()).collect::<BTreeSet<_>>(), originals);

    for format in ["mbox", "maildir", "eml"] {
        let out = scratch.join(format);
        for below in [true, false] {
            let request =
                json!({ "mailbox": first["id"], "path": out, "format": format, "below": below });
            let job = server.ask("archives.export", request).await?;
            let job = ended(&server, &job).await?;
            assert_eq!(job["stage"], "done", "{format}: {job}");
            let written = Path::new(job["result"].as_str().unwrap_or_default()).to_owned();
            assert!(written.starts_with(&out) && written.exists(), "{written:?}");
            let again = local(&server, &format!("{format} {below}")).await?;
            let job = import(&server, &again, &written).await?;
            let count = if below { 9 } else { 8 };
            assert_eq!(counts(&job), (Some(count), Some(0), Some(0)), "{format}: {job}");
            let inner = if format == "mbox" && below {
                known(&server, &format!("{format} {below}/First")).await?
            } else {
                again.clone()
            };
            assert_eq!(contents(&server, &inner, scratch).await?, before, "{format}");
            let twice = import(&server, &again, &written).await?;
            assert_eq!(
                counts(&twice),
                (Some(0), Some(count), Some(0)),
                "nothing comes twice: {twice}"
            );
        }
        let names: Vec<_> =
            std::fs::read_dir(&out)?.flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(names.len(), 2, "nothing is left over, nothing was overwritten: {names:?}");
    }
    assert_eq!(below["total"], 1);
    Ok(())
}

/// What another program says of an mbox: subject, flags, body.
const PYTHON: &str = "
import mailbox, sys
for message in mailbox.mbox(sys.argv[1]):
    print(message['Subject'], message.get_flags(), message.get_payload().count('\\n'), sep='|')
box = mailbox.Maildir(sys.argv[2], create=False)
for key in sorted(box.keys(), key=lambda key: box[key]['Subject']):
    print(box[key]['Subject'], box[key].get_flags(), box[key].get_subdir(), sep='|')
";

#[tokio::test(flavor = "multi_thread")]
async fn other_programs_read_what_is_exported_and_are_read() -> anyhow::Result<()> {
    let provider = provider()?;
    let inbox = provider.dovecot.mailbox("anna", "INBOX");
    inbox.fill(&[
        numbered(1).flags(&["\\Seen", "\\Flagged"]),
        numbered(2),
        numbered(3).flags(&["\\Answered", "$work"]),
    ])?;
    let desk = Desk::with("anna", Incoming::Imap, Ports::of(&provider, Incoming::Imap)).await?;
    let folder = known(&desk, "INBOX").await?;
    let out = tempfile::tempdir()?;
    let mut written = Vec::new();
    for format in ["mbox", "maildir"] {
        let request = json!({ "mailbox": folder["id"], "path": out.path(), "format": format, "below": false });
        let job = desk.ask("archives.export", request).await?;
        let job = ended(&desk, &job).await?;
        assert_eq!(counts(&job), (Some(3), Some(0), Some(0)), "{job}");
        written.push(job["result"].as_str().unwrap_or_default().to_owned());
    }
    let read = Command::new("python3").arg("-c").arg(PYTHON).args(&written).output()?;
    let text = String::from_utf8(read.stdout)?;
    let lines: Vec<&str> = text.lines().collect();
    let starts = [
        "Message 1|ROF|",
        "Message 2|O|",
        "Message 3|OA|",
        "Message 1|FS|cur",
        "Message 2||cur",
        "Message 3|R",
    ];
    assert_eq!(lines.len(), starts.len(), "{text}{}", String::from_utf8_lossy(&read.stderr));
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}, not {start}");
    }
    // A Maildir as Dovecot writes it, with its keywords.
    let theirs = local(&desk, "Theirs").await?;
    let job = import(&desk, &theirs, inbox.path()).await?;
    assert_eq!(counts(&job), (Some(3), Some(0), Some(0)), "{job}");
    let facts = |rows: Vec<Value>| -> BTreeSet<String> {
        let fact = |row: &Value| {
            format!("{} {} {} {}", row["subject"], row["unread"], row["starred"], row["answered"])
        };
        rows.iter().map(fact).collect()
    };
    assert_eq!(facts(rows(&desk, &theirs).await?), facts(rows(&desk, &folder).await?));
    // Into a folder of the server they go by APPEND.
    let target = provider.dovecot.mailbox("anna", "Archive");
    let job = import(&desk, &known(&desk, "Archive").await?, Path::new(&written[0])).await?;
    assert_eq!(counts(&job), (Some(3), Some(0), Some(0)), "{job}");
    desk.settle().await?;
    until("they are on the server", async || Ok(target.messages()?.len() == 3)).await?;
    let again = import(&desk, &known(&desk, "Archive").await?, Path::new(&written[0])).await?;
    assert_eq!(counts(&again), (Some(0), Some(3), Some(0)));
    desk.settle().await?;
    assert_eq!(target.messages()?.len(), 3);
    desk.engine.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_goes_on_and_doubles_nothing() -> anyhow::Result<()> {
    const COUNT: usize = 6_000;
    let home = tempfile::tempdir()?;
    let file = home.path().join("big");
    let filler = "All work and no play makes a dull mailbox.\n".repeat(40);
    let mut text = String::new();
    for number in 0..COUNT {
        writeln!(
            text,
            "From a@x.example Fri Jul  8 12:08:34 2011\nSubject: Number {number}\nMessage-ID: <{number}@x.example>\n\n{filler}"
        )?;
    }
    std::fs::write(&file, text)?;
    let profile = home.path().join("profile");
    let mut server = Server::start(&profile)?;
    let folder = local(&server, "Big").await?;
    let job =
        server.ask("archives.import", json!({ "paths": [file], "mailbox": folder["id"] })).await?;
    let mut kills = 0;
    for share in [1_u64, 3] {
        until("a part came", async || {
            let jobs = server.ask("archives.list", json!({})).await?;
            Ok(jobs[0]["messages"].as_u64().unwrap_or_default() > share * 500)
        })
        .await?;
        let jobs = server.ask("archives.list", json!({})).await?;
        kills += usize::from(jobs[0]["stage"] == "running");
        server.kill()?;
        server = Server::start(&profile)?;
    }
    let job = ended(&server, &job).await?;
    assert_eq!(counts(&job), (Some(COUNT as u64), Some(0), Some(0)), "{job}");
    assert_eq!(known(&server, "Big").await?["total"].as_u64(), Some(COUNT as u64));
    assert!(kills > 0, "it was killed while it ran");
    // Stopped by the user, what came stays.
    let other = local(&server, "Other").await?;
    let job =
        server.ask("archives.import", json!({ "paths": [file], "mailbox": other["id"] })).await?;
    server.ask("archives.cancel", json!({ "id": job["id"] })).await?;
    let job = ended(&server, &job).await?;
    assert!(["cancelled", "done"].contains(&job["stage"].as_str().unwrap_or_default()), "{job}");
    server.ask("archives.forget", json!({ "id": job["id"] })).await?;
    let jobs = server.ask("archives.list", json!({})).await?;
    assert_eq!(jobs.as_array().map(Vec::len), Some(1));
    Ok(())
}
