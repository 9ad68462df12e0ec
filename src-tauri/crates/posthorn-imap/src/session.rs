//! A conversation with one server, from its greeting to LOGOUT.
//!
//! Each method is one command; its module says which. What the server says unasked is kept in order and handed
//! out by [`Session::take_events`].

mod append;
mod change;
mod chunk;
mod event;
mod extra;
mod fetch;
mod folder;
mod idle;
mod login;
mod look;
mod prompt;
mod select;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

pub use append::AppendUid;
pub use change::{StoreMode, Stored};
pub use chunk::{Chunk, Form};
pub use event::Event;
pub use extra::{Introduction, Watched};
pub use fetch::{Fetching, Search};
pub use idle::{Idle, Idling};
pub use look::{Key, Mark, Part as KeyPart};
pub use prompt::{Prompt, Prompted};
pub use select::{Changed, SelectMode, Selected};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::command::Command;
use crate::connection::{Connection, Done};
use crate::response::{Condition, Reply, Untagged};
use crate::{Code, Error, Result, Traffic, WireLog, limit};

/// How a session behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder for large literals while they arrive. The system's temporary folder when absent; better a folder on
    /// a real disk, because the system's is memory on many computers.
    pub spool_dir: Option<PathBuf>,
    /// Receives the redacted transcript. None when absent.
    pub wire_log: Option<WireLog>,
    /// A connection on which nothing moves for this long during a command is given up.
    pub stall: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { spool_dir: None, wire_log: None, stall: limit::STALL }
    }
}

/// An IMAP session over the byte stream `S`.
///
/// After an error for which [`Error::is_fatal`] holds, and after any method's future was dropped before it was
/// ready, every further command fails with [`Error::Lost`]: connect again.
pub struct Session<S: AsyncRead + AsyncWrite + Unpin + Send> {
    pub(crate) connection: Connection<S>,
    events: VecDeque<Event>,
    /// Octets that the events hold.
    event_memory: usize,
    enabled: Vec<String>,
    /// The most messages that the open mailbox was said to hold. Absent when none is open.
    most: Option<u32>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> std::fmt::Debug for Session<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Session")
            .field("capabilities", &self.connection.capabilities)
            .finish_non_exhaustive()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Reads the server's greeting. `PREAUTH` is refused: it would skip the sign-in, and with it the encryption.
    pub async fn open(stream: S, options: &Options) -> Result<Self> {
        let mut session = Self::without_greeting(stream, options).await?;
        match session.connection.read().await? {
            Reply::Untagged(Untagged::Status(status)) if status.condition == Condition::Ok => {
                Ok(session)
            }
            Reply::Untagged(Untagged::Status(status)) if status.condition == Condition::Bye => {
                Err(Error::of_bye(status.code.as_ref(), status.text))
            }
            Reply::Untagged(Untagged::Status(status)) if status.condition == Condition::PreAuth => {
                Err(Error::Protocol("the server wants no sign-in (PREAUTH)".to_owned()))
            }
            _ => Err(Error::Protocol("this is no IMAP greeting".to_owned())),
        }
    }

    /// Begins on a stream on which no greeting comes: after STARTTLS.
    pub async fn without_greeting(stream: S, options: &Options) -> Result<Self> {
        let connection = Connection::new(stream, options).await?;
        Ok(Self {
            connection,
            events: VecDeque::new(),
            event_memory: 0,
            enabled: Vec::new(),
            most: None,
        })
    }

    /// Sends STARTTLS and gives the raw stream back, to be wrapped and given to [`Self::without_greeting`].
    /// Nothing that was said before the handshake is believed after it; a server that said more is refused.
    pub async fn starttls(mut self) -> Result<S> {
        self.ensure_capabilities().await?;
        if !self.has("STARTTLS") {
            return Err(Error::Unsupported("STARTTLS"));
        }
        self.exec(&Command::new("STARTTLS")).await?;
        self.connection.take_stream()
    }

    /// Asks for the capabilities (RFC 9051 section 6.1.1) and returns them in upper case.
    pub async fn capability(&mut self) -> Result<&[String]> {
        self.connection.capabilities.clear();
        self.exec(&Command::new("CAPABILITY")).await?;
        if self.connection.capabilities.is_empty() {
            return Err(Error::Protocol("CAPABILITY was answered without capabilities".to_owned()));
        }
        Ok(&self.connection.capabilities)
    }

    /// Returns the capabilities known now, in upper case; empty before they were asked for or volunteered.
    pub fn capabilities(&self) -> &[String] {
        &self.connection.capabilities
    }

    /// Returns what counts the octets that come, also while a command is under way.
    pub fn traffic(&mut self) -> Traffic {
        self.connection.shim().received.clone()
    }

    /// Tells whether the server offers a capability, written in upper case.
    pub fn has(&self, capability: &str) -> bool {
        self.connection.has(capability)
    }

    /// Stops using capabilities, written in upper case, that this server offers and does not keep.
    pub fn distrust<'c>(&mut self, capabilities: impl IntoIterator<Item = &'c str>) {
        self.connection.distrusted.extend(capabilities.into_iter().map(str::to_owned));
    }

    pub(crate) async fn ensure_capabilities(&mut self) -> Result<()> {
        if self.connection.capabilities.is_empty() {
            self.capability().await?;
        }
        Ok(())
    }

    /// Tells the server who we are (RFC 2971), if it can listen, and returns what it says about itself: keys in
    /// lower case. Some providers (163, 126, QQ) let nobody read mail who has not done so after the sign-in.
    pub async fn identify(&mut self, fields: &[(&str, &str)]) -> Result<Vec<(String, String)>> {
        let Some(command) = self.id_command(fields)? else { return Ok(Vec::new()) };
        let mut answer = Vec::new();
        for untagged in self.exec(&command).await?.0 {
            match untagged {
                Untagged::Id(fields) => answer = fields,
                other => self.absorb(other),
            }
        }
        Ok(answer)
    }

    /// Switches extensions on (RFC 5161) and returns those that now are. Those not offered are not asked for.
    pub async fn enable(&mut self, extensions: &[&str]) -> Result<&[String]> {
        let Some(command) = self.enable_command(extensions) else { return Ok(&self.enabled) };
        for untagged in self.exec(&command).await?.0 {
            match untagged {
                Untagged::Enabled(list) => self.enabled_now(list),
                other => self.absorb(other),
            }
        }
        Ok(&self.enabled)
    }

    pub(crate) fn id_command(&self, fields: &[(&str, &str)]) -> Result<Option<Command>> {
        // Coremail (163, 126) has another word for it, and reads no mail to whoever did not say who he is.
        if !self.has("ID") && !self.has("X-CM-EXT-1") {
            return Ok(None);
        }
        let mut command = Command::new(if fields.is_empty() { "ID NIL" } else { "ID (" });
        for (at, (key, value)) in fields.iter().enumerate() {
            let gap = if at == 0 { "" } else { " " };
            command = command.words(gap).bare_string(key)?.string(value.as_bytes())?;
        }
        Ok(Some(if fields.is_empty() { command } else { command.words(")") }))
    }

    pub(crate) fn enable_command(&self, extensions: &[&str]) -> Option<Command> {
        let is_new = |extension: &&str| self.has(extension) && !self.is_enabled(extension);
        let wanted: Vec<&str> = extensions.iter().copied().filter(is_new).collect();
        let is_possible = !wanted.is_empty() && self.has("ENABLE");
        is_possible.then(|| Command::new(format!("ENABLE {}", wanted.join(" "))))
    }

    pub(crate) fn enabled_now(&mut self, list: Vec<String>) {
        self.connection.is_utf8 |= list.iter().any(|word| word == "UTF8=ACCEPT");
        self.enabled.extend(list);
    }

    /// Tells whether an extension was enabled in this session.
    pub fn is_enabled(&self, extension: &str) -> bool {
        self.enabled.iter().any(|own| own == extension)
    }

    /// Asks for news of the open mailbox (NOOP); they are in [`Self::take_events`] then.
    pub async fn noop(&mut self) -> Result<()> {
        self.run(&Command::new("NOOP")).await.map(drop)
    }

    /// Says goodbye. The answer is awaited; a server that just closes is forgiven.
    pub async fn logout(mut self) -> Result<()> {
        match self.run(&Command::new("LOGOUT")).await {
            Ok(_) | Err(Error::Bye(_) | Error::Lost(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Returns what the server said unasked since the last call, in its order.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.event_memory = 0;
        std::mem::take(&mut self.events).into()
    }

    pub(crate) async fn exec(&mut self, command: &Command) -> Result<(Vec<Untagged>, Done)> {
        let answer = self.connection.exec(command).await?;
        self.heed(&answer.1);
        Ok(answer)
    }

    /// Runs commands side by side; see [`Connection::exec_all`].
    pub(crate) async fn exec_all(
        &mut self,
        commands: &[Command],
    ) -> Result<(Vec<Untagged>, Vec<Result<Done>>)> {
        let answer = self.connection.exec_all(commands).await?;
        for done in answer.1.iter().flatten() {
            self.heed(done);
        }
        Ok(answer)
    }

    /// Keeps the sentence that a successful command tells the user to read.
    pub(crate) fn heed(&mut self, done: &Done) {
        if done.code == Some(Code::Alert) {
            self.keep(Event::Alert(done.text.clone()));
        }
    }

    /// Runs a command whose untagged data are all news.
    pub(crate) async fn run(&mut self, command: &Command) -> Result<Done> {
        let (untagged, done) = self.exec(command).await?;
        self.absorb_all(untagged);
        Ok(done)
    }

    /// Keeps everything of this that is news.
    pub(crate) fn absorb_all(&mut self, seen: impl IntoIterator<Item = Untagged>) {
        for untagged in seen {
            self.absorb(untagged);
        }
    }

    /// Keeps what was not asked for.
    pub(crate) fn absorb(&mut self, untagged: Untagged) {
        if let Untagged::Other(word) = &untagged {
            tracing::debug!(word, "an untagged response without meaning to us");
        }
        if let Some(event) = Event::from_untagged(untagged) {
            self.keep(event);
        }
    }

    fn keep(&mut self, event: Event) {
        if let (Event::Exists(count), Some(most)) = (&event, &mut self.most) {
            *most = (*most).max(*count);
        }
        let memory = self.event_memory.saturating_add(event.memory());
        if self.events.len() < limit::MAX_EVENTS && memory <= limit::MAX_EVENT_MEMORY {
            self.event_memory = memory;
            self.events.push_back(event);
        } else if self.events.back().is_none_or(|last| !matches!(last, Event::Overflow)) {
            self.events.push_back(Event::Overflow);
        }
    }

    pub(crate) fn next_event(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        self.event_memory = self.event_memory.saturating_sub(event.memory());
        Some(event)
    }

    /// Another mailbox is open now, with so many messages, or none is.
    pub(crate) fn turn_to(&mut self, exists: Option<u32>) {
        self.most = exists;
    }

    pub(crate) fn most(&self) -> Option<u32> {
        self.most
    }

    pub(crate) fn forget_events(&mut self) {
        self.events.clear();
        self.event_memory = 0;
    }
}
