//! Lines and bytes of one connection: limits, deadlines, poisoning, the redacted transcript.
//!
//! Invariant: `busy` is set from the first byte of a command until its last answer was read whole. A command that
//! finds it set was preceded by a failure or a dropped future, and refuses to run.

use std::{fmt, io, sync::Arc, time::Duration};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use crate::{Error, Refusal};

/// Longest status or listing line. RFC 2449 section 4 says 512; servers quote whole paths in their errors.
pub(crate) const MAX_LINE: usize = 8 * 1024;
/// Longest command with its arguments, without CRLF (RFC 2449 section 4 says 255; long passwords exist).
pub(crate) const MAX_COMMAND: usize = 1000;
/// Bytes asked of the stream at once: two TLS records.
const READ_CHUNK: usize = 32 * 1024;

/// Receives every line, `C: ` or `S: ` before it; passwords are replaced and mail text is left out.
///
/// It gets what is to be put together, not the text: a line that nobody wants costs nothing.
pub type Transcript = Arc<dyn Fn(fmt::Arguments<'_>) + Send + Sync>;

/// What came to a line of a SASL exchange.
pub(crate) enum Answered {
    /// The end of it.
    Status(Status),
    /// A question, as it came (base64).
    Challenge(String),
}

/// How a session behaves.
#[derive(Clone)]
pub struct Settings {
    /// How long one command may go without its whole status line, and how long a stream of lines may be silent.
    pub answer_timeout: Duration,
    /// How long the greeting may take; some servers look the client up first.
    pub greeting_timeout: Duration,
    /// Where the redacted dialogue goes. `None`: nowhere.
    pub transcript: Option<Transcript>,
}

impl Default for Settings {
    fn default() -> Self {
        let minute = Duration::from_mins(1);
        Self { answer_timeout: minute, greeting_timeout: minute, transcript: None }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("answer_timeout", &self.answer_timeout)
            .finish_non_exhaustive()
    }
}

/// A status line.
pub(crate) type Status = Result<String, Refusal>;

/// One connection.
pub(crate) struct Wire<S> {
    stream: S,
    buffer: BytesMut,
    settings: Settings,
    busy: bool,
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Wire<S> {
    pub(crate) fn new(stream: S, settings: Settings) -> Self {
        Self { stream, buffer: BytesMut::new(), settings, busy: false }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn is_usable(&self) -> bool {
        !self.busy
    }

    /// Marks the beginning of a command; fails where the last one did not end.
    pub(crate) fn begin(&mut self) -> Result<(), Error> {
        if self.busy {
            return Err(Error::Poisoned);
        }
        self.busy = true;
        Ok(())
    }

    /// Marks the end: every answer was read.
    pub(crate) fn end(&mut self) {
        self.busy = false;
    }

    pub(crate) fn has_buffered(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Returns the stream and the settings; the caller has made sure that nothing is buffered.
    pub(crate) fn into_parts(self) -> (S, Settings) {
        (self.stream, self.settings)
    }

    pub(crate) fn note(&self, line: fmt::Arguments<'_>) {
        if let Some(transcript) = &self.settings.transcript {
            transcript(line);
        }
    }

    /// Sends lines in one write. `shown` is what the transcript gets.
    pub(crate) async fn send(
        &mut self,
        stage: &'static str,
        lines: &str,
        shown: &str,
    ) -> Result<(), Error> {
        for line in shown.lines() {
            self.note(format_args!("C: {line}"));
        }
        let after = self.settings.answer_timeout;
        let write = async {
            self.stream.write_all(lines.as_bytes()).await?;
            self.stream.flush().await
        };
        match tokio::time::timeout(after, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(source)) => Err(Error::Lost { stage, source }),
            Err(_) => Err(Error::TimedOut { stage, after }),
        }
    }

    /// Reads more bytes; end of file is an error.
    async fn fill(
        &mut self,
        stage: &'static str,
        deadline: Instant,
        after: Duration,
    ) -> Result<(), Error> {
        self.buffer.reserve(READ_CHUNK);
        match timeout_at(deadline, self.stream.read_buf(&mut self.buffer)).await {
            Ok(Ok(0)) => Err(Error::Lost { stage, source: io::ErrorKind::UnexpectedEof.into() }),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(source)) => Err(Error::Lost { stage, source }),
            Err(_) => Err(Error::TimedOut { stage, after }),
        }
    }

    /// Returns the next line without its end.
    pub(crate) async fn line(
        &mut self,
        stage: &'static str,
        after: Duration,
    ) -> Result<BytesMut, Error> {
        let deadline = Instant::now() + after;
        let mut scanned = 0;
        loop {
            let rest = self.buffer.get(scanned..).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', rest) {
                let mut line = self.buffer.split_to(scanned + at + 1);
                line.truncate(line.len() - 1);
                if line.last() == Some(&b'\r') {
                    line.truncate(line.len() - 1);
                }
                return Ok(line);
            }
            scanned = self.buffer.len();
            if scanned > MAX_LINE {
                return Err(Error::Garbled {
                    stage,
                    detail: format!("a line is longer than {MAX_LINE} bytes"),
                });
            }
            self.fill(stage, deadline, after).await?;
        }
    }

    /// Lets nothing more be asked.
    pub(crate) fn poison(&mut self) {
        self.busy = true;
    }

    /// Reads what answers a line of a SASL exchange: a status, or nothing for a challenge (RFC 5034 section 4).
    pub(crate) async fn answer_or_challenge(
        &mut self,
        stage: &'static str,
    ) -> Result<Answered, Error> {
        let line = self.line(stage, self.settings.answer_timeout).await?;
        if line.first() == Some(&b'+') && line.get(1).is_none_or(|byte| *byte == b' ') {
            self.note(format_args!("S: + •••"));
            let challenge = clean(line.get(1..).unwrap_or_default());
            return Ok(Answered::Challenge(challenge.trim().to_owned()));
        }
        self.read_status(stage, &line).map(Answered::Status)
    }

    /// Reads a status line (RFC 1939 section 3). The outer error is fatal, the inner one a refusal.
    pub(crate) async fn status(
        &mut self,
        stage: &'static str,
        after: Duration,
    ) -> Result<Status, Error> {
        let line = self.line(stage, after).await?;
        self.read_status(stage, &line)
    }

    fn read_status(&self, stage: &'static str, line: &[u8]) -> Result<Status, Error> {
        let text = clean(line);
        self.note(format_args!("S: {text}"));
        let word = text.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let rest = text.split_once(' ').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        match word.as_str() {
            "+OK" => Ok(Ok(rest)),
            "-ERR" => Ok(Err(Refusal::parse(&rest))),
            _ => Err(Error::Garbled {
                stage,
                detail: format!("neither +OK nor -ERR but {:?}", head(&text)),
            }),
        }
    }

    /// Reads the status line that answers a command.
    pub(crate) async fn answer(&mut self, stage: &'static str) -> Result<Status, Error> {
        self.status(stage, self.settings.answer_timeout).await
    }

    /// Returns what has been received and not used; waits for at least one byte.
    pub(crate) async fn chunk(&mut self, stage: &'static str) -> Result<BytesMut, Error> {
        if self.buffer.is_empty() {
            let after = self.settings.answer_timeout;
            self.fill(stage, Instant::now() + after, after).await?;
        }
        Ok(self.buffer.split())
    }

    /// Puts back what lies behind the end of an answer; the buffer is empty since [`Self::chunk`].
    pub(crate) fn put_back(&mut self, rest: BytesMut) {
        self.buffer = rest;
    }
}

/// Returns a line as words for people: invalid bytes replaced, control characters removed.
pub(crate) fn clean(line: &[u8]) -> String {
    decode(line).chars().filter(|character| !character.is_control()).collect()
}

/// Returns a line's text. Chinese servers speak GBK in their errors, others what nobody can tell: bytes that come in pairs
/// are read as GB18030, the rest is replaced.
fn decode(line: &[u8]) -> std::borrow::Cow<'_, str> {
    let is_paired = || line.split(u8::is_ascii).all(|run| run.len() % 2 == 0);
    let chinese = || encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(line);
    match std::str::from_utf8(line) {
        Ok(text) => text.into(),
        Err(_) if is_paired() => chinese().unwrap_or_else(|| String::from_utf8_lossy(line)),
        Err(_) => String::from_utf8_lossy(line),
    }
}

/// Returns the beginning of a text for an error.
fn head(text: &str) -> String {
    text.chars().take(60).collect()
}
