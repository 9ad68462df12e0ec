//! Submission of small messages to Exim on loopback: through the outbox over one kept connection, beside `msmtp` once a
//! message and a raw pipelined floor, in turns in one run.
//!
//! Exim takes every message into its queue and delivers none, so that delivering costs nobody anything. Ours writes every
//! step down before it happens; `msmtp` and the floor write nothing. Copies for Sent are the server's business here.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use posthorn_testkit::{Dovecot, DovecotOptions, Exim, EximOptions, MailServer, PASSWORD};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::child::EngineProcess;
use crate::{engine, figure, mebibytes, median, memory};

/// Messages unless told otherwise.
pub(crate) const MESSAGES: usize = 1_000;
/// Who sends.
const USER: &str = "bench";

/// Measures all three in turns.
pub(crate) async fn run(messages: usize, rounds: usize) -> Result<()> {
    println!("\nSubmission of {messages} small messages, {rounds} rounds in turns");
    let dovecot = Dovecot::start(DovecotOptions::default())?;
    let (mut floors, mut ours, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=rounds {
        println!("round {round}");
        floors.push(with_server(&dovecot, |exim| floor(exim.smtp_port(), messages))?);
        let exim = start(&dovecot)?;
        ours.push(outbox(&dovecot, &exim, messages).await?);
        came(&exim, messages)?;
        drop(exim);
        theirs.push(with_server(&dovecot, |exim| msmtp(exim.smtp_port(), messages))?);
        let exact = [&floors, &ours, &theirs].map(|all| all.last().copied().unwrap_or_default());
        println!("  floor {:.2} s, ours {:.2} s, msmtp {:.2} s", exact[0], exact[1], exact[2]);
    }
    let (floor, ours, theirs) = (median(&floors), median(&ours), median(&theirs));
    figure("floor: one connection, pipelined, nothing written down", floor);
    figure("through the outbox, one connection, each step durable", ours);
    figure("msmtp, a process and a connection each", theirs);
    let rate = |seconds: f64| messages as f64 / seconds;
    println!(
        "messages a second: floor {:.0}, ours {:.0}, msmtp {:.0}",
        rate(floor),
        rate(ours),
        rate(theirs)
    );
    println!("{:<66} {:>8.2} x", "rate of the outbox, of msmtp's", theirs / ours);
    println!("{:<66} {:>8.2} x", "time of the outbox, of the floor's", ours / floor);
    Ok(())
}

fn start(dovecot: &Dovecot) -> Result<Exim> {
    Exim::start(EximOptions {
        extra: "queue_only\nhold_domains = *\n".to_owned(),
        ..EximOptions::delivering_to(dovecot.lmtp_port())
    })
}

/// Runs something against a server with an empty queue, and checks that all of it came.
fn with_server(dovecot: &Dovecot, work: impl Fn(&Exim) -> Result<(f64, usize)>) -> Result<f64> {
    let exim = start(dovecot)?;
    let (seconds, messages) = work(&exim)?;
    came(&exim, messages)?;
    Ok(seconds)
}

/// Fails unless the server took exactly so many messages.
fn came(exim: &Exim, messages: usize) -> Result<()> {
    let count = exim.log()?.matches(" <= ").count();
    if count != messages {
        bail!("the server has {count} messages instead of {messages}");
    }
    Ok(())
}

/// A small message.
fn message(number: usize) -> String {
    let from = MailServer::address(USER);
    format!(
        "Date: Mon, 2 Nov 2026 10:00:00 +0000\r\nFrom: <{from}>\r\nTo: <{from}>\r\nSubject: Message {number}\r\n\
         Message-ID: <{number}@bench.test>\r\n\r\nThis is message number {number}.\r\n"
    )
}

/// One connection; the next envelope travels with the dot of the message before (RFC 2920 section 3.1).
fn floor(port: u16, messages: usize) -> Result<(f64, usize)> {
    let stream = TcpStream::connect(("127.0.0.1", port)).context("the server does not answer")?;
    stream.set_read_timeout(Some(Duration::from_mins(2)))?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let begun = Instant::now();
    reply(&mut stream, "220")?;
    write!(stream.get_mut(), "EHLO bench.test\r\n")?;
    reply(&mut stream, "250")?;
    let plain = encode(&format!("\0{USER}\0{PASSWORD}"));
    write!(stream.get_mut(), "AUTH PLAIN {plain}\r\n")?;
    reply(&mut stream, "235")?;
    let address = MailServer::address(USER);
    let envelope = format!("MAIL FROM:<{address}>\r\nRCPT TO:<{address}>\r\nDATA\r\n");
    stream.get_mut().write_all(envelope.as_bytes())?;
    for number in 1..=messages {
        for code in ["250", "250", "354"] {
            reply(&mut stream, code)?;
        }
        let next = if number < messages { envelope.as_str() } else { "" };
        stream.get_mut().write_all(format!("{}.\r\n{next}", message(number)).as_bytes())?;
        reply(&mut stream, "250")?;
    }
    Ok((begun.elapsed().as_secs_f64(), messages))
}

/// Reads one reply, which must have this code.
fn reply(stream: &mut BufReader<TcpStream>, code: &str) -> Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        if !line.starts_with(code) {
            bail!("the server said {line:?} instead of {code}");
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}

/// Base64 without a crate: it is one short line.
fn encode(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let letter =
                LETTERS.get((bits >> (18 - 6 * at)) as usize & 63).copied().unwrap_or(b'A');
            let is_there = at <= chunk.len();
            let _ = out.write_char(if is_there { char::from(letter) } else { '=' });
        }
    }
    out
}

/// Everything queued while offline, then sent: from going online to the last message's end.
async fn outbox(dovecot: &Dovecot, exim: &Exim, messages: usize) -> Result<f64> {
    let profile = tempfile::tempdir()?;
    let engine = EngineProcess::open(profile.path(), "memory", &[])?;
    engine::add_account(&engine, USER, "imap", dovecot.imap_port(), exim.smtp_port()).await?;
    let account = engine::call(&engine, "accounts.list", json!({})).await?[0].clone();
    let mut config = account["config"].clone();
    config["serverFilesSent"] = json!(true);
    let changed = json!({
        "id": account["id"], "config": config, "incomingPassword": null, "outgoingPassword": null, "ticket": "bench"
    });
    engine::call(&engine, "accounts.update", changed).await?;
    engine::call(&engine, "app.setOffline", json!({ "offline": true })).await?;
    let begun = Instant::now();
    for number in 1..=messages {
        queue(&engine, number).await?;
    }
    figure("composed and queued, offline", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    engine::call(&engine, "app.setOffline", json!({ "offline": false })).await?;
    while engine::call(&engine, "outbox.unsent", json!({})).await?["count"] != 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    mebibytes("peak memory of the engine", memory::peak_mib_of(engine.id()));
    Ok(seconds)
}

async fn queue(engine: &EngineProcess, number: usize) -> Result<()> {
    let create = json!({ "kind": "blank", "account": null });
    let draft: Value = engine::call(engine, "drafts.create", create).await?;
    let to = json!([{ "name": "", "email": MailServer::address(USER) }]);
    let saved = json!({
        "id": draft["id"], "revision": draft["revision"], "account": draft["account"], "from": draft["from"],
        "to": to, "cc": [], "bcc": [], "subject": format!("Message {number}"), "html": "",
        "text": format!("This is message number {number}."), "plain": true, "includeOriginal": false
    });
    let saved = engine::call(engine, "drafts.save", saved).await?;
    let send = json!({ "id": draft["id"], "revision": saved["revision"], "undoSeconds": 0 });
    engine::call(engine, "drafts.send", send).await?;
    Ok(())
}

/// A process a message, one after the other, as scripts use it.
fn msmtp(port: u16, messages: usize) -> Result<(f64, usize)> {
    let folder = tempfile::tempdir()?;
    let settings = folder.path().join("msmtprc");
    let address = MailServer::address(USER);
    let text = format!(
        "defaults\ntls off\nauth plain\nlogfile\naccount default\nhost 127.0.0.1\nport {port}\nfrom {address}\n\
         user {USER}\npassword {PASSWORD}\n"
    );
    std::fs::write(&settings, text)?;
    // It refuses settings with a password that others can read.
    std::fs::set_permissions(&settings, std::fs::Permissions::from_mode(0o600))?;
    let begun = Instant::now();
    for number in 1..=messages {
        hand_over(&settings, &address, &message(number))?;
    }
    Ok((begun.elapsed().as_secs_f64(), messages))
}

fn hand_over(settings: &Path, to: &str, message: &str) -> Result<()> {
    let mut process = Command::new("msmtp")
        .arg("-C")
        .arg(settings)
        .arg(to)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .context("msmtp is not installed; cargo xtask bench smtp installs it")?;
    let mut input = process.stdin.take().context("msmtp reads nothing")?;
    input.write_all(message.as_bytes())?;
    drop(input);
    let status = process.wait()?;
    if !status.success() {
        bail!("msmtp ended with {status}");
    }
    Ok(())
}
