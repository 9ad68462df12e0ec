//! An engine in a process of its own, behind the development server: it can be killed.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Ask;

/// A running development server. Killed when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    host: String,
    token: String,
}

/// Returns the program: the one that `cargo xtask test` built and names, else one that is built now, because tests of
/// one package do not build another's programs.
pub(crate) fn program() -> anyhow::Result<PathBuf> {
    static BUILT: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    if let Some(program) = BUILT.get() {
        return Ok(program.clone());
    }
    let program = match std::env::var_os("POSTHORN_DEVSERVER") {
        Some(program) => PathBuf::from(program),
        None => build()?,
    };
    Ok(BUILT.get_or_init(|| program).clone())
}

fn build() -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--package", "posthorn-devserver", "--message-format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()?;
    anyhow::ensure!(built.status.success(), "the development server could not be built");
    let lines = String::from_utf8(built.stdout)?;
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let program = messages
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back();
    program.context("cargo did not say where the program is")
}

impl Server {
    /// Starts it on a profile.
    pub fn start(profile: &Path) -> anyhow::Result<Self> {
        Self::start_with(profile, &[])
    }

    /// Starts it on a profile, with something in its environment.
    pub fn start_with(profile: &Path, environment: &[(&str, &str)]) -> anyhow::Result<Self> {
        let passphrase = profile.with_extension("passphrase");
        std::fs::write(&passphrase, "a passphrase of the test\n")?;
        let mut child = Command::new(program()?)
            .arg("--profile")
            .arg(profile)
            .args(["--secrets", "file", "--passphrase-file"])
            .arg(&passphrase)
            .arg("--stop-on-stdin-close")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().context("it has no output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let said: Value =
            serde_json::from_str(&line).with_context(|| format!("it said {line:?}"))?;
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        let host = text("address").trim_start_matches("http://").to_owned();
        Ok(Self { child, host, token: text("token") })
    }

    /// Ends it as a power cut would (SIGKILL).
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is gone already after `kill`; both fail harmlessly then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ask for Server {
    async fn ask(&self, method: &str, parameters: Value) -> anyhow::Result<Value> {
        let body = parameters.to_string();
        let mut stream = TcpStream::connect(&self.host).await?;
        let request = format!(
            "POST /api/{method} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            self.token,
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        let value: Value = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
        anyhow::ensure!(head.starts_with("HTTP/1.1 200"), "{method}: {value}");
        Ok(value)
    }
}
