//! The engine in a process of its own, so that its memory is counted without the benchmark's and the server's.
//!
//! It is `posthorn-devserver`, spoken to over HTTP on loopback; a call costs a fraction of a millisecond more than one
//! inside the process.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::engine::Asked;

/// A running engine. Dropping it ends it in order.
#[derive(Debug)]
pub(crate) struct EngineProcess {
    process: Child,
    /// `127.0.0.1:PORT`.
    address: String,
    token: String,
}

impl EngineProcess {
    /// Opens a profile; `secrets` is where passwords are kept, `environment` comes on top of our own.
    pub(crate) fn open(
        profile: &Path,
        secrets: &str,
        environment: &[(String, String)],
    ) -> Result<Self> {
        let mut process = Command::new(program("POSTHORN_DEVSERVER", "posthorn-devserver")?)
            .arg("--profile")
            .arg(profile)
            .args(["--secrets", secrets, "--listen", "127.0.0.1:0", "--stop-on-stdin-close"])
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the engine")?;
        let mut line = String::new();
        let output = process.stdout.take().context("the engine has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let told: Value =
            serde_json::from_str(&line).with_context(|| format!("the engine said {line:?}"))?;
        let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        let address = text("address").trim_start_matches("http://").to_owned();
        Ok(Self { process, address, token: text("token") })
    }

    /// The number that the kernel knows it by.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    fn post(&self, method: &str, parameters: &Value) -> Result<Value> {
        let body = parameters.to_string();
        let mut stream = TcpStream::connect(&self.address).context("the engine does not answer")?;
        write!(
            stream,
            "POST /api/{method} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("the answer has no body")?;
        if !head.starts_with("HTTP/1.1 200") {
            bail!("{method}: {} {body}", head.lines().next().unwrap_or_default());
        }
        serde_json::from_str(body).with_context(|| format!("{method} answered {body:?}"))
    }
}

impl Asked for EngineProcess {
    async fn ask(&self, method: &str, parameters: Value) -> Result<Value> {
        self.post(method, &parameters)
    }
}

impl Drop for EngineProcess {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Returns the path of a program: what the environment says, else beside this one.
pub(crate) fn program(variable: &str, name: &str) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Ok(PathBuf::from(path));
    }
    let own = std::env::current_exe().context("finding this program")?;
    let path = own.with_file_name(name);
    if path.is_file() {
        return Ok(path);
    }
    bail!("{} is not built; cargo xtask bench builds it", path.display())
}

/// Runs a program to its end; its output is shown only when it fails.
pub(crate) fn run(program: &str, arguments: &[&OsStr]) -> Result<()> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting {program}"))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    bail!("{program} ended with {}: {}", output.status, words.trim())
}
