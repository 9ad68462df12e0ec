//! A server that says what its text says: the tool for everything that no real server does on demand.
//!
//! One directive per line; empty lines and lines beginning with `#` are skipped:
//!
//! | line | meaning |
//! |---|---|
//! | `S: text` | sends the text and CRLF |
//! | `S- text` | sends the text alone (half a line, a literal's bytes) |
//! | `C: pattern` | reads a line and compares it |
//! | `C+ 12` | reads 12 bytes (a literal) and keeps them |
//! | `!bytewise` | from here on sends every byte in a write of its own |
//! | `!drain` | reads whatever comes until the client closes |
//! | `!stall` | says nothing more and waits until the client closes |
//! | `!cut` | closes at once |
//!
//! In texts `\r`, `\n`, `\t`, `\\` and `\xFF` are bytes. In patterns `*` is any run of bytes, case of ASCII letters
//! does not count, and `{name}` matches a run without spaces and remembers it, so that `S: {tag} OK` can answer
//! whatever tag the client made up. A `{name}` that is remembered already matches only itself. After the last line
//! the server closes.

mod parse;
mod pattern;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::io::{DuplexStream, duplex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Bytes in flight over the in-memory stream; small, so that a client that never reads is noticed.
const DUPLEX_BYTES: usize = 64 * 1024;

/// What the client said to a script that came to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Every line and literal that the client sent, without CRLF, in order.
    pub said: Vec<Vec<u8>>,
}

impl Played {
    /// Returns the lines as text, undecodable bytes replaced.
    pub fn lines(&self) -> Vec<String> {
        self.said.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }
}

/// One step of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Send(Vec<u8>),
    Expect(String),
    Take(usize),
    Bytewise,
    Drain,
    Stall,
    Cut,
}

/// A server's part in one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Invariant: each with the number of its line, beginning with 1.
    steps: Vec<(usize, Step)>,
}

impl Script {
    /// Reads a script.
    pub fn parse(text: &str) -> Result<Self> {
        parse::steps(text).map(|steps| Self { steps })
    }

    /// Plays the server on a stream. Fails when the client says something else or leaves too early.
    pub async fn play(self, stream: impl AsyncRead + AsyncWrite + Unpin) -> Result<Played> {
        let (reader, writer) = tokio::io::split(stream);
        let mut stage = Stage {
            reader: BufReader::new(reader),
            writer,
            is_bytewise: false,
            captures: BTreeMap::new(),
            played: Played::default(),
        };
        for (number, step) in &self.steps {
            let goes_on = stage.act(step).await.with_context(|| {
                let before = stage.played.lines().join("\n  ");
                format!("line {number} of the script; the client had said:\n  {before}")
            })?;
            if !goes_on {
                break;
            }
        }
        Ok(stage.played)
    }

    /// Plays the server in the background; returns the client's end of an in-memory stream.
    pub fn serve(self) -> (DuplexStream, JoinHandle<Result<Played>>) {
        let (client, server) = duplex(DUPLEX_BYTES);
        (client, tokio::spawn(self.play(server)))
    }

    /// Plays the server on a loopback port, for the first connection made to it.
    pub async fn listen(self) -> Result<ScriptedServer> {
        ScriptedServer::start(vec![self]).await
    }
}

/// Scripts behind a loopback port, one per connection in order.
#[derive(Debug)]
pub struct ScriptedServer {
    address: SocketAddr,
    playing: JoinHandle<Result<Vec<Played>>>,
}

impl ScriptedServer {
    /// Listens; the first connection gets the first script, the next begins when the one before is over.
    pub async fn start(scripts: Vec<Script>) -> Result<Self> {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).await.context("binding a loopback port")?;
        let address = listener.local_addr()?;
        let playing = tokio::spawn(async move {
            let mut played = Vec::new();
            for (number, script) in scripts.into_iter().enumerate() {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                played.push(
                    script
                        .play(stream)
                        .await
                        .with_context(|| format!("connection {}", number + 1))?,
                );
            }
            Ok(played)
        });
        Ok(Self { address, playing })
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Waits until every script came to its end.
    pub async fn finish(self) -> Result<Vec<Played>> {
        self.playing.await.context("the scripted server panicked")?
    }
}

/// A script being played.
struct Stage<R, W> {
    reader: BufReader<R>,
    writer: W,
    is_bytewise: bool,
    captures: BTreeMap<String, Vec<u8>>,
    played: Played,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Stage<R, W> {
    /// Does one step; returns whether the next may follow.
    async fn act(&mut self, step: &Step) -> Result<bool> {
        match step {
            Step::Send(bytes) => self.send(&pattern::fill(bytes, &self.captures)).await?,
            Step::Expect(wanted) => self.expect(wanted).await?,
            Step::Take(count) => self.take(*count).await?,
            Step::Bytewise => self.is_bytewise = true,
            Step::Drain | Step::Stall => {
                self.drain().await?;
                return Ok(false);
            }
            Step::Cut => return Ok(false),
        }
        Ok(true)
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        if self.is_bytewise {
            for byte in bytes {
                self.writer.write_all(std::slice::from_ref(byte)).await?;
                self.writer.flush().await?;
                tokio::task::yield_now().await;
            }
        } else {
            self.writer.write_all(bytes).await?;
            self.writer.flush().await?;
        }
        Ok(())
    }

    async fn expect(&mut self, wanted: &str) -> Result<()> {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line).await?;
        if line.pop() != Some(b'\n') {
            bail!("the client left in front of {wanted:?}");
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let fits = pattern::matches(wanted, &line, &mut self.captures);
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

    async fn drain(&mut self) -> Result<()> {
        let mut rest = Vec::new();
        // A client that breaks off has left as well.
        let _ = self.reader.read_to_end(&mut rest).await;
        let lines = rest.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        self.played
            .said
            .extend(lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
