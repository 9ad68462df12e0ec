//! The stream between lettre and the network: one clean line per read, a record of each reply, and a second handle on
//! which the message itself is written.
//!
//! Why: lettre buffers what it reads, so that bytes sent before a TLS handshake would be believed after it; it drops
//! the status of a reply that is not UTF-8; and it sends the dot in the same call as the message. So it is given at
//! most one line at a time, in the form that it understands, and never sees a message.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::{fmt, io, net::SocketAddr};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Longest line of a reply (RFC 5321 section 4.5.3.1.5 says 512).
const MAX_LINE: usize = 64 * 1024;
/// What is passed on of a line: lettre gives up above 1,000 bytes.
const PASSED_LINE: usize = 900;
/// Most lines of one reply; lettre gives up at 100 kB anyway.
const MAX_LINES: usize = 1000;

/// What both handles share.
struct Shared<S> {
    /// `None` once the stream was given back.
    stream: Option<S>,
    /// Received and not yet a line.
    raw: Vec<u8>,
    /// A clean line on its way to lettre.
    ready: Vec<u8>,
    /// The lines of the reply that is being read, without code and separator.
    record: Vec<String>,
    /// Whether the next write is lettre's own EHLO, which is answered from `ready` and never sent.
    swallow: bool,
}

/// A handle on the stream.
pub(crate) struct Tap<S>(Arc<Mutex<Shared<S>>>);

impl<S> Clone for Tap<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> fmt::Debug for Tap<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tap")
    }
}

impl<S> Tap<S> {
    /// Wraps a stream on which nothing was read yet. lettre is told a greeting and an answer to EHLO that it wants to hear
    /// before it gives the connection out; the real ones are read afterwards.
    pub(crate) fn new(stream: S) -> Self {
        let ready = b"220 ready\r\n250 ready\r\n".to_vec();
        let shared = Shared {
            stream: Some(stream),
            raw: Vec::new(),
            ready,
            record: Vec::new(),
            swallow: true,
        };
        Self(Arc::new(Mutex::new(shared)))
    }

    fn shared(&self) -> MutexGuard<'_, Shared<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lines of the reply that was just read.
    pub(crate) fn take_record(&self) -> Vec<String> {
        std::mem::take(&mut self.shared().record)
    }

    /// Returns whether bytes came that nobody asked for yet.
    pub(crate) fn has_buffered(&self) -> bool {
        let shared = self.shared();
        !shared.raw.is_empty() || !shared.ready.is_empty()
    }

    /// Gives the stream back; the handles are dead afterwards.
    pub(crate) fn take_stream(&self) -> Option<S> {
        self.shared().stream.take()
    }
}

impl<S> Shared<S> {
    /// Moves one received line to `ready` and into the record. Returns whether there was one.
    fn next_line(&mut self) -> io::Result<bool> {
        let Some(at) = self.raw.iter().position(|byte| *byte == b'\n') else {
            let is_long = self.raw.len() > MAX_LINE;
            return if is_long {
                Err(invalid("a line of the reply is too long"))
            } else {
                Ok(false)
            };
        };
        let rest = self.raw.split_off(at + 1);
        let line = std::mem::replace(&mut self.raw, rest);
        let text: String =
            decode(&line).chars().filter(|character| !character.is_control()).collect();
        let code: String = text.chars().take(3).collect();
        let separator = text.chars().nth(3).unwrap_or(' ');
        let words: String = text.chars().skip(4).collect();
        if self.record.len() >= MAX_LINES {
            return Err(invalid("the reply has too many lines"));
        }
        let mut passed = format!("{code}{separator}{words}");
        passed.truncate(passed.floor_char_boundary(PASSED_LINE));
        self.ready = format!("{passed}\r\n").into_bytes();
        self.record.push(words);
        Ok(true)
    }

    fn stream(&mut self) -> io::Result<&mut S> {
        self.stream.as_mut().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
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

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut shared = self.shared();
        while shared.ready.is_empty() && !shared.next_line()? {
            let mut bytes = [0; 4096];
            let mut buffer = ReadBuf::new(&mut bytes);
            ready!(Pin::new(shared.stream()?).poll_read(context, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            shared.raw.extend_from_slice(buffer.filled());
        }
        let line = shared
            .ready
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(shared.ready.len(), |at| at + 1);
        let rest = shared.ready.split_off(line.min(out.remaining()));
        out.put_slice(&std::mem::replace(&mut shared.ready, rest));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut shared = self.shared();
        if std::mem::take(&mut shared.swallow) {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(shared.stream()?).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.shared().stream()?).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.shared().stream()?).poll_shutdown(context)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> AsyncTokioStream for Tap<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
