//! RETR and TOP: messages streamed into a sink, several asked for ahead where the server takes it.

use std::collections::VecDeque;

use bytes::Buf as _;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::{Error, Session, Unstuffer};

/// Bytes of messages asked for ahead: keeps a fast line busy through the round trip and little unasked work in flight.
const WINDOW_BYTES: u64 = 4 << 20;
/// Commands asked for ahead: their lines fit into the smallest socket buffer, so neither side can block the other.
pub(crate) const WINDOW_COMMANDS: usize = 64;
/// Bytes of a message that is too large, skipped so that the session can go on; beyond it a new connection is cheaper.
const MAX_SKIPPED: u64 = 64 << 20;

/// Bytes that a header is taken to have when several are asked for ahead: few have more.
const HEAD_BYTES: u64 = 8 << 10;

/// What is asked of each message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    /// All of it (RETR).
    Whole,
    /// Its header and so many lines (TOP).
    Head(u32),
}

impl Ask {
    fn name(self) -> &'static str {
        match self {
            Self::Whole => "RETR",
            Self::Head(_) => "TOP",
        }
    }

    fn line(self, number: u32) -> String {
        match self {
            Self::Whole => format!("RETR {number}\r\n"),
            Self::Head(lines) => format!("TOP {number} {lines}\r\n"),
        }
    }
}

/// A message to be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Its number in this session.
    pub number: u32,
    /// Its size by LIST, for the window; never believed otherwise.
    pub size: u64,
}

/// A message that was received whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retrieved {
    /// Bytes written to the sink: unstuffed, with the CRLF of the last line, without the terminating dot.
    pub bytes: u64,
}

/// One step of [`Fetching`].
#[derive(Debug)]
pub struct Fetched {
    /// The message's number in this session.
    pub number: u32,
    /// Whether the sink holds the whole message. A refused or too large one does not stop the next.
    pub result: Result<Retrieved, Error>,
}

/// Messages under way. Dropped before its end it poisons the session, because answers are still coming.
pub struct Fetching<'a, S> {
    session: &'a mut Session<S>,
    ask: Ask,
    waiting: VecDeque<Fetch>,
    asked: VecDeque<Fetch>,
    limit: u64,
    /// Set while an answer is half read: a dropped [`Self::next`] leaves it set.
    is_reading: bool,
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Session<S> {
    /// Prepares to fetch `messages` in this order, none above `limit` bytes. RETRs are sent ahead where the server pipelines.
    pub fn fetch(&mut self, messages: Vec<Fetch>, limit: u64) -> Fetching<'_, S> {
        self.ask_for(Ask::Whole, messages, limit)
    }

    /// Prepares to fetch the headers and `lines` lines of these messages in this order, none above `limit` bytes. TOPs are
    /// sent ahead where the server pipelines.
    pub fn fetch_heads(&mut self, numbers: &[u32], lines: u32, limit: u64) -> Fetching<'_, S> {
        let size = HEAD_BYTES.saturating_add(u64::from(lines) * 80);
        let messages = numbers.iter().map(|number| Fetch { number: *number, size }).collect();
        self.ask_for(Ask::Head(lines), messages, limit)
    }

    fn ask_for(&mut self, ask: Ask, messages: Vec<Fetch>, limit: u64) -> Fetching<'_, S> {
        Fetching {
            session: self,
            ask,
            waiting: messages.into(),
            asked: VecDeque::new(),
            limit,
            is_reading: false,
        }
    }

    /// Fetches one message into `sink`; `progress` hears the bytes so far.
    pub async fn retr<W: AsyncWrite + Send + Unpin>(
        &mut self,
        number: u32,
        sink: &mut W,
        limit: u64,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Retrieved, Error> {
        let line = format!("RETR {number}");
        self.ask_body("RETR", &line).await?;
        self.take_body("RETR", number, sink, limit, progress).await
    }

    /// Fetches the header and `lines` lines of the body into `sink` (TOP, RFC 1939 section 7).
    pub async fn top<W: AsyncWrite + Send + Unpin>(
        &mut self,
        number: u32,
        lines: u32,
        sink: &mut W,
        limit: u64,
    ) -> Result<Retrieved, Error> {
        self.ask_body("TOP", &format!("TOP {number} {lines}")).await?;
        self.take_body("TOP", number, sink, limit, &mut |_| ()).await
    }

    async fn ask_body(&mut self, stage: &'static str, line: &str) -> Result<(), Error> {
        self.wire.begin()?;
        self.wire.send(stage, &format!("{line}\r\n"), line).await
    }

    /// Reads one answer and ends the command, unless what happened is fatal.
    async fn take_body<W: AsyncWrite + Send + Unpin>(
        &mut self,
        stage: &'static str,
        number: u32,
        sink: &mut W,
        limit: u64,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Retrieved, Error> {
        let result = self.read_body(stage, number, sink, limit, progress).await;
        if !is_fatal(&result) {
            self.wire.end();
        }
        result
    }

    /// Reads status line and message.
    async fn read_body<W: AsyncWrite + Send + Unpin>(
        &mut self,
        stage: &'static str,
        number: u32,
        sink: &mut W,
        limit: u64,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Retrieved, Error> {
        if let Err(refusal) = self.body_status(stage).await? {
            return Err(Error::Refused { command: stage, refusal });
        }
        let mut unstuffer = Unstuffer::default();
        let (mut text, mut bytes, mut ended) = (Vec::new(), 0_u64, false);
        while !ended {
            let mut chunk = self.wire.chunk(stage).await?;
            text.clear();
            if let Some(used) = unstuffer.push(&chunk, &mut text) {
                chunk.advance(used);
                self.wire.put_back(chunk);
                ended = true;
            }
            bytes += text.len() as u64;
            if bytes > limit.saturating_add(MAX_SKIPPED) {
                return Err(Error::Garbled {
                    stage,
                    detail: "the message does not end".to_owned(),
                });
            }
            if bytes <= limit {
                sink.write_all(&text).await.map_err(Error::Sink)?;
                progress(bytes);
            }
        }
        if bytes > limit {
            return Err(Error::TooLarge { number, limit });
        }
        sink.flush().await.map_err(Error::Sink)?;
        self.wire.note(format_args!("S: ({bytes} bytes of message {number})"));
        Ok(Retrieved { bytes })
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Fetching<'_, S> {
    /// Fetches the next message into `sink`; `progress` hears the bytes so far. Returns `None` when all are done, or
    /// when the session broke: then the one before it said so.
    pub async fn next<W: AsyncWrite + Send + Unpin>(
        &mut self,
        sink: &mut W,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Option<Fetched> {
        let is_broken = std::mem::replace(&mut self.is_reading, true);
        let asked = if is_broken { Err(Error::Poisoned) } else { self.ask_ahead().await };
        if let Err(error) = asked {
            let next = self.asked.pop_front().or_else(|| self.waiting.pop_front())?;
            self.give_up();
            return Some(Fetched { number: next.number, result: Err(error) });
        }
        let number = self.asked.front()?.number;
        let stage = self.ask.name();
        let result = self.session.read_body(stage, number, sink, self.limit, progress).await;
        self.is_reading = false;
        self.asked.pop_front();
        if is_fatal(&result) {
            self.give_up();
        } else if self.asked.is_empty() {
            self.session.wire.end();
        }
        Some(Fetched { number, result })
    }

    /// Sends RETRs until the window is full. Not before half of its commands are answered: a command by itself costs either
    /// side a packet and a turn, and a small message is not much more.
    async fn ask_ahead(&mut self) -> Result<(), Error> {
        let window = if self.session.capabilities().pipelining { WINDOW_COMMANDS } else { 1 };
        if self.asked.len() > window / 2 {
            return Ok(());
        }
        let mut bytes: u64 = self.asked.iter().map(|fetch| fetch.size).fold(0, u64::saturating_add);
        let mut lines = String::new();
        let begins = self.asked.is_empty();
        while let Some(next) = self.waiting.front().copied() {
            let is_full =
                bytes.saturating_add(next.size) > WINDOW_BYTES || self.asked.len() >= window;
            if is_full && !self.asked.is_empty() {
                break;
            }
            bytes = bytes.saturating_add(next.size);
            lines.push_str(&self.ask.line(next.number));
            self.asked.extend(self.waiting.pop_front());
        }
        if lines.is_empty() {
            return Ok(());
        }
        if begins {
            self.session.wire.begin()?;
        }
        self.session.wire.send(self.ask.name(), &lines, &lines).await
    }

    fn give_up(&mut self) {
        self.waiting.clear();
        self.asked.clear();
    }
}

/// Returns whether the session is in an unknown place after this.
fn is_fatal<T>(result: &Result<T, Error>) -> bool {
    !matches!(result, Ok(_) | Err(Error::Refused { .. } | Error::TooLarge { .. }))
}
