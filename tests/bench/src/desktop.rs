//! A desktop of the benchmark's own: a screen without a monitor, a session bus, a keychain and a window manager.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;
use tokio::time::Instant;

/// How long a program of the desktop may take to be there.
const READY_LIMIT: Duration = Duration::from_secs(30);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);
/// Holds the bus: ends everything that it started when its input ends.
const SESSION: &str = r#"
printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
openbox >/dev/null 2>&1 &
manager=$!
echo "$DBUS_SESSION_BUS_ADDRESS"
cat >/dev/null
kill "$manager"
"#;

/// The running desktop. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Desktop {
    /// What programs on it need in their environment.
    pub(crate) environment: Vec<(String, String)>,
    input: Option<ChildStdin>,
    session: Child,
    screen: Child,
    /// Home of its programs; removed last.
    _home: TempDir,
}

impl Desktop {
    /// Starts it and waits until it can be used.
    pub(crate) fn start() -> Result<Self> {
        let home = tempfile::Builder::new().prefix("posthorn-desktop-").tempdir()?;
        let folder = home.path().to_string_lossy().into_owned();
        let mut screen = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("starting Xvfb")?;
        let number = first_line(screen.stdout.take())?;
        let mut environment: Vec<(String, String)> = [
            ("DISPLAY", format!(":{number}")),
            ("HOME", folder.clone()),
            ("XDG_RUNTIME_DIR", folder.clone()),
            ("XDG_DATA_HOME", format!("{folder}/data")),
            ("XDG_CONFIG_HOME", format!("{folder}/config")),
            ("XDG_CACHE_HOME", format!("{folder}/cache")),
            ("LANG", "C.UTF-8".to_owned()),
            // What the application says is read by us, not shown on a terminal.
            ("NO_COLOR", "1".to_owned()),
            ("GDK_BACKEND", "x11".to_owned()),
            ("NO_AT_BRIDGE", "1".to_owned()),
            // There is no graphics card here; on a real desktop this is never set.
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".to_owned()),
            ("LIBGL_ALWAYS_SOFTWARE", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let mut session = Command::new("dbus-run-session")
            .args(["--", "sh", "-c", SESSION])
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("starting a session bus")?;
        let bus = first_line(session.stdout.take())?;
        environment.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), bus));
        let input = session.stdin.take();
        Ok(Self { environment, input, session, screen, _home: home })
    }

    /// Returns a program that runs on it.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs xdotool; answers with what it prints, or `None` when it finds nothing.
    pub(crate) fn xdotool(&self, words: &[&str]) -> Option<String> {
        let output = self.command("xdotool").args(words).stderr(Stdio::null()).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        (output.status.success() && !text.is_empty()).then_some(text)
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.session.wait();
        let _ = self.screen.kill();
        let _ = self.screen.wait();
    }
}

fn first_line(output: Option<std::process::ChildStdout>) -> Result<String> {
    let mut line = String::new();
    BufReader::new(output.context("a program has no output")?).read_line(&mut line)?;
    if line.trim().is_empty() {
        bail!("a program of the desktop ended at once");
    }
    Ok(line.trim().to_owned())
}

/// Looks until something is there.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if begun.elapsed() > READY_LIMIT {
            bail!("not within {} s: {what}", READY_LIMIT.as_secs());
        }
        std::thread::sleep(PAUSE);
    }
}
