//! Start of the application to its painted inbox, and the memory of all its processes.
//!
//! The profile is filled by the engine itself, from a real server that also runs while the application starts; the
//! password lies in a real keychain. The page says when its first rows are on the screen.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail};
use posthorn_testkit::{MailServer, MailServerOptions};
use serde_json::json;
use tokio::time::Instant;

use crate::child::{self, EngineProcess};
use crate::desktop::{self, Desktop};
use crate::{engine, figure, imap, mebibytes, median, memory, pop3};

/// What the shell writes when the page says that rows are on the screen.
const MARK: &str = "the first list is painted";

/// Measures starts on a profile of so many messages.
pub(crate) async fn run(messages: usize, rounds: usize) -> Result<()> {
    println!("\nThe application on {messages} messages");
    let program = child::program("POSTHORN_APP", "posthorn")?;
    let server = MailServer::start(MailServerOptions::default())?;
    pop3::fill(&server, "bench", messages)?;
    let desktop = Desktop::start()?;
    let profile = tempfile::tempdir()?;
    let filling = EngineProcess::open(profile.path(), "keychain", &desktop.environment)?;
    let (imap_port, smtp_port) = (server.dovecot.imap_port(), server.exim.smtp_port());
    engine::add_account(&filling, "bench", "imap", imap_port, smtp_port).await?;
    imap::until_searchable(&filling, messages as u64, Instant::now()).await?;
    engine::call(&filling, "sync.wait", json!({ "account": null, "timeoutMs": 600_000 })).await?;
    drop(filling);

    let mut starts = Vec::with_capacity(rounds);
    for round in 0..=rounds {
        let (started, seconds) = Started::begin(&desktop, &program, profile.path())?;
        if round == 0 {
            figure("the first start, which makes the window's caches", seconds);
        } else {
            starts.push(seconds);
        }
        if round == rounds {
            started.memory(&desktop)?;
        }
        started.quit(&desktop)?;
    }
    figure(&format!("start to the painted inbox: median of {rounds}"), median(&starts));
    let slowest = starts.iter().copied().fold(0.0, f64::max);
    figure("start to the painted inbox: the slowest of them", slowest);
    Ok(())
}

/// A running application.
struct Started {
    process: Child,
    /// Reads what it says, so that it is never stopped by a full pipe.
    listening: std::thread::JoinHandle<()>,
    window: String,
}

impl Started {
    /// Starts it; answers with the seconds from the call to the painted rows.
    fn begin(desktop: &Desktop, program: &PathBuf, profile: &Path) -> Result<(Self, f64)> {
        let begun = Instant::now();
        let mut process = desktop
            .command(program)
            .arg("--profile")
            .arg(profile)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("starting the application")?;
        let output = process.stderr.take().context("the application has no output")?;
        let mut lines = BufReader::new(output).lines();
        let mut said = String::new();
        let seconds = loop {
            let Some(line) = lines.next().transpose()? else {
                bail!("it ended before it painted a row; it said:\n{said}");
            };
            if line.contains(MARK) {
                let seconds = begun.elapsed().as_secs_f64();
                if line.contains("rows=0") {
                    bail!("it painted an empty list: {line}");
                }
                break seconds;
            }
            said.push_str(&line);
            said.push('\n');
        };
        let listening = std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let window = desktop::until("the window is there", || {
            let found = desktop.xdotool(&["search", "--onlyvisible", "--name", "^Posthorn"])?;
            found.lines().last().map(str::to_owned)
        })?;
        Ok((Self { process, listening, window }, seconds))
    }

    /// Opens the newest message by key, as a person does, and prints the memory of all processes.
    fn memory(&self, desktop: &Desktop) -> Result<()> {
        self.print("after opening the inbox");
        // The title counts unread messages: it changes when the message was shown and marked.
        let title = || desktop.xdotool(&["getwindowname", &self.window]);
        let before =
            desktop::until("the title counts", || title().filter(|now| now.contains('(')))?;
        desktop.xdotool(&["windowfocus", "--sync", &self.window]);
        desktop.xdotool(&["key", "--window", &self.window, "j"]);
        desktop.xdotool(&["key", "j"]);
        desktop::until("a message is open and read", || title().filter(|now| *now != before))?;
        self.print("after opening a message");
        Ok(())
    }

    fn print(&self, when: &str) {
        let parts = memory::shared_mib_of_tree(self.process.id());
        for (name, mib) in &parts {
            mebibytes(&format!("  {name}"), *mib);
        }
        mebibytes(&format!("memory of all its processes (PSS), {when}"), parts.values().sum());
    }

    /// Closes the window as a person does and waits until the process is gone.
    fn quit(mut self, desktop: &Desktop) -> Result<()> {
        let close = Path::new(env!("CARGO_MANIFEST_DIR")).join("../e2e/lib/closewindow.py");
        desktop.command("python3").arg(close).arg(&self.window).status()?;
        let ended = desktop::until("it ends when its window is closed", || {
            self.process.try_wait().ok().flatten()
        });
        if ended.is_err() {
            self.process.kill()?;
            self.process.wait()?;
        }
        let _ = self.listening.join();
        ended.map(drop)
    }
}
