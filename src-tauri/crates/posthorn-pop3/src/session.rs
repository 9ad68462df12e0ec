//! The commands of a session, one after the other (RFC 1939), and the survey that asks three at once.

use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use crate::fetch::WINDOW_COMMANDS;
use crate::listing::{self, MAX_ENTRIES, MAX_LISTING};
use crate::wire::{Answered, MAX_COMMAND, Status, Wire};
use crate::{Capabilities, Error, ListEntry, Maildrop, Settings, Stat, UidlListing};

/// How long a listing may take in all, however busily the server sends it: a million lines over a slow line.
const LISTING: Duration = Duration::from_mins(10);

/// A connection to a POP3 server.
pub struct Session<S> {
    pub(crate) wire: Wire<S>,
    capabilities: Capabilities,
    greeting: String,
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Session<S> {
    /// Reads the greeting and asks for the capabilities.
    pub async fn greet(stream: S, settings: Settings) -> Result<Self, Error> {
        let mut wire = Wire::new(stream, settings);
        wire.begin()?;
        let after = wire.settings().greeting_timeout;
        let greeting = wire.status("greeting", after).await?;
        wire.end();
        let greeting =
            greeting.map_err(|refusal| Error::Refused { command: "connection", refusal })?;
        let mut session = Self { wire, capabilities: Capabilities::default(), greeting };
        session.ask_capabilities().await?;
        Ok(session)
    }

    /// Goes on after the handshake that followed [`Self::start_tls`]: no second greeting comes, and what was said before is forgotten.
    pub async fn resume(stream: S, settings: Settings) -> Result<Self, Error> {
        let wire = Wire::new(stream, settings);
        let mut session =
            Self { wire, capabilities: Capabilities::default(), greeting: String::new() };
        session.ask_capabilities().await?;
        Ok(session)
    }

    /// Returns what the server offers at this point.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Returns the text of the greeting. Empty behind STLS.
    pub fn greeting(&self) -> &str {
        &self.greeting
    }

    /// Returns whether the next command has a chance.
    pub fn is_usable(&self) -> bool {
        self.wire.is_usable()
    }

    /// Asks for TLS (RFC 2595 section 4) and gives the stream back for the handshake. Never goes on in clear.
    pub async fn start_tls(mut self) -> Result<S, Error> {
        if self.capabilities.announced && !self.capabilities.stls {
            return Err(Error::TlsNotOffered);
        }
        if self.wire.has_buffered() {
            return Err(Error::TlsInjection);
        }
        match self.command("STLS", "STLS").await {
            Err(Error::Refused { .. }) if !self.capabilities.announced => {
                return Err(Error::TlsNotOffered);
            }
            answer => answer?,
        };
        if self.wire.has_buffered() {
            return Err(Error::TlsInjection);
        }
        Ok(self.wire.into_parts().0)
    }

    /// Returns how much lies in the maildrop.
    pub async fn stat(&mut self) -> Result<Stat, Error> {
        self.wire.begin()?;
        self.wire.send("STAT", "STAT\r\n", "STAT").await?;
        let stat = self.read_stat().await?;
        self.wire.end();
        stat
    }

    /// Returns all messages with their sizes.
    pub async fn list(&mut self) -> Result<Vec<ListEntry>, Error> {
        self.wire.begin()?;
        self.wire.send("LIST", "LIST\r\n", "LIST").await?;
        let list = self.read_list().await?;
        self.wire.end();
        list
    }

    /// Returns all messages with their unique ids, also where CAPA does not promise them.
    pub async fn uidl(&mut self) -> Result<UidlListing, Error> {
        self.wire.begin()?;
        self.wire.send("UIDL", "UIDL\r\n", "UIDL").await?;
        let listing = self.read_uidl().await?;
        self.wire.end();
        listing
    }

    /// Returns the whole maildrop: STAT, LIST and UIDL, in one round trip where the server takes it.
    pub async fn survey(&mut self) -> Result<Maildrop, Error> {
        if !self.capabilities.pipelining {
            let (stat, sizes) = (self.stat().await?, self.list().await?);
            return Ok(Maildrop { stat, sizes, uidls: self.uidl().await? });
        }
        self.wire.begin()?;
        self.wire.send("STAT", "STAT\r\nLIST\r\nUIDL\r\n", "STAT\nLIST\nUIDL").await?;
        // All three answers are read before one refusal is believed, else they would answer the next commands.
        let (stat, sizes, uidls) =
            (self.read_stat().await?, self.read_list().await?, self.read_uidl().await?);
        self.wire.end();
        Ok(Maildrop { stat: stat?, sizes: sizes?, uidls: uidls? })
    }

    /// Marks a message for removal at QUIT.
    pub async fn dele(&mut self, number: u32) -> Result<(), Error> {
        self.command("DELE", &format!("DELE {number}")).await.map(drop)
    }

    /// Marks messages for removal at QUIT, several asked for ahead where the server takes it. Returns those that the
    /// server refused.
    pub async fn dele_all(&mut self, numbers: &[u32]) -> Result<Vec<u32>, Error> {
        let window = if self.capabilities.pipelining { WINDOW_COMMANDS } else { 1 };
        let mut refused = Vec::new();
        for part in numbers.chunks(window) {
            let mut lines = String::new();
            for number in part {
                lines.extend(["DELE ", &number.to_string(), "\r\n"]);
            }
            self.wire.begin()?;
            self.wire.send("DELE", &lines, &lines).await?;
            for number in part {
                if self.wire.answer("DELE").await?.is_err() {
                    refused.push(*number);
                }
            }
            self.wire.end();
        }
        Ok(refused)
    }

    /// Takes all marks back.
    pub async fn rset(&mut self) -> Result<(), Error> {
        self.command("RSET", "RSET").await.map(drop)
    }

    /// Keeps the connection alive.
    pub async fn noop(&mut self) -> Result<(), Error> {
        self.command("NOOP", "NOOP").await.map(drop)
    }

    /// Ends the session. Only `Ok` means that the marked messages are gone: a refused or missing answer leaves that open.
    pub async fn quit(mut self) -> Result<(), Error> {
        self.command("QUIT", "QUIT").await.map(drop)
    }

    pub(crate) async fn ask_capabilities(&mut self) -> Result<(), Error> {
        self.wire.begin()?;
        self.wire.send("CAPA", "CAPA\r\n", "CAPA").await?;
        self.capabilities = match self.wire.answer("CAPA").await? {
            Ok(_) => Capabilities::parse(&self.lines("CAPA").await?),
            Err(_) => Capabilities::default(),
        };
        self.wire.end();
        Ok(())
    }

    pub(crate) async fn command(
        &mut self,
        name: &'static str,
        line: &str,
    ) -> Result<String, Error> {
        self.secret_command(name, line, line).await
    }

    /// Sends one line and reads its status; the transcript sees `shown`.
    pub(crate) async fn secret_command(
        &mut self,
        name: &'static str,
        line: &str,
        shown: &str,
    ) -> Result<String, Error> {
        self.wire.begin()?;
        self.wire.send(name, &format!("{line}\r\n"), shown).await?;
        let answer = self.wire.answer(name).await?;
        self.wire.end();
        answer.map_err(|refusal| Error::Refused { command: name, refusal })
    }

    /// Sends a line of a SASL exchange; returns the status, or what the server asks (`+ `).
    pub(crate) async fn ask(
        &mut self,
        name: &'static str,
        line: &str,
        shown: &str,
    ) -> Result<Answered, Error> {
        self.wire.begin()?;
        self.wire.send(name, &format!("{line}\r\n"), shown).await?;
        let answer = self.wire.answer_or_challenge(name).await?;
        self.wire.end();
        Ok(answer)
    }

    async fn read_stat(&mut self) -> Result<Result<Stat, Error>, Error> {
        match self.wire.answer("STAT").await? {
            Ok(text) => match listing::stat(&text) {
                Some(stat) => Ok(Ok(stat)),
                None => Err(Error::Garbled {
                    stage: "STAT",
                    detail: "the answer holds no two numbers".to_owned(),
                }),
            },
            Err(refusal) => Ok(Err(Error::Refused { command: "STAT", refusal })),
        }
    }

    async fn read_list(&mut self) -> Result<Result<Vec<ListEntry>, Error>, Error> {
        if let Err(refusal) = self.wire.answer("LIST").await? {
            return Ok(Err(Error::Refused { command: "LIST", refusal }));
        }
        let (mut entries, mut read) = (Vec::new(), Read::begin());
        while let Some(line) = self.listing_line("LIST", &mut read).await? {
            match listing::list_entry(&line) {
                Some(entry) => entries.push(entry),
                None => return Err(unreadable("LIST")),
            }
        }
        Ok(Ok(listing::settle_sizes(entries)))
    }

    async fn read_uidl(&mut self) -> Result<Result<UidlListing, Error>, Error> {
        if let Err(refusal) = self.wire.answer("UIDL").await? {
            let was_promised = self.capabilities.uidl || refusal.is_transient();
            let refused = || Err(Error::Refused { command: "UIDL", refusal });
            return Ok(if was_promised { refused() } else { Ok(UidlListing::Unsupported) });
        }
        let (mut entries, mut read) = (Vec::new(), Read::begin());
        while let Some(line) = self.listing_line("UIDL", &mut read).await? {
            // A line without an id is left out: that message is known by its size alone.
            entries.extend(listing::uidl_entry(&line));
        }
        Ok(Ok(UidlListing::Listed(listing::settle_uidls(entries))))
    }

    /// Returns the next line of a listing, unstuffed; `None` at the dot.
    async fn listing_line(
        &mut self,
        stage: &'static str,
        read: &mut Read,
    ) -> Result<Option<BytesMut>, Error> {
        let garbled = |detail| Err(Error::Garbled { stage, detail });
        if read.lines >= MAX_ENTRIES {
            return garbled(format!("the listing has more than {MAX_ENTRIES} lines"));
        }
        if read.bytes > MAX_LISTING {
            return garbled(format!("the listing has more than {MAX_LISTING} bytes"));
        }
        if read.since.elapsed() > LISTING {
            return Err(Error::TimedOut { stage, after: LISTING });
        }
        let after = self.wire.settings().answer_timeout;
        let mut line = self.wire.line(stage, after).await?;
        read.lines += 1;
        read.bytes += line.len();
        if line.as_ref() == b"." {
            return Ok(None);
        }
        if line.first() == Some(&b'.') {
            let _ = line.split_to(1);
        }
        Ok(Some(line))
    }

    async fn lines(&mut self, stage: &'static str) -> Result<Vec<Vec<u8>>, Error> {
        /// Most lines of CAPA: the longest seen in the field has thirty.
        const MAX_CAPABILITIES: usize = 1000;
        let (mut lines, mut read) = (Vec::new(), Read::begin());
        while let Some(line) = self.listing_line(stage, &mut read).await? {
            self.wire.note(format_args!("S: {}", crate::wire::clean(&line)));
            lines.push(line.to_vec());
            if lines.len() > MAX_CAPABILITIES {
                return Err(Error::Garbled {
                    stage,
                    detail: format!("more than {MAX_CAPABILITIES} lines"),
                });
            }
        }
        Ok(lines)
    }

    /// Reads the status line of RETR or TOP.
    pub(crate) async fn body_status(&mut self, stage: &'static str) -> Result<Status, Error> {
        self.wire.answer(stage).await
    }
}

/// What was read of an answer of many lines.
struct Read {
    lines: usize,
    bytes: usize,
    since: Instant,
}

impl Read {
    fn begin() -> Self {
        Self { lines: 0, bytes: 0, since: Instant::now() }
    }
}

fn unreadable(stage: &'static str) -> Error {
    Error::Garbled { stage, detail: "a line of the listing has no number or no size".to_owned() }
}

/// Returns the argument when it fits into one line.
pub(crate) fn sendable<'a>(what: &'static str, argument: &'a str) -> Result<&'a str, Error> {
    let is_whole = argument.len() <= MAX_COMMAND && !argument.contains(['\r', '\n', '\0']);
    if is_whole { Ok(argument) } else { Err(Error::Unsendable { what }) }
}
