//! A server process that cannot outlive the test that started it.
//!
//! The server runs in a process group of its own beside a shell that waits for the end of its standard input. That
//! end comes when we stop the server, when its value is dropped and when our own process dies in any way, so that no
//! signal handler and no unsafe code is needed.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// Starts the server, tells its process id, waits for the end of the input, then ends the whole group.
const KEEPER: &str = r#"
log=$1; shift
"$@" </dev/null >>"$log" 2>&1 &
server=$!
echo "$server"
exec >/dev/null 2>&1
trap '' TERM
cat
kill -TERM "$server"
for tenth in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
  kill -0 "$server" || break
  sleep 0.1
done
kill -KILL 0
"#;

/// How long a server may take until it listens. They answer in under a second on an idle machine.
const READY_LIMIT: Duration = Duration::from_secs(20);
/// Pause between two looks at a server that does not listen yet.
const READY_PAUSE: Duration = Duration::from_millis(10);

/// A running server.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    keeper: Child,
    server: u32,
}

impl ServerProcess {
    /// Starts `command`, whose output goes to `log`, and waits until something listens on all `ports`.
    pub(crate) fn start(command: &[&str], log: &Path, ports: &[u16]) -> Result<Self> {
        let mut keeper = Command::new("/bin/sh")
            .args(["-c", KEEPER, "sh"])
            .arg(log)
            .args(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("starting /bin/sh")?;
        let mut line = String::new();
        let told = keeper.stdout.take().context("the keeper has no output")?;
        BufReader::new(told).read_line(&mut line)?;
        let server = line.trim().parse().with_context(|| format!("the keeper said {line:?}"))?;
        let process = Self { keeper, server };
        process.wait_until_listening(ports).with_context(|| {
            let words = std::fs::read_to_string(log).unwrap_or_default();
            format!("{} did not start; its log:\n{words}", command.join(" "))
        })?;
        Ok(process)
    }

    fn wait_until_listening(&self, ports: &[u16]) -> Result<()> {
        for port in ports {
            let address = SocketAddr::from(([127, 0, 0, 1], *port));
            let mut looks = READY_LIMIT.as_millis() / READY_PAUSE.as_millis();
            while TcpStream::connect_timeout(&address, READY_LIMIT).is_err() {
                if !self.is_alive() {
                    bail!("it ended before it listened on port {port}");
                }
                if looks == 0 {
                    bail!("nothing listens on port {port} after {READY_LIMIT:?}");
                }
                looks -= 1;
                std::thread::sleep(READY_PAUSE);
            }
        }
        Ok(())
    }

    /// Tells whether the server itself still runs.
    pub(crate) fn is_alive(&self) -> bool {
        let state = std::fs::read_to_string(format!("/proc/{}/stat", self.server));
        state.is_ok_and(|stat| {
            !stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
        })
    }

    /// Ends it as its package does: it may finish what it is doing.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    /// Ends it and all its children at once, as a power cut does.
    pub(crate) fn kill(mut self) -> Result<()> {
        signal("KILL", &format!("-{}", self.keeper.id()))?;
        self.end();
        while self.is_alive() {
            std::thread::sleep(READY_PAUSE);
        }
        Ok(())
    }

    /// Asks the server to read its configuration again.
    ///
    /// A server listens before it catches signals, and one that does not catch this one yet dies of it: waited for.
    pub(crate) fn reload(&self) -> Result<()> {
        let mut looks = READY_LIMIT.as_millis() / READY_PAUSE.as_millis();
        while !self.catches_hangup() {
            if looks == 0 || !self.is_alive() {
                bail!("it does not read its configuration again");
            }
            looks -= 1;
            std::thread::sleep(READY_PAUSE);
        }
        signal("HUP", &self.server.to_string())
    }

    /// Tells whether SIGHUP, signal 1, is among those that the server catches (proc(5), `SigCgt`).
    fn catches_hangup(&self) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server));
        let status = status.unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .is_some_and(|mask| mask & 1 == 1)
    }

    fn end(&mut self) {
        drop(self.keeper.stdin.take());
        // The keeper always ends: it kills its own group three seconds later at the latest.
        let _ = self.keeper.wait();
    }
}

/// Sends a signal with the shell's own `kill`; a number below zero means a process group.
fn signal(name: &str, process: &str) -> Result<()> {
    let status = Command::new("/bin/sh")
        .args(["-c", &format!("kill -{name} {process}")])
        .status()
        .context("running kill")?;
    if status.success() { Ok(()) } else { bail!("process {process} is gone") }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.end();
    }
}
