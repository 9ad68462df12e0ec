//! Running other programs: always from a known folder, with our target folder and our tools on the path.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use anyhow::{Context as _, Result, bail};

use crate::project;

/// A program to be run.
#[derive(Debug)]
pub(crate) struct Tool {
    command: Command,
    /// As a person would type it.
    line: String,
}

impl Tool {
    /// Returns a program, to be run from the project's root.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(&program);
        command.current_dir(project::root());
        if let Ok(path) = path_with_tools() {
            command.env("PATH", path);
        }
        command.env("CARGO_TARGET_DIR", project::target());
        Self { command, line: program.as_ref().to_string_lossy().into_owned() }
    }

    /// Returns a shell that runs as root: our own, or one through sudo; `None` where neither is.
    pub(crate) fn root_shell() -> Option<Self> {
        let is_root = Self::new("id").args(&["-u"]).ask().is_some_and(|uid| uid.trim() == "0");
        if is_root {
            return Some(Self::new("sh"));
        }
        Self::new("sudo").args(&["--version"]).ask().map(|_| Self::new("sudo").args(&["sh"]))
    }

    /// Returns Cargo.
    pub(crate) fn cargo(arguments: &[&str]) -> Self {
        Self::new("cargo").args(arguments)
    }

    /// Returns npm, in a folder below the root.
    pub(crate) fn npm(folder: &str, arguments: &[&str]) -> Self {
        Self::new("npm").folder(&project::root().join(folder)).args(arguments)
    }

    pub(crate) fn args(mut self, arguments: &[&str]) -> Self {
        for argument in arguments {
            self = self.arg(argument);
        }
        self
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.line.push(' ');
        self.line.push_str(&argument.as_ref().to_string_lossy());
        self.command.arg(argument);
        self
    }

    /// Replaces what errors call it, where the words themselves are a script.
    pub(crate) fn called(mut self, name: &str) -> Self {
        name.clone_into(&mut self.line);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it with our own terminal; an exit status other than 0 is an error.
    pub(crate) fn run(mut self) -> Result<()> {
        let status = self.command.status().with_context(|| format!("starting `{}`", self.line))?;
        if status.success() { Ok(()) } else { bail!("`{}` ended with {status}", self.line) }
    }

    /// Runs it silently and returns its output, or `None` when it is missing or fails.
    pub(crate) fn ask(mut self) -> Option<String> {
        let output = self.command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs it and returns its output; its complaints go to our terminal.
    pub(crate) fn output(mut self) -> Result<String> {
        let output = self.command.stderr(Stdio::inherit()).output();
        let output = output.with_context(|| format!("starting `{}`", self.line))?;
        if !output.status.success() {
            bail!("`{}` ended with {}", self.line, output.status);
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs it, shows what it prints and returns that as well, with whether it succeeded.
    pub(crate) fn show(mut self) -> Result<(bool, String)> {
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting `{}`", self.line))?;
        let (sender, lines) = mpsc::channel();
        let mut readers = Vec::new();
        if let Some(stream) = child.stdout.take() {
            readers.push(read_lines(stream, sender.clone()));
        }
        if let Some(stream) = child.stderr.take() {
            readers.push(read_lines(stream, sender));
        }
        let mut all = String::new();
        for line in lines {
            println!("{line}");
            all.push_str(&line);
            all.push('\n');
        }
        for reader in readers {
            let _ = reader.join();
        }
        Ok((child.wait()?.success(), all))
    }

    /// Starts it; the caller ends it.
    pub(crate) fn start(
        mut self,
        prepare: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Result<Child> {
        prepare(&mut self.command).spawn().with_context(|| format!("starting `{}`", self.line))
    }
}

fn read_lines(
    stream: impl Read + Send + 'static,
    sender: mpsc::Sender<String>,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if sender.send(line).is_err() {
                break;
            }
        }
    })
}

/// Returns PATH with our own tools behind the user's, and the folders where Debian hides servers.
fn path_with_tools() -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let own = [project::tools().join("bin"), "/usr/sbin".into(), "/sbin".into()];
    Ok(env::join_paths(env::split_paths(&path).chain(own))?)
}
