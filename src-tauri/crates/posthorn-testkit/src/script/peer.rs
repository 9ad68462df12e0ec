//! A server described by what it answers to which command, whoever connects and however often.
//!
//! The directives are those of [`Script`](super::Script); a line that begins with `?` starts an answer:
//!
//! | line | meaning |
//! |---|---|
//! | `?` | what is said when somebody connects |
//! | `? pattern` | what is done when a command fits |
//! | `?2 pattern` | the same, the first two times alone, over all connections |
//!
//! What was added last is looked at first: a scene is an honest server with a few answers of its own in front of it.
//! A command that nothing fits ends the connection. Literals of commands are asked for and read by themselves.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, bail};
use tokio::net::{TcpListener, TcpStream};

use super::{ScriptDelivery, Stage, Step, parse};

/// Commands that are kept to be looked at.
const KEPT: usize = 10_000;

/// An answer and when it is given.
#[derive(Clone, Debug)]
struct Rule {
    /// Empty for the greeting.
    pattern: String,
    /// Times that it may be used; absent without limit.
    times: Option<u64>,
    steps: Vec<(usize, Step)>,
}

/// A server described by its answers.
#[derive(Clone, Debug, Default)]
pub struct Peer {
    /// Invariant: those that come first are looked at last.
    rules: Vec<Rule>,
}

impl Peer {
    /// Reads a description.
    pub fn parse(text: &str) -> Result<Self> {
        Self::default().with(text)
    }

    /// Puts further answers in front of those that are there.
    pub fn with(mut self, text: &str) -> Result<Self> {
        let mut current: Option<(Rule, String)> = None;
        let mut added = Vec::new();
        for line in text.lines() {
            let line = line.trim_start();
            if let Some(head) = line.strip_prefix('?') {
                added.extend(current.take().map(finished).transpose()?);
                let (times, pattern) = head.split_once(' ').unwrap_or((head, ""));
                let times = if times.is_empty() {
                    None
                } else {
                    Some(times.parse().with_context(|| format!("{line}: how often?"))?)
                };
                let rule = Rule { pattern: pattern.to_owned(), times, steps: Vec::new() };
                current = Some((rule, String::new()));
            } else if let Some((_, steps)) = &mut current {
                steps.extend([line, "\n"]);
            } else if !line.trim_end().is_empty() && !line.starts_with('#') {
                bail!("{line:?} stands before the first `?`");
            }
        }
        added.extend(current.take().map(finished).transpose()?);
        // Those of one text are looked at in their order.
        added.reverse();
        self.rules.extend(added);
        Ok(self)
    }

    /// Listens on a loopback port; every connection is answered, all at the same time.
    pub async fn listen(self) -> Result<ScriptedPeer> {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).await.context("binding a loopback port")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { rules: self.rules, state: Mutex::default() });
        let own = shared.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = own.clone();
                tokio::spawn(async move {
                    // What the client did wrongly shows in what was not answered.
                    if let Err(error) = serve(&shared, stream).await {
                        shared.state().failed.push(format!("{error:#}"));
                    }
                });
            }
        });
        Ok(ScriptedPeer { address, shared, accepting })
    }
}

fn finished((mut rule, text): (Rule, String)) -> Result<Rule> {
    rule.steps = parse::steps(&text).with_context(|| format!("? {}", rule.pattern))?;
    Ok(rule)
}

#[derive(Debug, Default)]
struct State {
    said: Vec<String>,
    failed: Vec<String>,
    /// How often each answer was given, by its place.
    used: BTreeMap<usize, u64>,
    connections: u64,
}

#[derive(Debug)]
struct Shared {
    rules: Vec<Rule>,
    state: Mutex<State>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, said: Vec<String>) {
        let mut state = self.state();
        let room = KEPT.saturating_sub(state.said.len());
        state.said.extend(said.into_iter().take(room));
    }

    /// Returns the steps of the first answer that fits, and counts it as given.
    fn find(&self, mut fits: impl FnMut(&str) -> bool) -> Option<&[(usize, Step)]> {
        let mut state = self.state();
        for (at, rule) in self.rules.iter().enumerate().rev() {
            let used = state.used.entry(at).or_default();
            if rule.times.is_none_or(|times| *used < times) && fits(&rule.pattern) {
                *used += 1;
                return Some(&rule.steps);
            }
        }
        None
    }
}

/// Answers one connection until it ends.
async fn serve(shared: &Shared, stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    shared.state().connections += 1;
    let mut stage = Stage::new(stream, ScriptDelivery::Whole);
    let mut steps = shared.find(str::is_empty).context("nothing is said at the beginning")?;
    loop {
        for (_, step) in steps {
            let goes_on = stage.act(step).await;
            shared.note(stage.take_said());
            if !goes_on? {
                return Ok(());
            }
        }
        let Some(command) = stage.command().await? else { return Ok(()) };
        shared.note(stage.take_said());
        let words = String::from_utf8_lossy(&command).into_owned();
        let found = shared.find(|pattern| !pattern.is_empty() && stage.fits(pattern, &command));
        steps = found.with_context(|| format!("nothing is answered to {words:?}"))?;
    }
}

/// A [`Peer`] behind a loopback port; it ends with this value.
#[derive(Debug)]
pub struct ScriptedPeer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: tokio::task::JoinHandle<()>,
}

impl ScriptedPeer {
    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns every line and literal that came on any connection, undecodable bytes replaced; at most ten thousand.
    pub fn said(&self) -> Vec<String> {
        self.shared.state().said.clone()
    }

    /// Returns why connections ended early: commands that have no answer, clients that left inside of one.
    pub fn failures(&self) -> Vec<String> {
        self.shared.state().failed.clone()
    }

    /// Returns how many connections were made.
    pub fn connections(&self) -> u64 {
        self.shared.state().connections
    }
}

impl Drop for ScriptedPeer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
