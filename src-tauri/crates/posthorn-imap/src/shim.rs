//! The byte stream below async-imap: frames the server's bytes and hands on only what async-imap reads safely.
//!
//! Why: imap-proto panics on some answers, overflows the stack on nested ones, is quadratic on long ones and ends
//! the session at the first it does not know; async-imap takes the end of the stream for success and holds whole
//! literals in memory. Here a complete frame is tried under `catch_unwind`; if async-imap's reading of it is one
//! that we can take over, it passes unchanged. Otherwise the frame goes into a queue for our own tokeniser, and a
//! stand-in line with an unguessable mark keeps its position. The end of the stream is an error.
//!
//! Where the connection is compressed (RFC 4978), that happens here, below the frames, so that all their limits hold for
//! what was unpacked.
//!
//! Invariant: one frame is handed out per read, so when a command's last line was read, nothing that the server
//! sent before it was asked lies unseen in async-imap's buffer (STARTTLS rests on this).

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_imap::imap_proto::Response;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::deflate::Deflate;
use crate::frame::{Frame, Framer};
use crate::limit::MAX_PASSED_FRAME;
use crate::response::convert;
use crate::session::Options;
use crate::traffic::Traffic;
use crate::{Error, WireLog};

/// Octets asked from the network at once.
const READ_SIZE: usize = 32 << 10;

/// How what is written appears in the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writing {
    /// As it is, but for LOGIN and AUTHENTICATE.
    Command,
    /// Not at all: a literal, announced by its size.
    Literal,
}

/// The adapter between a byte stream and async-imap.
pub(crate) struct Shim<S> {
    /// Absent once the stream was given back.
    inner: Option<S>,
    framer: Framer,
    input: Vec<u8>,
    input_at: usize,
    output: Vec<u8>,
    output_at: usize,
    raw: VecDeque<Frame>,
    mark: String,
    written: Vec<u8>,
    written_at: usize,
    /// Absent while the connection is not compressed.
    codec: Option<Box<Deflate>>,
    /// What came and is not unpacked yet.
    packed: Vec<u8>,
    packed_at: usize,
    /// `written` is packed already.
    is_packed: bool,
    is_rehearsal: bool,
    log: Option<WireLog>,
    /// What is being written now.
    pub(crate) writing: Writing,
    /// A sign-in is going on: neither side's lines are logged.
    pub(crate) is_secret: bool,
    /// Octets read since the beginning: shows whether the server is still alive.
    pub(crate) received: Traffic,
}

impl<S> std::fmt::Debug for Shim<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Shim")
    }
}

impl<S> Shim<S> {
    pub(crate) fn new(inner: S, options: &Options) -> crate::Result<Self> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|error| Error::Local(error.to_string()))?;
        let mark = nonce.iter().fold("XPH".to_owned(), |mark, byte| format!("{mark}{byte:02x}"));
        Ok(Self {
            inner: Some(inner),
            framer: Framer::new(options.spool_dir.clone()),
            input: Vec::new(),
            input_at: 0,
            output: Vec::new(),
            output_at: 0,
            raw: VecDeque::new(),
            mark,
            written: Vec::new(),
            written_at: 0,
            codec: None,
            packed: Vec::new(),
            packed_at: 0,
            is_packed: false,
            is_rehearsal: false,
            log: options.wire_log.clone(),
            writing: Writing::Command,
            is_secret: false,
            received: Traffic::default(),
        })
    }

    /// Makes the next command be answered with `OK` here instead of being sent. async-imap gives a session only
    /// to who signs in through its own methods, and those lose the server's sentence: so they sign in to us.
    pub(crate) fn rehearse(&mut self) {
        self.is_rehearsal = true;
    }

    /// Returns the frame for which a stand-in line was read.
    pub(crate) fn take_raw(&mut self, text: &str) -> Option<Frame> {
        if text == self.mark { self.raw.pop_front() } else { None }
    }

    /// Tells whether the server said more than was asked for.
    pub(crate) fn has_unread(&self) -> bool {
        self.input_at < self.input.len()
            || self.output_at < self.output.len()
            || self.packed_at < self.packed.len()
            || self.framer.is_inside()
    }

    /// Gives the byte stream back; nothing can be read or written here afterwards.
    pub(crate) fn take_inner(&mut self) -> Option<S> {
        self.inner.take()
    }

    /// From here on both sides speak compressed. What the server sent after its `OK` is compressed already.
    pub(crate) fn compress(&mut self) {
        self.packed = self.input.get(self.input_at..).unwrap_or_default().to_vec();
        self.packed_at = 0;
        self.input.clear();
        self.input_at = 0;
        self.codec = Some(Box::new(Deflate::new()));
    }

    /// Tells whether the connection is compressed.
    pub(crate) fn is_compressed(&self) -> bool {
        self.codec.is_some()
    }

    /// Unpacks some of what came. Returns false where more must come first.
    fn unpack(&mut self) -> crate::Result<bool> {
        let Some(codec) = &mut self.codec else { return Ok(false) };
        let rest = self.packed.get(self.packed_at..).unwrap_or_default();
        if rest.is_empty() && !codec.has_more() {
            return Ok(false);
        }
        self.packed_at += codec.unpack(rest, &mut self.input)?;
        self.input_at = 0;
        self.received.add(self.input.len());
        Ok(true)
    }

    fn stream(&mut self) -> io::Result<&mut S> {
        self.inner.as_mut().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    pub(crate) fn log_literal(&self, octets: u64) {
        if let Some(log) = &self.log {
            log.client_literal(octets);
        }
    }

    fn emit(&mut self, frame: Frame) -> crate::Result<()> {
        if let Some(log) = &self.log {
            log.server(&frame, self.is_secret);
        }
        self.output_at = 0;
        self.output.clear();
        if let Some(line) = frame.line().filter(|line| passes(line, &self.mark)) {
            self.output.extend_from_slice(line);
        } else {
            let stand_in = stand_in(frame.head())?;
            self.output.extend_from_slice(&stand_in);
            self.output.extend_from_slice(self.mark.as_bytes());
            self.raw.push_back(frame);
        }
        self.output.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// Logs what is about to be written.
    fn log_written(&self) {
        if let Some(log) = &self.log
            && self.writing == Writing::Command
            && self.written_at == 0
            && !self.is_rehearsal
        {
            log.client(&self.written, self.is_secret);
        }
    }

    fn finish_rehearsal(&mut self) {
        let tag = self.written.split(|byte| *byte == b' ').next().unwrap_or_default().to_vec();
        self.output = [&tag[..], b" OK rehearsed\r\n"].concat();
        self.output_at = 0;
        self.written.clear();
        self.is_rehearsal = false;
    }
}

/// Tells whether async-imap reads the line without loss, panic or delay.
fn passes(line: &[u8], mark: &str) -> bool {
    if line.len() > MAX_PASSED_FRAME || line.windows(mark.len()).any(|part| part == mark.as_bytes())
    {
        return false;
    }
    let mut whole = line.to_vec();
    whole.extend_from_slice(b"\r\n");
    // These kinds nest or are read with losses: imap-proto must not even try them.
    let kind = line
        .split(|byte| *byte == b' ')
        .find(|word| *word != b"*" && !word.iter().all(u8::is_ascii_digit));
    let nests: &[&[u8]] =
        &[b"FETCH", b"LIST", b"LSUB", b"STATUS", b"SEARCH", b"SORT", b"THREAD", b"ID", b"ENABLED"];
    if line.starts_with(b"* ")
        && nests.iter().any(|name| kind.is_some_and(|kind| kind.eq_ignore_ascii_case(name)))
    {
        return false;
    }
    let tried = AssertUnwindSafe(|| match Response::parse(&whole) {
        Ok((rest, response)) => rest.is_empty() && convert(&response).is_some(),
        Err(_) => false,
    });
    catch_unwind(tried).unwrap_or(false)
}

/// Returns the beginning of the line that stands in for a frame: of the same kind, so that tags still match.
fn stand_in(head: &[u8]) -> crate::Result<Vec<u8>> {
    if head.starts_with(b"* ") {
        return Ok(b"* OK ".to_vec());
    }
    if head.starts_with(b"+") {
        return Ok(b"+ ".to_vec());
    }
    let mut words = head.split(|byte| *byte == b' ');
    let (tag, status) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_tag = !tag.is_empty() && tag.len() <= 32 && tag.iter().all(u8::is_ascii_alphanumeric);
    let statuses: &[&[u8]] = &[b"OK", b"NO", b"BAD"];
    match statuses.iter().find(|name| status.eq_ignore_ascii_case(name)) {
        Some(status) if is_tag => Ok([tag, b" ", status, b" "].concat()),
        _ => Err(Error::Protocol("a line is neither data nor status".to_owned())),
    }
}

impl<S: AsyncRead + Unpin> Shim<S> {
    /// Reads once from the network.
    fn poll_network(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let is_packed = self.codec.is_some();
        let (buffer, at) = if is_packed {
            (&mut self.packed, &mut self.packed_at)
        } else {
            (&mut self.input, &mut self.input_at)
        };
        buffer.resize(READ_SIZE, 0);
        // Nothing of it is to be looked at while it is not filled.
        *at = buffer.len();
        let Some(inner) = &mut self.inner else {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        };
        let mut network = ReadBuf::new(buffer);
        ready!(Pin::new(inner).poll_read(cx, &mut network))?;
        let len = network.filled().len();
        if len == 0 {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        buffer.truncate(len);
        *at = 0;
        if !is_packed {
            self.received.add(len);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Shim<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if let Some(rest) = this.output.get(this.output_at..).filter(|rest| !rest.is_empty()) {
                let part = rest.get(..buf.remaining()).unwrap_or(rest);
                buf.put_slice(part);
                this.output_at += part.len();
                return Poll::Ready(Ok(()));
            }
            if let Some(rest) = this.input.get(this.input_at..).filter(|rest| !rest.is_empty()) {
                let (taken, frame) = this.framer.push(rest).map_err(Error::into_io)?;
                this.input_at += taken;
                if let Some(frame) = frame {
                    this.emit(frame).map_err(Error::into_io)?;
                }
                continue;
            }
            if this.unpack().map_err(Error::into_io)? {
                continue;
            }
            ready!(this.poll_network(cx))?;
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Shim<S> {
    /// Collects: async-imap writes tag, space, command and line end each on its own.
    fn poll_write(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().written.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.log_written();
        if this.is_rehearsal && !this.written.is_empty() {
            this.finish_rehearsal();
            return Poll::Ready(Ok(()));
        }
        if let Some(codec) = this.codec.as_mut().filter(|_| !this.is_packed)
            && !this.written.is_empty()
        {
            this.written = codec.pack(&this.written).map_err(Error::into_io)?;
            this.is_packed = true;
        }
        while let Some(rest) = this.written.get(this.written_at..).filter(|rest| !rest.is_empty()) {
            let Some(inner) = &mut this.inner else {
                return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
            };
            let len = ready!(Pin::new(inner).poll_write(cx, rest))?;
            if len == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            this.written_at += len;
        }
        this.written.clear();
        this.written_at = 0;
        this.is_packed = false;
        Pin::new(this.stream()?).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.get_mut().stream()?).poll_shutdown(cx)
    }
}
