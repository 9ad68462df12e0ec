//! Journey: the process is killed at every step of an operation's life, and nothing is lost or doubled.
//!
//! The steps: written down here and not sent; sent, and the server has or has not heard it; answered, and the answer has
//! or has not come; done and written down. Between the coming of an answer and its commit the disk is as it was before
//! the answer came, so that both sides of each answer are the same two cases for the log. Each operation lives on a
//! Dovecot that offers what makes it short, and on one that does not.

use posthorn_engine_tests::{
    Ask, Incoming, Ports, Server, account, list_of, numbered, provider_with, side_by_side,
    subjects, until,
};
use posthorn_testkit::maildir::Stored;
use posthorn_testkit::{
    Cut, Delivery, Direction, DovecotOptions, MailServer, MailServerOptions, Maildir, Proxy,
};
use serde_json::{Value, json};

/// Messages that each operation means.
const COUNT: usize = 4;
/// A server without MOVE that tells uids and removes by uid.
const COPIES: Option<&str> =
    Some("IMAP4rev1 LITERAL+ IDLE ENABLE CONDSTORE QRESYNC ESEARCH NAMESPACE SPECIAL-USE UIDPLUS");
/// A server that tells no uids and removes everything that is marked.
const PLAIN: Option<&str> = Some("IMAP4rev1 IDLE");

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Star,
    Move,
    Copy,
    /// From another account.
    Append,
    Delete,
}

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Written down here; the server cannot be reached.
    Recorded,
    /// At a line with this text, which does not get through when it is swallowed.
    Line { direction: Direction, text: &'static str, is_swallowed: bool },
    /// Done and written down.
    Written,
}

/// All steps of a life that knows these lines: commands, then answers.
fn steps(commands: &[&'static str], answers: &[&'static str]) -> Vec<Step> {
    let line = |direction, text, is_swallowed| Step::Line { direction, text, is_swallowed };
    let heard = commands.iter().map(|text| (Direction::ToServer, *text));
    let told = answers.iter().map(|text| (Direction::ToClient, *text));
    let lines = heard.chain(told);
    let mut steps: Vec<Step> = lines
        .flat_map(|(direction, text)| [line(direction, text, true), line(direction, text, false)])
        .collect();
    steps.extend([Step::Recorded, Step::Written]);
    steps
}

fn lives(
    act: Act,
    capability: Option<&'static str>,
    commands: &[&'static str],
    answers: &[&'static str],
) -> anyhow::Result<()> {
    side_by_side(steps(commands, answers), |step| killed_at(act, capability, step))
}

#[test]
fn a_flag() -> anyhow::Result<()> {
    lives(Act::Star, None, &["UID STORE"], &["Store completed"])
}

#[test]
fn a_move_in_one_command() -> anyhow::Result<()> {
    lives(Act::Move, None, &["UID MOVE"], &["COPYUID", "Move completed"])
}

#[test]
fn a_move_by_copy_and_expunge() -> anyhow::Result<()> {
    let answers = ["Copy completed", "Store completed", "Expunge completed"];
    lives(Act::Move, COPIES, &["UID COPY", "UID STORE", "UID EXPUNGE"], &answers)
}

#[test]
fn a_move_where_no_uid_is_told() -> anyhow::Result<()> {
    let answers = ["Copy completed", "Store completed", "Expunge completed"];
    lives(Act::Move, PLAIN, &["UID COPY", "UID STORE", " DELETED", " EXPUNGE"], &answers)
}

#[test]
fn a_copy() -> anyhow::Result<()> {
    lives(Act::Copy, None, &["UID COPY"], &["Copy completed"])
}

#[test]
fn a_copy_where_no_uid_is_told() -> anyhow::Result<()> {
    lives(Act::Copy, PLAIN, &["UID COPY"], &["Copy completed"])
}

#[test]
fn an_append() -> anyhow::Result<()> {
    lives(Act::Append, None, &["APPEND", "RFC822.SIZE"], &["Append completed"])
}

#[test]
fn an_append_where_no_uid_is_told() -> anyhow::Result<()> {
    lives(Act::Append, PLAIN, &["APPEND", "NOOP"], &["+ OK", "Append completed"])
}

#[test]
fn a_deletion() -> anyhow::Result<()> {
    let answers = ["Store completed", "Expunge completed"];
    lives(Act::Delete, None, &["UID STORE", "UID EXPUNGE"], &answers)
}

#[test]
fn a_deletion_without_uidplus() -> anyhow::Result<()> {
    let answers = ["Store completed", "Expunge completed"];
    lives(Act::Delete, PLAIN, &["UID STORE", " DELETED", " EXPUNGE"], &answers)
}

/// The world of one case.
struct World {
    provider: MailServer,
    proxy: Proxy,
    /// Dropped last: the profile.
    home: tempfile::TempDir,
}

impl World {
    async fn new(act: Act, capability: Option<&str>) -> anyhow::Result<Self> {
        let dovecot = DovecotOptions {
            imap_capability: capability.map(str::to_owned),
            ..DovecotOptions::default()
        };
        let options = MailServerOptions { dovecot, ..MailServerOptions::default() };
        let provider = provider_with(options)?;
        let mut all: Vec<Delivery> = (1..=COUNT).map(numbered).collect();
        if let Some(first) = all.first_mut() {
            *first = first.clone().flags(&["\\Seen", "\\Answered"]);
        }
        let owner = if act == Act::Append { "bert" } else { "anna" };
        provider.dovecot.mailbox(owner, "INBOX").fill(&all)?;
        let proxy = Proxy::start(Ports::of(&provider, Incoming::Imap).incoming).await?;
        Ok(Self { provider, proxy, home: tempfile::tempdir()? })
    }

    fn start(&self) -> anyhow::Result<Server> {
        Server::start(&self.home.path().join("profile"))
    }

    async fn add_accounts(&self, server: &Server, act: Act) -> anyhow::Result<()> {
        let own = Ports::of(&self.provider, Incoming::Imap);
        let ports = Ports { incoming: self.proxy.port(), ..own };
        server.ask("accounts.add", account("anna", Incoming::Imap, ports)).await?;
        if act == Act::Append {
            server.ask("accounts.add", account("bert", Incoming::Imap, own)).await?;
        }
        server.settle().await
    }

    /// What the server has at the end, each as its bytes and flags: in INBOX and in Archive of the account that changed.
    fn there(&self) -> anyhow::Result<(Vec<Kept>, Vec<Kept>)> {
        let folder = |name| kept(&self.provider.dovecot.mailbox("anna", name));
        Ok((folder("INBOX")?, folder("Archive")?))
    }

    /// Tells whether the server has just this. While it renames a file that is read here it has not yet.
    fn has(&self, wanted: &(Vec<Kept>, Vec<Kept>)) -> bool {
        self.there().is_ok_and(|there| there == *wanted)
    }
}

/// A message on the server: number, seen, answered, flagged, deleted.
type Kept = (usize, bool, bool, bool, bool);

fn kept(folder: &Maildir) -> anyhow::Result<Vec<Kept>> {
    let read = |stored: &Stored| -> anyhow::Result<Kept> {
        let found = String::from_utf8(stored.bytes()?)?.replace('\r', "");
        let number = (1..=COUNT).find(|number| {
            let own = String::from_utf8_lossy(&numbered(*number).bytes).replace('\r', "");
            found.trim_end() == own.trim_end()
        });
        let number = number.ok_or_else(|| anyhow::anyhow!("not what was there: {found}"))?;
        let flags = &stored.flags;
        Ok((number, flags.seen, flags.answered, flags.flagged, flags.deleted))
    };
    let mut all: Vec<Kept> =
        folder.messages()?.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
    all.sort_unstable();
    Ok(all)
}

/// What the server must have at the end.
fn wanted(act: Act) -> (Vec<Kept>, Vec<Kept>) {
    let all = |starred: bool| {
        (1..=COUNT).map(|number| (number, number == 1, number == 1, starred, false)).collect()
    };
    match act {
        Act::Star => (all(true), Vec::new()),
        Act::Move | Act::Append => (Vec::new(), all(false)),
        Act::Copy => (all(false), all(false)),
        Act::Delete => (Vec::new(), Vec::new()),
    }
}

async fn folder(server: &Server, email: &str, name: &str) -> anyhow::Result<Value> {
    let accounts = server.ask("accounts.list", json!({})).await?;
    let owner = accounts
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one.pointer("/config/label").is_some_and(|label| label == email))
        .and_then(|one| one.get("id").cloned());
    let all = server.ask("mailboxes.list", json!({})).await?;
    let found = all
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one.get("account") == owner.as_ref() && one.get("path") == Some(&json!(name)))
        .cloned();
    found.ok_or_else(|| anyhow::anyhow!("{email} has no {name} in {all}"))
}

async fn rows(server: &Server, folder: &Value) -> anyhow::Result<Vec<Value>> {
    let opened =
        server.ask("views.open", list_of(folder.get("id").unwrap_or(&Value::Null))).await?;
    server.ask("views.close", json!({ "id": opened.get("view") })).await?;
    Ok(opened.get("rows").and_then(Value::as_array).cloned().unwrap_or_default())
}

/// Does it here; the answer comes when it is written down.
async fn act_on(server: &Server, act: Act) -> anyhow::Result<()> {
    let owner = if act == Act::Append { "bert" } else { "anna" };
    let source = folder(server, owner, "INBOX").await?;
    let target = folder(server, "anna", "Archive").await?;
    let messages: Vec<Value> =
        rows(server, &source).await?.iter().filter_map(|row| row.get("message").cloned()).collect();
    anyhow::ensure!(messages.len() == COUNT, "{} messages are shown", messages.len());
    let selection = json!({ "kind": "messages", "messages": messages });
    let to = json!({ "selection": selection, "mailbox": target.get("id") });
    match act {
        Act::Star => {
            let mark = json!({ "selection": selection, "value": true });
            server.ask("messages.setStarred", mark).await?
        }
        Act::Move => server.ask("messages.move", to).await?,
        Act::Copy | Act::Append => server.ask("messages.copy", to).await?,
        Act::Delete => server.ask("messages.delete", json!({ "selection": selection })).await?,
    };
    Ok(())
}

/// Does it, and ends the process at the step.
async fn act_and_die(world: &World, server: Server, act: Act, step: Step) -> anyhow::Result<()> {
    let proxy = &world.proxy;
    match step {
        Step::Recorded => {
            proxy.set_refusing(true);
            proxy.cut_now();
            act_on(&server, act).await?;
        }
        Step::Line { direction, text, is_swallowed } => {
            let text = text.to_owned();
            proxy.arm(if is_swallowed {
                Cut::BeforeText(direction, text)
            } else {
                Cut::AfterText(direction, text)
            });
            act_on(&server, act).await?;
            // From the cut on nothing gets through: the process dies exactly there.
            until("it is cut", async || {
                if proxy.cuts() > 0 {
                    proxy.set_refusing(true);
                }
                Ok(proxy.cuts() > 0)
            })
            .await?;
        }
        Step::Written => {
            act_on(&server, act).await?;
            until("it is done", async || Ok(world.has(&wanted(act)))).await?;
            server.settle().await?;
        }
    }
    server.kill()?;
    proxy.set_refusing(false);
    proxy.forget_said();
    Ok(())
}

/// Commands that change messages.
const CHANGES: [&str; 5] = [" STORE ", " MOVE ", " COPY ", " EXPUNGE", " APPEND "];

async fn killed_at(act: Act, capability: Option<&str>, step: Step) -> anyhow::Result<()> {
    let world = World::new(act, capability).await?;
    let server = world.start()?;
    world.add_accounts(&server, act).await?;
    act_and_die(&world, server, act, step).await?;

    let server = world.start()?;
    until("the server has what was asked for", async || Ok(world.has(&wanted(act))))
        .await
        .map_err(|error| anyhow::anyhow!("{error:#}: {:?}", world.there()))?;
    server.settle().await?;
    assert_eq!(world.there()?, wanted(act), "nothing is done a second time");
    if step == Step::Written {
        let said = world.proxy.said();
        let again = said.iter().find(|(_, line)| CHANGES.iter().any(|word| line.contains(word)));
        assert_eq!(again, None, "what was written down is not sent again");
    }
    let (inbox, archive) = wanted(act);
    for (path, there) in [("INBOX", inbox), ("Archive", archive)] {
        let shown = folder(&server, "anna", path).await?;
        let mut expected: Vec<String> =
            there.iter().map(|(number, ..)| format!("Message {number}")).collect();
        expected.sort();
        let mut here = Vec::new();
        // What the server did not tell the uid of comes with the next listing.
        let listed = until("it is shown so here", async || {
            here = rows(&server, &shown).await?;
            let is_starred = |row: &Value| row.get("starred") == Some(&json!(act == Act::Star));
            Ok(subjects(&here) == expected && here.iter().all(is_starred))
        });
        listed.await.map_err(|error| anyhow::anyhow!("{error:#} in {path}: {here:?}"))?;
    }
    if act == Act::Append {
        let source = kept(&world.provider.dovecot.mailbox("bert", "INBOX"))?;
        assert_eq!(source.len(), COUNT, "a copy leaves its originals");
    }
    Ok(())
}
