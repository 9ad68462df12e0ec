//! Dovecot and Exim with three accounts, for programs that are not written in Rust.
//!
//! `posthorn-demo-servers [--messages N] [--node-modules DIR] [--tls] [--introspection URL]` prints one line of JSON (ports, paths, accounts)
//! when everything listens, and ends, removing everything, when its standard input ends. Until then each line of
//! input is a command, answered by one line, `{"ok":…}` or `{"error":…}`:
//!
//! | command | what it does |
//! |---|---|
//! | `imap stop`, `imap kill`, `imap start` | ends or starts Dovecot; its mail stays |
//! | `smtp stop`, `smtp kill`, `smtp start` | the same for Exim |
//! | `refuse nobody`, `refuse recipients-for-now`, `refuse recipients-for-ever`, `refuse message-for-now`, `refuse message-for-ever` | what Exim answers to everybody |
//! | `deny anna bert`, `deny` | makes these users' passwords wrong, all others' right |
//! | `password anna WORD` | gives the user another password |
//! | `deliver anna FILE` | puts the file's bytes into the user's inbox as new mail |
//! | `count anna INBOX` | tells how many messages the server holds there |

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use posthorn_model::{Clock as _, SystemClock};
use posthorn_testkit::demo::Demo;
use posthorn_testkit::{Certificate, Delivery, MailServer, MailServerOptions, Refusal, corpus};
use serde_json::{Value, json};

fn main() -> Result<()> {
    let mut messages = 0;
    let mut node_modules = corpus::root().join("tests/e2e/node_modules");
    let mut options = MailServerOptions::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value"));
        match word.as_str() {
            "--messages" => messages = value()?.parse().context("--messages needs a number")?,
            "--node-modules" => node_modules = PathBuf::from(value()?),
            "--tls" => options.certificate = Certificate::Good,
            "--introspection" => options.dovecot.introspection_url = Some(value()?),
            _ => bail!(
                "posthorn-demo-servers [--messages N] [--node-modules DIR] [--tls] [--introspection URL], not {word}"
            ),
        }
    }
    let mut demo = Demo::around(MailServer::start(options)?)?;
    demo.fill(&node_modules, messages)?;
    let mut output = std::io::stdout();
    writeln!(output, "{}", demo.description())?;
    output.flush()?;
    for line in std::io::stdin().lock().lines() {
        let answer = match obey(&mut demo, &line?) {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": format!("{error:#}") }),
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

fn obey(demo: &mut Demo, line: &str) -> Result<Value> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let MailServer { dovecot, exim, .. } = &mut demo.server;
    match words.as_slice() {
        ["imap", "stop"] => dovecot.stop(),
        ["imap", "kill"] => dovecot.kill()?,
        ["imap", "start"] => dovecot.start_again()?,
        ["smtp", "stop"] => exim.stop(),
        ["smtp", "kill"] => exim.kill()?,
        ["smtp", "start"] => exim.start_again()?,
        ["refuse", what] => exim.refuse(refusal(what)?)?,
        ["deny", users @ ..] => {
            dovecot.deny(users)?;
            exim.deny(users)?;
        }
        ["password", user, password] => {
            dovecot.set_password(user, password)?;
            exim.set_password(user, password)?;
        }
        ["deliver", user, file] => {
            let bytes =
                std::fs::read(Path::new(file)).with_context(|| format!("reading {file}"))?;
            let now = SystemClock.now();
            dovecot.mailbox(user, "INBOX").deliver(&Delivery::new(bytes).received(now))?;
        }
        ["count", user, mailbox] => return Ok(json!(dovecot.mailbox(user, mailbox).count()?)),
        _ => bail!("{line:?} is no command"),
    }
    Ok(Value::Null)
}

fn refusal(word: &str) -> Result<Refusal> {
    Ok(match word {
        "nobody" => Refusal::Nobody,
        "recipients-for-now" => Refusal::RecipientsForNow,
        "recipients-for-ever" => Refusal::RecipientsForEver,
        "message-for-now" => Refusal::MessageForNow,
        "message-for-ever" => Refusal::MessageForEver,
        _ => bail!("{word:?} is no refusal"),
    })
}
