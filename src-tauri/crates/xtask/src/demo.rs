//! `demo`, `run` and `dev`: the application as a person sees it.
//!
//! The demo's servers, their mail and the profile live in folders of `posthorn-demo-servers`, which runs in a process
//! group of its own and ends when its input ends. So everything is removed when the window is closed, after Ctrl-C,
//! and when we are killed.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::install::{self, Need};
use crate::tool::Tool;
use crate::{build, e2e, project};

/// Real messages in the demo's three accounts.
const MESSAGES: &str = "3000";

/// Running servers of the demo.
struct Servers {
    child: Child,
    seed: PathBuf,
    profile: PathBuf,
    authority: PathBuf,
    known: PathBuf,
}

impl Servers {
    fn start() -> Result<Self> {
        let tool = Tool::new(project::program("posthorn-demo-servers")).args(&[
            "--messages",
            MESSAGES,
            "--tls",
        ]);
        let mut child = tool.start(|command| {
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0)
        })?;
        let output = child.stdout.take().context("the servers have no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let told: Value =
            serde_json::from_str(&line).with_context(|| format!("the servers said {line:?}"))?;
        let path = |key: &str| {
            told.get(key)
                .and_then(Value::as_str)
                .map(PathBuf::from)
                .with_context(|| format!("no {key} in {told}"))
        };
        let (seed, profile, authority, known) =
            (path("seed")?, path("profile")?, path("authority")?, path("known")?);
        let port = |key: &str| told.get(key).cloned().unwrap_or_default();
        println!(
            "IMAP 127.0.0.1:{}, POP3 :{}, SMTP :{}",
            port("imapPort"),
            port("pop3Port"),
            port("smtpPort")
        );
        println!(
            "accounts anna, bert (IMAP) and paul (POP3) @posthorn.test, password test, {MESSAGES} real messages"
        );
        Ok(Self { child, seed, profile, authority, known })
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Opens the application on the demo's accounts, or makes the tour where there is no display.
pub(crate) fn demo() -> Result<()> {
    install::ensure(&Need::ALL)?;
    build::page()?;
    build::programs()?;
    let servers = Servers::start()?;
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()));
    let outcome = if has_display { window(&servers) } else { tour(&servers) };
    drop(servers);
    println!("servers, mail and profile are removed");
    outcome
}

fn window(servers: &Servers) -> Result<()> {
    println!("close the window to end the demo");
    seeded(Tool::new(project::program("posthorn")), servers).run()
}

fn tour(servers: &Servers) -> Result<()> {
    println!("no display here: a tour under Xvfb; pictures go to target/demo");
    let pictures = project::artefacts("demo");
    if pictures.exists() {
        std::fs::remove_dir_all(&pictures).context("removing the pictures of the last tour")?;
    }
    std::fs::create_dir_all(&pictures)?;
    e2e::script_tool("tour.mjs", "demo")
        .env("POSTHORN_PROFILE", &servers.profile)
        .env("POSTHORN_SEED_ACCOUNTS", &servers.seed)
        .env("POSTHORN_TRUST_CA", &servers.authority)
        .run()
}

fn seeded(tool: Tool, servers: &Servers) -> Tool {
    tool.arg("--profile")
        .arg(&servers.profile)
        .args(&["--secrets", "memory"])
        .arg("--seed-accounts")
        .arg(&servers.seed)
        .arg("--trust-ca")
        .arg(&servers.authority)
        // Another account of the demo's domain is found by its address alone.
        .arg("--known-servers")
        .arg(&servers.known)
}

/// Opens the application on the user's own profile.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    install::ensure(&[Need::Build, Need::Npm])?;
    build::page()?;
    Tool::cargo(&["run", "--package", "posthorn", "--features", "custom-protocol", "--"])
        .args(arguments)
        .run()
}

/// Serves the page with live reload and the engine beside it, on the demo's accounts.
pub(crate) fn dev() -> Result<()> {
    install::ensure(&[Need::Build, Need::Servers, Need::Npm])?;
    Tool::cargo(&["build", "--package", "posthorn-devserver", "--package", "posthorn-testkit"])
        .run()?;
    let servers = Servers::start()?;
    let port =
        TcpListener::bind(("127.0.0.1", 0)).context("finding a free port")?.local_addr()?.port();
    let address = format!("127.0.0.1:{port}");
    let devserver = seeded(Tool::new(project::program("posthorn-devserver")), &servers)
        .args(&["--listen", &address, "--allow-origin", "http://127.0.0.1:5173"])
        .args(&["--allow-origin", "http://localhost:5173", "--stop-on-stdin-close"]);
    let mut devserver = devserver.start(|command| command.stdin(Stdio::piped()))?;
    println!(
        "the page: http://127.0.0.1:5173/ with the address and token printed here; Ctrl-C ends"
    );
    let outcome = Tool::npm("ui", &["run", "dev"])
        .env("POSTHORN_DEVSERVER", format!("http://{address}"))
        .run();
    drop(devserver.stdin.take());
    let _ = devserver.wait();
    outcome
}
