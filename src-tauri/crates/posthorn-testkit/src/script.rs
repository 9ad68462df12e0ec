//! A server that says what its text says: the tool for everything that no real server does on demand.
//!
//! One directive per line; empty lines and lines beginning with `#` are skipped:
//!
//! | line | meaning |
//! |---|---|
//! | `S: text` | sends the text and CRLF |
//! | `S- text` | sends the text alone (half a line, a literal's bytes) |
//! | `S* 500 text` | sends the text and CRLF so many times, or `forever`; `{n}` counts from 1 |
//! | `S** 500 text` | the same without CRLF |
//! | `C: pattern` | reads a line and compares it |
//! | `C*` | reads a line, whatever it is |
//! | `C= text` | reads exactly these bytes (a literal) |
//! | `C+ 12` | reads 12 bytes (a literal) and keeps them |
//! | `!until text` | reads lines up to this one (a message and its dot) |
//! | `!exact` | from here on patterns are texts: `*` is itself and case counts |
//! | `!bytewise` | from here on sends every byte in a write of its own |
//! | `!deflate` | from here on compresses what it sends (RFC 4978) |
//! | `!drain` | reads whatever comes until the client closes |
//! | `!end` | the same, and it is wrong if anything comes |
//! | `!stall` | says nothing more and waits until the client closes |
//! | `!cut` | closes at once |
//!
//! In texts `\r`, `\n`, `\t`, `\\` and `\xFF` are bytes. In patterns `*` is any run of bytes, case of ASCII letters
//! does not count, and `{name}` matches a run without spaces and remembers it, so that `S: {tag} OK` can answer
//! whatever tag the client made up. A `{name}` that is remembered already matches only itself. `$ ` at the beginning of
//! a pattern is the tag of a new command, at the beginning of a text the tag of the last one, which is `{tag}` too.
//! After the last line the server closes.
//!
//! [`Peer`] is the other form: not one dialogue from beginning to end, but what is said to which command.

mod delivery;
mod parse;
mod pattern;
mod peer;
mod stage;

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::io::{DuplexStream, duplex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use delivery::Delivery as ScriptDelivery;
pub use peer::{Peer, ScriptedPeer};
use stage::Stage;

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

    /// Returns the dialogue's client half as one text, each line ended by CRLF.
    pub fn text(&self) -> String {
        self.lines().into_iter().map(|line| line + "\r\n").collect()
    }
}

/// One step of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Send(Vec<u8>),
    /// So many times; for ever when absent.
    Repeat(Option<u64>, Vec<u8>),
    Expect(String),
    Line,
    ExpectBytes(Vec<u8>),
    Take(usize),
    Until(String),
    Exact,
    Bytewise,
    Deflate,
    Drain,
    End,
    Stall,
    Cut,
}

/// A server's part in one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Invariant: each with the number of its line, beginning with 1.
    steps: Vec<(usize, Step)>,
    delivery: ScriptDelivery,
}

impl Script {
    /// Reads a script.
    pub fn parse(text: &str) -> Result<Self> {
        parse::steps(text).map(|steps| Self { steps, delivery: ScriptDelivery::Whole })
    }

    /// Returns a script without a step, whose patterns are texts.
    pub fn exact() -> Self {
        Self { steps: vec![(0, Step::Exact)], delivery: ScriptDelivery::Whole }
    }

    fn and(mut self, step: Step) -> Self {
        let line = self.steps.last().map_or(1, |(line, _)| line + 1);
        self.steps.push((line, step));
        self
    }

    /// Adds bytes that the server says, as they are.
    #[must_use]
    pub fn then_say(self, bytes: &[u8]) -> Self {
        self.and(Step::Send(bytes.to_vec()))
    }

    /// Adds a line that the client must say (`C:`).
    #[must_use]
    pub fn then_hear(self, pattern: &str) -> Self {
        self.and(Step::Expect(pattern.to_owned()))
    }

    /// Adds a line that the client must say, whatever it is (`C*`).
    #[must_use]
    pub fn then_hear_a_line(self) -> Self {
        self.and(Step::Line)
    }

    /// Adds bytes that the client must say (`C=`).
    #[must_use]
    pub fn then_hear_bytes(self, bytes: &[u8]) -> Self {
        self.and(Step::ExpectBytes(bytes.to_vec()))
    }

    /// Adds the end at which the client must say nothing more (`!end`).
    #[must_use]
    pub fn then_end(self) -> Self {
        self.and(Step::End)
    }

    /// Adds reading until the client closes (`!drain`).
    #[must_use]
    pub fn then_drain(self) -> Self {
        self.and(Step::Drain)
    }

    /// Adds the steps of another script.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        self
    }

    /// Chooses how the server's bytes are cut.
    #[must_use]
    pub fn delivered(self, delivery: ScriptDelivery) -> Self {
        Self { delivery, ..self }
    }

    /// Returns how many bytes the server says in all, what is repeated left out.
    pub fn bytes_said(&self) -> usize {
        let sent = |step: &Step| if let Step::Send(bytes) = step { bytes.len() } else { 0 };
        self.steps.iter().map(|(_, step)| sent(step)).sum()
    }

    /// Plays the server on a stream. Fails when the client says something else or leaves too early.
    pub async fn play(self, stream: impl AsyncRead + AsyncWrite + Unpin) -> Result<Played> {
        let mut stage = Stage::new(stream, self.delivery);
        self.play_on(&mut stage).await?;
        Ok(stage.into_played())
    }

    async fn play_on<S: AsyncRead + AsyncWrite + Unpin>(&self, stage: &mut Stage<S>) -> Result<()> {
        for (number, step) in &self.steps {
            let goes_on = stage.act(step).await.with_context(|| {
                let before = stage.said().join("\n  ");
                format!("line {number} of the script; the client had said:\n  {before}")
            })?;
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    /// Plays the server in the background; returns the client's end of an in-memory stream.
    pub fn serve(self) -> (DuplexStream, JoinHandle<Result<Played>>) {
        let (client, server) = duplex(DUPLEX_BYTES);
        (client, tokio::spawn(self.play(server)))
    }

    /// The same for a test that looks at what the client said, whether or not it kept to the script.
    pub fn hear(self) -> (DuplexStream, JoinHandle<String>) {
        let (client, server) = duplex(DUPLEX_BYTES);
        let hearing = tokio::spawn(async move {
            let mut stage = Stage::new(server, self.delivery);
            // What was heard until then is what the test asks about.
            let _ = self.play_on(&mut stage).await;
            stage.into_played().text()
        });
        (client, hearing)
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

#[cfg(test)]
mod tests;
