//! One connection on which a script or a peer is played.
//!
//! What is repeated is never held in memory: a flood of gigabytes costs one block.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::{Context as _, Result, bail};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
    ReadHalf, WriteHalf,
};

use super::{Played, ScriptDelivery, Step, pattern};

/// Bytes of a flood that are written at once.
const BLOCK: usize = 64 * 1024;

/// A connection being played.
pub(super) struct Stage<S> {
    reader: BufReader<ReadHalf<S>>,
    writer: WriteHalf<S>,
    is_bytewise: bool,
    is_exact: bool,
    /// Bytes that may still be sent; absent without limit.
    room: Option<usize>,
    packer: Option<DeflateEncoder<Vec<u8>>>,
    captures: BTreeMap<String, Vec<u8>>,
    played: Played,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Stage<S> {
    pub(super) fn new(stream: S, delivery: ScriptDelivery) -> Self {
        let (reader, writer) = tokio::io::split(stream);
        Self {
            reader: BufReader::new(reader),
            writer,
            is_bytewise: delivery == ScriptDelivery::Bytes,
            is_exact: false,
            room: if let ScriptDelivery::CutAt(at) = delivery { Some(at) } else { None },
            packer: None,
            captures: BTreeMap::new(),
            played: Played::default(),
        }
    }

    pub(super) fn said(&self) -> Vec<String> {
        self.played.lines()
    }

    /// Takes what was said since the last time.
    pub(super) fn take_said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.played).lines()
    }

    pub(super) fn into_played(self) -> Played {
        self.played
    }

    /// Does one step; returns whether the next may follow.
    pub(super) async fn act(&mut self, step: &Step) -> Result<bool> {
        match step {
            Step::Send(bytes) => {
                let bytes = pattern::fill(bytes, &self.captures);
                return self.send(&bytes).await;
            }
            Step::Repeat(count, bytes) => return self.repeat(*count, bytes).await,
            Step::Expect(wanted) => self.expect(wanted).await?,
            Step::Line => {
                let line = self.line().await?.context("the client left in front of a line")?;
                self.played.said.push(line);
            }
            Step::ExpectBytes(wanted) => {
                self.take(wanted.len()).await?;
                if self.played.said.last() != Some(wanted) {
                    bail!("other bytes came than {:?}", String::from_utf8_lossy(wanted));
                }
            }
            Step::Take(count) => self.take(*count).await?,
            Step::Until(last) => loop {
                let line = self.line().await?.with_context(|| format!("left before {last:?}"))?;
                let is_last = line == last.as_bytes();
                self.played.said.push(line);
                if is_last {
                    break;
                }
            },
            Step::Exact => self.is_exact = true,
            Step::Bytewise => self.is_bytewise = true,
            Step::Deflate => {
                self.packer = Some(DeflateEncoder::new(Vec::new(), Compression::fast()));
            }
            Step::Drain | Step::Stall => {
                self.drain().await;
                return Ok(false);
            }
            Step::End => {
                let before = self.played.said.len();
                self.drain().await;
                if let Some(more) = self.played.said.get(before) {
                    bail!("more was said: {}", String::from_utf8_lossy(more));
                }
                return Ok(false);
            }
            Step::Cut => return Ok(false),
        }
        Ok(true)
    }

    /// Sends the text so often, in large blocks.
    async fn repeat(&mut self, count: Option<u64>, bytes: &[u8]) -> Result<bool> {
        let text = pattern::fill(bytes, &self.captures);
        let is_counted = text.windows(3).any(|part| part == b"{n}");
        let (mut block, mut number) = (Vec::new(), 0_u64);
        while count.is_none_or(|count| number < count) {
            number += 1;
            if is_counted {
                let number = [("n".to_owned(), number.to_string().into_bytes())];
                block.extend(pattern::fill(&text, &number.into()));
            } else {
                block.extend_from_slice(&text);
            }
            if block.len() >= BLOCK {
                if !self.send(&block).await? {
                    return Ok(false);
                }
                block.clear();
            }
        }
        self.send(&block).await
    }

    /// Sends bytes. Returns false when the connection is to end, or the client has gone: what it did then is what the
    /// test looks at.
    async fn send(&mut self, bytes: &[u8]) -> Result<bool> {
        let packed = match &mut self.packer {
            Some(packer) => {
                packer.write_all(bytes)?;
                packer.flush()?;
                std::mem::take(packer.get_mut())
            }
            None => Vec::new(),
        };
        let bytes = if self.packer.is_some() { packed.as_slice() } else { bytes };
        let length = self.room.map_or(bytes.len(), |room| room.min(bytes.len()));
        let part = bytes.get(..length).unwrap_or_default();
        let size = if self.is_bytewise { 1 } else { part.len().max(1) };
        for piece in part.chunks(size) {
            if self.writer.write_all(piece).await.is_err() || self.writer.flush().await.is_err() {
                return Ok(false);
            }
            if self.is_bytewise {
                tokio::task::yield_now().await;
            }
        }
        if let Some(room) = &mut self.room {
            *room -= length;
        }
        Ok(length == bytes.len())
    }

    /// Reads a line without its end; nothing when the client has left.
    pub(super) async fn line(&mut self) -> Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line).await?;
        if line.pop() != Some(b'\n') {
            return Ok(None);
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(Some(line))
    }

    /// Reads a command with its literals (`{5}`, `{5+}`), asking for those that wait; nothing when the client has left.
    pub(super) async fn command(&mut self) -> Result<Option<Vec<u8>>> {
        let mut command = Vec::new();
        loop {
            let Some(line) = self.line().await? else { return Ok(None) };
            command.extend_from_slice(&line);
            let Some((length, waits)) = literal(&line) else { break };
            if waits && !self.send(b"+ go\r\n").await? {
                return Ok(None);
            }
            self.take(length).await?;
        }
        self.played.said.push(command.clone());
        Ok(Some(command))
    }

    /// Compares a line with a pattern and remembers what its names stand for.
    pub(super) fn fits(&mut self, wanted: &str, line: &[u8]) -> bool {
        let Some(wanted) = wanted.strip_prefix("$ ") else {
            return self.matches(wanted, line);
        };
        let Some(space) = line.iter().position(|byte| *byte == b' ') else { return false };
        let (tag, rest) = line.split_at(space);
        let fits = self.matches(wanted, rest.get(1..).unwrap_or_default());
        if fits {
            self.captures.insert("tag".to_owned(), tag.to_vec());
        }
        fits
    }

    fn matches(&mut self, wanted: &str, line: &[u8]) -> bool {
        if self.is_exact {
            return wanted.as_bytes() == line;
        }
        pattern::matches(wanted, line, &mut self.captures)
    }

    async fn expect(&mut self, wanted: &str) -> Result<()> {
        let line = self
            .line()
            .await?
            .with_context(|| format!("the client left in front of {wanted:?}"))?;
        let fits = self.fits(wanted, &line);
        let said = String::from_utf8_lossy(&line).into_owned();
        self.played.said.push(line);
        if fits { Ok(()) } else { bail!("expected {wanted:?}, the client said {said:?}") }
    }

    async fn take(&mut self, count: usize) -> Result<()> {
        let mut literal = vec![0; count];
        self.reader.read_exact(&mut literal).await.context("the client left inside a literal")?;
        self.played.said.push(literal);
        Ok(())
    }

    async fn drain(&mut self) {
        let mut rest = Vec::new();
        // A client that breaks off has left as well.
        let _ = self.reader.read_to_end(&mut rest).await;
        let lines = rest.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        self.played
            .said
            .extend(lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()));
    }
}

/// Returns the length of the literal that a line announces, and whether the client waits to be asked for it.
fn literal(line: &[u8]) -> Option<(usize, bool)> {
    let inner = line.strip_suffix(b"}")?;
    let brace = inner.iter().rposition(|byte| *byte == b'{')?;
    let digits = inner.get(brace + 1..)?;
    let (digits, waits) = match digits.strip_suffix(b"+") {
        Some(digits) => (digits, false),
        None => (digits, true),
    };
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, waits))
}
