//! The dialogue before a message: greeting, EHLO or HELO, STARTTLS; and the end. Signing in is in [`crate::login`].

use std::error::Error as _;
use std::sync::Arc;
use std::{fmt, io, time::Duration};

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::tap::Tap;
use crate::{Capabilities, Error, Reply};

/// How long the answer to QUIT may take: it decides nothing.
const QUIT_TIMEOUT: Duration = Duration::from_secs(5);

/// Receives every line, `C: ` or `S: ` before it; passwords are replaced and mail text is left out.
///
/// It gets what is to be put together, not the text: a line that nobody wants costs nothing.
pub type Transcript = Arc<dyn Fn(fmt::Arguments<'_>) + Send + Sync>;

/// How long each stage may take (RFC 5321 section 4.5.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// The greeting: 5 minutes.
    pub greeting: Duration,
    /// EHLO, STARTTLS, AUTH, RSET, QUIT: 5 minutes.
    pub command: Duration,
    /// MAIL and each RCPT: 5 minutes.
    pub envelope: Duration,
    /// The answer to DATA: 2 minutes.
    pub data: Duration,
    /// Each block of the message: 3 minutes.
    pub block: Duration,
    /// The answer to the dot: 10 minutes, because giving up early sends twice.
    pub dot: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let minutes = Duration::from_mins;
        Self {
            greeting: minutes(5),
            command: minutes(5),
            envelope: minutes(5),
            data: minutes(2),
            block: minutes(3),
            dot: minutes(10),
        }
    }
}

impl Timeouts {
    /// Returns timeouts for somebody who is watching: `every` for each stage before the message.
    pub fn impatient(every: Duration) -> Self {
        Self { greeting: every, command: every, envelope: every, ..Self::default() }
    }
}

/// How a session behaves.
#[derive(Clone)]
pub struct Settings {
    /// The name said in EHLO: a domain or an address literal. The default tells nothing about this computer.
    pub client_name: String,
    /// How long each stage may take.
    pub timeouts: Timeouts,
    /// Where the redacted dialogue goes. `None`: nowhere.
    pub transcript: Option<Transcript>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            client_name: "[127.0.0.1]".to_owned(),
            timeouts: Timeouts::default(),
            transcript: None,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("client_name", &self.client_name)
            .finish_non_exhaustive()
    }
}

/// A connection to a submission server.
pub struct Session<S> {
    connection: AsyncSmtpConnection,
    pub(crate) tap: Tap<S>,
    pub(crate) settings: Settings,
    capabilities: Capabilities,
    /// Set from the first byte of a command until its reply was read whole.
    pub(crate) is_busy: bool,
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Session<S> {
    /// Reads the greeting and says EHLO, or HELO to a server that does not know it.
    pub async fn greet(stream: S, settings: Settings) -> Result<Self, Error> {
        let mut session = Self::wrap(stream, settings).await?;
        session.is_busy = true;
        let after = session.settings.timeouts.greeting;
        let greeting = session.reply("greeting", after).await?;
        session.is_busy = false;
        // A yes to nothing is no refusal: whoever speaks so here may do better the next time.
        if greeting.is_positive() && greeting.code != 220 {
            let detail = format!("{} instead of 220", greeting.code);
            return Err(Error::Garbled { stage: "greeting", detail });
        }
        if greeting.code != 220 {
            return Err(Error::Refused { command: "connection", reply: greeting });
        }
        session.hello().await?;
        Ok(session)
    }

    /// Goes on after the handshake that followed [`Self::start_tls`]: what was said before is forgotten.
    pub async fn resume(stream: S, settings: Settings) -> Result<Self, Error> {
        let mut session = Self::wrap(stream, settings).await?;
        session.hello().await?;
        Ok(session)
    }

    async fn wrap(stream: S, settings: Settings) -> Result<Self, Error> {
        let name_ok = |byte: u8| byte.is_ascii_alphanumeric() || b".-[]:_".contains(&byte);
        if settings.client_name.is_empty() || !settings.client_name.bytes().all(name_ok) {
            let value = settings.client_name.escape_debug().to_string();
            return Err(Error::Unsendable { what: "client name", value });
        }
        let tap = Tap::new(stream);
        let name = ClientId::Domain(settings.client_name.clone());
        let connection = AsyncSmtpConnection::connect_with_transport(Box::new(tap.clone()), &name)
            .await
            .map_err(|error| broken("greeting", &error))?;
        tap.take_record();
        Ok(Self {
            connection,
            tap,
            settings,
            capabilities: Capabilities::default(),
            is_busy: false,
        })
    }

    /// Returns what the server offers at this point.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Returns whether the next command has a chance.
    pub fn is_usable(&self) -> bool {
        !self.is_busy
    }

    async fn hello(&mut self) -> Result<(), Error> {
        let name = self.settings.client_name.clone();
        let reply = self.command("EHLO", &format!("EHLO {name}")).await?;
        if reply.is_positive() {
            self.capabilities = Capabilities::parse(&reply.lines);
            return Ok(());
        }
        self.capabilities = Capabilities::default();
        if !matches!(reply.code, 500 | 501 | 502 | 504) {
            return Err(Error::Refused { command: "EHLO", reply });
        }
        positive("HELO", self.command("HELO", &format!("HELO {name}")).await?).map(drop)
    }

    /// Asks for TLS (RFC 3207) and gives the stream back for the handshake. Never goes on in clear.
    pub async fn start_tls(mut self) -> Result<S, Error> {
        if !self.capabilities.start_tls {
            return Err(Error::TlsNotOffered);
        }
        positive("STARTTLS", self.command("STARTTLS", "STARTTLS").await?)?;
        if self.tap.has_buffered() {
            return Err(Error::TlsInjection);
        }
        self.tap.take_stream().ok_or(Error::Poisoned)
    }

    /// Ends the session politely. A failure changes nothing that was accepted, so nobody waits long for the answer.
    pub async fn quit(mut self) -> Result<(), Error> {
        let after = self.settings.timeouts.command.min(QUIT_TIMEOUT);
        positive("QUIT", self.exchange("QUIT", "QUIT\r\n", "QUIT", after).await?).map(drop)
    }

    /// Takes an unfinished envelope back.
    pub(crate) async fn reset(&mut self) -> Result<(), Error> {
        positive("RSET", self.command("RSET", "RSET").await?).map(drop)
    }

    pub(crate) async fn command(&mut self, name: &'static str, line: &str) -> Result<Reply, Error> {
        self.hidden(name, line, line).await
    }

    /// Sends one line and reads the reply; the transcript sees `shown`.
    pub(crate) async fn hidden(
        &mut self,
        name: &'static str,
        line: &str,
        shown: &str,
    ) -> Result<Reply, Error> {
        let after = self.settings.timeouts.command;
        self.exchange(name, &format!("{line}\r\n"), shown, after).await
    }

    /// Sends lines and reads the reply to the first one.
    pub(crate) async fn exchange(
        &mut self,
        name: &'static str,
        lines: &str,
        shown: &str,
        after: Duration,
    ) -> Result<Reply, Error> {
        if std::mem::replace(&mut self.is_busy, true) {
            return Err(Error::Poisoned);
        }
        for line in shown.lines() {
            self.note(format_args!("C: {line}"));
        }
        let result = tokio::time::timeout(after, self.connection.command(lines)).await;
        let reply = self.settle(name, after, result)?;
        self.is_busy = false;
        Ok(reply)
    }

    /// Reads one more reply.
    pub(crate) async fn reply(
        &mut self,
        name: &'static str,
        after: Duration,
    ) -> Result<Reply, Error> {
        let result = tokio::time::timeout(after, self.connection.read_response()).await;
        self.settle(name, after, result)
    }

    /// Joins lettre's verdict (whole, which code) with the words that the tap has recorded.
    fn settle(
        &self,
        stage: &'static str,
        after: Duration,
        result: Result<
            Result<Response, lettre::transport::smtp::Error>,
            tokio::time::error::Elapsed,
        >,
    ) -> Result<Reply, Error> {
        let lines = self.tap.take_record();
        let code = match result {
            Err(_) => return Err(Error::TimedOut { stage, after }),
            Ok(Ok(response)) => response.code(),
            Ok(Err(error)) => error.status().ok_or_else(|| broken(stage, &error))?,
        };
        let code = u16::from(code);
        for line in &lines {
            self.note(format_args!("S: {code} {line}"));
        }
        Ok(Reply::new(code, lines))
    }

    pub(crate) fn note(&self, line: fmt::Arguments<'_>) {
        if let Some(transcript) = &self.settings.transcript {
            transcript(line);
        }
    }
}

/// Turns a reply that must be positive into an error where it is not.
pub(crate) fn positive(command: &'static str, reply: Reply) -> Result<Reply, Error> {
    if reply.is_positive() { Ok(reply) } else { Err(Error::Refused { command, reply }) }
}

/// Tells a broken connection from an unreadable reply.
fn broken(stage: &'static str, error: &lettre::transport::smtp::Error) -> Error {
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match source {
        Some(source) if source.kind() != io::ErrorKind::InvalidData => {
            Error::Lost { stage, source: io::Error::new(source.kind(), source.to_string()) }
        }
        _ => Error::Garbled { stage, detail: error.to_string() },
    }
}
