//! Journey: the process is killed in every state of a message on its way out. Exactly one copy arrives, or the message
//! is there, visibly of unknown fate; what the user then says is done, once.
//!
//! The server's answer, or our line, is held back where the state begins: what is on the disk is that state and no other.
//! Each state has both sides where they differ: the server has heard the line, or it has not. A message of 8 MB, more
//! than the system takes off our hands, is killed inside its bytes as well.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use std::path::Path;

use posthorn_engine_tests::{
    Ask, Incoming, Ports, Server, account, provider, side_by_side, subjects, until,
};
use posthorn_testkit::Direction::{self, ToClient, ToServer};
use posthorn_testkit::{Cut, MailServer, Proxy};
use serde_json::{Value, json};

/// Where the process dies.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// The server cannot be reached.
    Unreachable,
    /// At a line of the submission server, or to it, that is held back; in this state.
    Submission(Direction, &'static str, &'static str),
    /// Inside the bytes of the message: the server gets so many of the connection and no more.
    Inside(u64),
    /// At the final dot, which the server does not get.
    Dot,
    /// At a line of the IMAP server, or to it, while the copy for Sent is filed; in this state.
    Filing(Direction, &'static str, &'static str),
    /// When all is over.
    Over,
}

/// How it ends after the next start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// By itself.
    Sent,
    /// The server has it, which nothing shows here: the user says that it arrived.
    Arrived,
    /// The server never had it: the user sends it again.
    SentAgain,
}

/// Bytes of the file that comes with a large message.
const LARGE: usize = 6 << 20;

/// Place, recipients, end. Anna is the sender: what arrives there shows that it was taken.
const CASES: [(Place, &[&str], End); 12] = [
    (Place::Unreachable, &["bert"], End::Sent),
    (Place::Submission(ToClient, "220 ", "connecting"), &["bert"], End::Sent),
    (Place::Submission(ToServer, "EHLO", "connecting"), &["bert"], End::Sent),
    (Place::Submission(ToClient, "235 ", "connecting"), &["bert"], End::Sent),
    (Place::Submission(ToServer, "MAIL FROM", "recipients"), &["bert"], End::Sent),
    (Place::Submission(ToClient, "250 OK", "recipients"), &["bert"], End::Sent),
    (Place::Submission(ToClient, "354 ", "data"), &["bert"], End::Sent),
    (Place::Dot, &["bert"], End::SentAgain),
    (Place::Submission(ToClient, "250 OK id=", "dotSent"), &["bert", "anna"], End::Sent),
    (Place::Submission(ToClient, "250 OK id=", "dotSent"), &["bert"], End::Arrived),
    (Place::Filing(ToServer, " APPEND ", "accepted"), &["bert"], End::Sent),
    (Place::Filing(ToClient, "Append completed", "accepted"), &["bert"], End::Sent),
];

/// The same of a large message: behind the answer to DATA, inside its bytes, around the dot.
const LARGE_CASES: [(Place, &[&str], End); 7] = [
    (Place::Submission(ToServer, "Subject: Once", "data"), &["bert"], End::Sent),
    (Place::Inside(2_000), &["bert"], End::Sent),
    (Place::Inside(300_000), &["bert"], End::Sent),
    (Place::Inside(1 << 20), &["bert"], End::Sent),
    (Place::Dot, &["bert"], End::SentAgain),
    (Place::Submission(ToClient, "250 OK id=", "dotSent"), &["bert", "anna"], End::Sent),
    (Place::Submission(ToClient, "250 OK id=", "dotSent"), &["bert"], End::Arrived),
];

#[test]
fn in_every_state_it_is_sent_once_or_said_to_be_unknown() -> anyhow::Result<()> {
    side_by_side(CASES.to_vec(), |(place, to, end)| killed(place, to, end, 0))
}

#[test]
fn inside_a_large_message_it_is_sent_once_or_said_to_be_unknown() -> anyhow::Result<()> {
    side_by_side(LARGE_CASES.to_vec(), |(place, to, end)| killed(place, to, end, LARGE))
}

#[test]
fn what_is_over_is_not_done_again() -> anyhow::Result<()> {
    side_by_side(vec![()], |()| killed(Place::Over, &["bert"], End::Sent, 0))
}

/// The world of one case.
struct World {
    provider: MailServer,
    submission: Proxy,
    incoming: Proxy,
    /// Dropped last: the profile.
    home: tempfile::TempDir,
}

impl World {
    async fn new() -> anyhow::Result<Self> {
        let provider = provider()?;
        provider.dovecot.mailbox("anna", "Sent").create()?;
        let own = Ports::of(&provider, Incoming::Imap);
        let submission = Proxy::start(own.outgoing).await?;
        let incoming = Proxy::start(own.incoming).await?;
        Ok(Self { provider, submission, incoming, home: tempfile::tempdir()? })
    }

    fn start(&self) -> anyhow::Result<Server> {
        Server::start(&self.home.path().join("profile"))
    }

    fn count(&self, user: &str, folder: &str) -> anyhow::Result<usize> {
        let folder = self.provider.dovecot.mailbox(user, folder);
        if folder.exists() { folder.count() } else { Ok(0) }
    }

    /// Times that the submission server took a message.
    fn taken(&self) -> anyhow::Result<usize> {
        Ok(self.provider.exim.log()?.matches(" <= ").count())
    }

    /// Prepares the place where the process dies.
    fn prepare(&self, place: Place) {
        match place {
            Place::Unreachable => self.submission.set_refusing(true),
            // The first "250 OK" answers to MAIL.
            Place::Submission(direction, text, _) => {
                self.submission.arm_hold(Cut::BeforeText(direction, text.to_owned()));
            }
            Place::Inside(bytes) => self.submission.arm_hold(Cut::Within(ToServer, bytes)),
            Place::Dot => self.submission.arm_hold(Cut::BeforeLine(ToServer, ".".to_owned())),
            Place::Filing(direction, text, _) => {
                self.incoming.arm_hold(Cut::BeforeText(direction, text.to_owned()));
            }
            Place::Over => {}
        }
    }

    /// Waits until it stands at the place.
    async fn reached(&self, server: &Server, place: Place) -> anyhow::Result<()> {
        let (proxy, state) = match place {
            Place::Unreachable => return waits(server).await,
            Place::Submission(_, _, state) => (&self.submission, state),
            Place::Inside(_) => (&self.submission, "data"),
            Place::Dot => (&self.submission, "dotSent"),
            Place::Filing(_, _, state) => (&self.incoming, state),
            Place::Over => {
                until("it is filed", async || Ok(outbox(server).await?.is_empty())).await?;
                return server.settle().await;
            }
        };
        until("it is held there", async || {
            let items = outbox(server).await?;
            Ok(proxy.cuts() == 1 && items.first().is_some_and(|item| item["state"] == state))
        })
        .await?;
        if state == "dotSent" && !matches!(place, Place::Dot) {
            until("the server has it", async || Ok(self.taken()? == 1)).await?;
        }
        Ok(())
    }

    /// Lets everything through again.
    fn open(&self) {
        self.submission.set_refusing(false);
        self.submission.cut_now();
        self.incoming.cut_now();
    }
}

/// Writes a message with a file of so many bytes that no encoding makes smaller, and sends it at once.
async fn send_file(
    server: &Server,
    folder: &Path,
    to: &[&str],
    bytes: usize,
) -> anyhow::Result<()> {
    let path = folder.join("plan.bin");
    let word = |at: usize| (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
    std::fs::write(&path, (0..bytes / 8).flat_map(word).collect::<Vec<u8>>())?;
    let draft = server.ask("drafts.create", json!({ "kind": "blank", "account": null })).await?;
    let to: Vec<Value> = to.iter().map(|email| json!({ "name": "", "email": email })).collect();
    let saved = json!({
        "id": draft["id"], "revision": draft["revision"], "account": draft["account"], "from": draft["from"],
        "to": to, "cc": [], "bcc": [], "subject": "Once", "html": "", "text": "With a file.", "plain": true,
        "includeOriginal": false
    });
    server.ask("drafts.save", saved).await?;
    let file = json!({ "draft": draft["id"], "paths": [path], "inline": false });
    server.ask("drafts.attachPaths", file).await?;
    let now = server.ask("drafts.get", json!({ "id": draft["id"] })).await?;
    let sent = json!({ "id": now["id"], "revision": now["revision"], "undoSeconds": 0 });
    server.ask("drafts.send", sent).await.map(drop)
}

async fn outbox(server: &Server) -> anyhow::Result<Vec<Value>> {
    let items = server.ask("outbox.list", json!({})).await?;
    Ok(items.as_array().cloned().unwrap_or_default())
}

async fn waits(server: &Server) -> anyhow::Result<()> {
    until("it waits", async || {
        let items = outbox(server).await?;
        Ok(items.first().is_some_and(|item| item["nextTryAt"].is_i64()))
    })
    .await
}

/// What the user says of a message of unknown fate.
async fn say(world: &World, server: &Server, end: End) -> anyhow::Result<()> {
    let answer = match end {
        End::Sent => return Ok(()),
        End::Arrived => "arrived",
        End::SentAgain => "sendAgain",
    };
    until("its fate is unknown", async || {
        Ok(outbox(server).await?.first().is_some_and(|item| item["state"] == "unknown"))
    })
    .await?;
    let before = world.taken()?;
    let id = outbox(server).await?[0]["id"].clone();
    server.ask("outbox.resolveUnknown", json!({ "id": id, "answer": "keep" })).await?;
    server.settle().await?;
    let kept = outbox(server).await?;
    assert_eq!((&kept[0]["state"], world.taken()?), (&json!("unknown"), before), "not by itself");
    server.ask("outbox.resolveUnknown", json!({ "id": id, "answer": answer })).await?;
    Ok(())
}

async fn killed(
    place: Place,
    to: &'static [&'static str],
    end: End,
    file: usize,
) -> anyhow::Result<()> {
    let world = World::new().await?;
    let server = world.start()?;
    let ports = Ports { incoming: world.incoming.port(), outgoing: world.submission.port() };
    server.ask("accounts.add", account("anna", Incoming::Imap, ports)).await?;
    server.settle().await?;
    world.prepare(place);
    let addresses: Vec<String> = to.iter().map(|name| format!("{name}@posthorn.test")).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    if file == 0 {
        server.send(&addresses, "Once").await?;
    } else {
        send_file(&server, world.home.path(), &addresses, file).await?;
    }
    world.reached(&server, place).await?;
    server.kill()?;
    world.open();

    let server = world.start()?;
    say(&world, &server, end).await?;
    until("it is over", async || Ok(outbox(&server).await?.is_empty())).await?;
    server.settle().await?;
    for user in to {
        until("it arrived", async || Ok(world.count(user, "INBOX")? >= 1)).await?;
        assert_eq!(world.count(user, "INBOX")?, 1, "{user}");
    }
    assert_eq!((world.taken()?, world.count("anna", "Sent")?), (1, 1), "taken and filed once");
    until("Sent shows it", async || Ok(subjects(&server.rows("sent").await?) == ["Once"])).await
}
