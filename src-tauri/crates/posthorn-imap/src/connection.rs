//! `exec()`: one command, and every response up to its tag.
//!
//! Invariants: only a tagged `OK` makes a command a success. A connection whose answer was not read to its end (a
//! dropped future, a timeout, an error) is never used again. Everything that async-imap hands out is converted at
//! once, because it holds whole read blocks.

mod collected;
mod flight;

use async_imap::imap_proto::{RequestId, Response};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};

pub(crate) use collected::{Collected, too_many};

use crate::command::{Command, Part};
use crate::limit::{COMMAND, MAX_COLLECTED, MAX_UNASKED_LITERAL};
use crate::response::{self, Code, Condition, Reply, Status, Untagged};
use crate::session::Options;
use crate::shim::{Shim, Writing};
use crate::{Error, Result};

/// The end of a command's answer.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<Code>,
    /// The server's sentence.
    pub(crate) text: String,
}

/// What a step of an answer brought.
#[derive(Debug)]
pub(crate) enum Step {
    Untagged(Untagged),
    Continue(String),
    Done(Done),
}

/// A connection to a server.
pub(crate) struct Connection<S: AsyncRead + AsyncWrite + Unpin + Send> {
    session: async_imap::Session<Shim<S>>,
    stall: std::time::Duration,
    /// When the running command is given up, however busy the server keeps the connection.
    deadline: Instant,
    /// A command's answer is not read to its end. While it is set nothing else may be sent.
    is_busy: bool,
    /// What the server said when it announced to close.
    bye: Option<(Option<Code>, String)>,
    pub(crate) capabilities: Vec<String>,
    /// What is not believed although the server offers it, in upper case.
    pub(crate) distrusted: Vec<String>,
    /// Names go over the wire in UTF-8 (RFC 6855), in both directions.
    pub(crate) is_utf8: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    /// Makes a connection over a stream on which no greeting is to come.
    pub(crate) async fn new(stream: S, options: &Options) -> Result<Self> {
        let mut shim = Shim::new(stream, options)?;
        shim.rehearse();
        let session = async_imap::Client::new(shim).login("-", "-").await;
        let session = session.map_err(|(error, _)| Error::Local(error.to_string()))?;
        Ok(Self {
            session,
            stall: options.stall,
            deadline: Instant::now() + COMMAND,
            is_busy: false,
            bye: None,
            capabilities: Vec::new(),
            distrusted: Vec::new(),
            is_utf8: false,
        })
    }

    /// Returns the stream below async-imap.
    pub(crate) fn shim(&mut self) -> &mut Shim<S> {
        self.session.get_mut()
    }

    /// Returns the byte stream and gives the connection up. Refused when the server said more than was asked for
    /// (RFC 3207's lesson: what was injected before the handshake must not count as said after it).
    pub(crate) fn take_stream(&mut self) -> Result<S> {
        let is_busy = std::mem::replace(&mut self.is_busy, true);
        let shim = self.session.get_mut();
        if is_busy || shim.has_unread() {
            return Err(Error::Protocol(
                "the server said more before the encryption began".to_owned(),
            ));
        }
        shim.take_inner().ok_or_else(|| Error::Lost("the connection was given up".to_owned()))
    }

    /// Sends a command, its literals too, and returns its tag. What comes before a literal may be sent goes to
    /// `seen`. After this the answer must be read with [`Self::step`] until it is done.
    pub(crate) async fn start(
        &mut self,
        command: &Command,
        seen: &mut Collected,
    ) -> Result<RequestId> {
        if self.is_busy {
            return Err(Error::Lost("an earlier answer was not read to its end".to_owned()));
        }
        self.is_busy = true;
        self.renew_deadline();
        let unasked = self.has("LITERAL+") || self.has("LITERAL-");
        let parts = command.render(self.is_utf8);
        let mut parts = parts.iter();
        let mut line = match parts.next() {
            Some(Part::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let mut tag = None;
        while let Some(part) = parts.next() {
            let Part::Literal(bytes) = part else {
                continue;
            };
            let at_once = unasked && bytes.len() as u64 <= MAX_UNASKED_LITERAL;
            line = format!("{line}{{{}{}}}", bytes.len(), if at_once { "+" } else { "" });
            let tag = self.send_line(&mut tag, &line).await?;
            if !at_once {
                self.wait_for_continuation(&tag, seen).await?;
            }
            self.write_literal(bytes).await?;
            line = match parts.next() {
                Some(Part::Text(text)) => text.clone(),
                _ => String::new(),
            };
        }
        self.send_line(&mut tag, &line).await
    }

    async fn send_line(&mut self, tag: &mut Option<RequestId>, line: &str) -> Result<RequestId> {
        if let Some(tag) = tag {
            self.send_untagged(line).await?;
            return Ok(tag.clone());
        }
        let sent = timeout(self.stall, self.session.run_command(line)).await;
        let sent = sent.map_err(|_| Error::Timeout(self.stall))?.map_err(from_async_imap)?;
        *tag = Some(sent.clone());
        Ok(sent)
    }

    /// Sends a line that belongs to the running command: the rest after a literal, `DONE`, a challenge's answer.
    pub(crate) async fn send_untagged(&mut self, line: &str) -> Result<()> {
        let sent = timeout(self.stall, self.session.run_command_untagged(line)).await;
        sent.map_err(|_| Error::Timeout(self.stall))?.map_err(from_async_imap)
    }

    /// Writes octets of a literal and flushes them; the transcript shows their number alone.
    pub(crate) async fn write_literal(&mut self, bytes: &[u8]) -> Result<()> {
        let stall = self.stall;
        let shim = self.session.get_mut();
        shim.writing = Writing::Literal;
        shim.log_literal(bytes.len() as u64);
        let write = async {
            shim.write_all(bytes).await?;
            shim.flush().await
        };
        let written = timeout(stall, write).await;
        self.session.get_mut().writing = Writing::Command;
        written.map_err(|_| Error::Timeout(stall))?.map_err(Error::from_io)
    }

    /// Reads until the server asks for the literal; a refusal instead is the command's end.
    pub(crate) async fn wait_for_continuation(
        &mut self,
        tag: &RequestId,
        seen: &mut Collected,
    ) -> Result<String> {
        loop {
            match self.step(tag).await? {
                Step::Continue(text) => return Ok(text),
                Step::Untagged(untagged) => seen.push(untagged)?,
                Step::Done(_) => {
                    self.is_busy = true;
                    return Err(Error::Protocol(
                        "the server did not wait for the literal".to_owned(),
                    ));
                }
            }
        }
    }

    /// Reads the next reply of the command `tag`. `NO` and `BAD` are errors.
    pub(crate) async fn step(&mut self, tag: &RequestId) -> Result<Step> {
        let reply = self.read().await?;
        self.take_step(tag, reply)
    }

    /// Says what a reply means to the command `tag`.
    pub(crate) fn take_step(&mut self, tag: &RequestId, reply: Reply) -> Result<Step> {
        match reply {
            Reply::Untagged(untagged) => Ok(Step::Untagged(untagged)),
            Reply::Continue(text) => Ok(Step::Continue(text)),
            Reply::Done { tag: other, .. } if other != tag.0 => {
                Err(Error::Protocol("the server answered a command that was not sent".to_owned()))
            }
            Reply::Done { status, .. } => {
                self.is_busy = false;
                finish(status).map(Step::Done)
            }
        }
    }

    /// Runs a command and collects what comes with its answer, in order and within limits.
    pub(crate) async fn exec(&mut self, command: &Command) -> Result<(Vec<Untagged>, Done)> {
        self.exec_with(command, MAX_COLLECTED, &mut |untagged| Ok(Some(untagged))).await
    }

    /// The same for an answer of up to `most` responses of which not all need be kept as they are: `take` is given each
    /// and returns what is to be collected.
    pub(crate) async fn exec_with(
        &mut self,
        command: &Command,
        most: usize,
        take: &mut (dyn FnMut(Untagged) -> Result<Option<Untagged>> + Send),
    ) -> Result<(Vec<Untagged>, Done)> {
        let mut seen = Collected::default();
        let tag = self.start(command, &mut seen).await?;
        let mut count = 0;
        loop {
            match self.step(&tag).await? {
                Step::Untagged(untagged) => {
                    count += 1;
                    if count > most {
                        return Err(too_many(most));
                    }
                    if let Some(kept) = take(untagged)? {
                        seen.push(kept)?;
                    }
                }
                Step::Done(done) => return Ok((seen.into_vec(), done)),
                Step::Continue(_) => {
                    return Err(Error::Protocol(
                        "the server waits for more, and there is none".to_owned(),
                    ));
                }
            }
        }
    }

    /// Reads one reply, within the stall time; a server that still sends bytes of a long one is not dead, until the
    /// command has taken longer than any may.
    pub(crate) async fn read(&mut self) -> Result<Reply> {
        loop {
            let before = self.shim().received.octets();
            let left = self.deadline.saturating_duration_since(Instant::now());
            match timeout(self.stall.min(left), self.read_patiently()).await {
                Ok(reply) => return reply,
                Err(_)
                    if self.shim().received.octets() > before && Instant::now() < self.deadline => {
                }
                Err(_) => {
                    self.is_busy = true;
                    return Err(Error::Timeout(if left < self.stall {
                        COMMAND
                    } else {
                        self.stall
                    }));
                }
            }
        }
    }

    /// Gives the running command its whole time again: it was waiting with our consent (IDLE).
    pub(crate) fn renew_deadline(&mut self) {
        self.deadline = Instant::now() + COMMAND;
    }

    /// Reads one reply, however long it takes. May be dropped and called again.
    pub(crate) async fn read_patiently(&mut self) -> Result<Reply> {
        let read = self.session.read_response().await;
        let reply = match read {
            Ok(Some(data)) => take_over(data.parsed(), self.session.get_mut())
                .map(|reply| if self.is_utf8 { reply.respelt() } else { reply }),
            Ok(None) => Err(Error::Lost("the server closed it".to_owned())),
            Err(error) => Err(Error::from_io(error)),
        };
        match reply {
            Ok(reply) => {
                self.notice(&reply);
                Ok(reply)
            }
            Err(error) => {
                self.is_busy = true;
                match (error, self.bye.take()) {
                    (Error::Lost(_), Some((code, text))) => Err(Error::of_bye(code.as_ref(), text)),
                    (error, _) => Err(error),
                }
            }
        }
    }

    /// Remembers what concerns the connection, whoever asked.
    fn notice(&mut self, reply: &Reply) {
        let status = match reply {
            Reply::Untagged(Untagged::Capability(list)) => {
                self.capabilities.clone_from(list);
                return;
            }
            Reply::Untagged(Untagged::Status(status)) | Reply::Done { status, .. } => status,
            _ => return,
        };
        if let Some(Code::Capability(list)) = &status.code {
            self.capabilities.clone_from(list);
        }
        if status.condition == Condition::Bye {
            self.bye = Some((status.code.clone(), status.text.clone()));
        }
    }

    pub(crate) fn has(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|own| own == capability)
            && !self.distrusted.iter().any(|own| own == capability)
    }
}

fn take_over<S>(data: &Response<'_>, shim: &mut Shim<S>) -> Result<Reply> {
    let text = match data {
        Response::Done { outcome, .. }
        | Response::Data { outcome, .. }
        | Response::Continue(outcome) => outcome.information.as_deref().unwrap_or_default(),
        _ => "",
    };
    match shim.take_raw(text) {
        Some(frame) => response::parse(frame),
        None => response::convert(data)
            .ok_or_else(|| Error::Protocol("an answer was not understood".to_owned())),
    }
}

/// Says what the end of a command means.
fn finish(status: Status) -> Result<Done> {
    let Status { condition, code, text } = status;
    match condition {
        Condition::Ok => Ok(Done { code, text }),
        Condition::No => Err(Error::No { code, text }),
        _ => Err(Error::Bad { code, text }),
    }
}

fn from_async_imap(error: async_imap::error::Error) -> Error {
    match error {
        async_imap::error::Error::Io(error) => Error::from_io(error),
        other => Error::Lost(crate::error::clip(&other.to_string(), 200)),
    }
}
