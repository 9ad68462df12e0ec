//! A TCP proxy in front of a real server that cuts connections at a chosen line and counts bytes.
//!
//! A line ends with LF in either direction; inside TLS there are no lines, only [`Cut::Within`], [`Proxy::cut_now`] and
//! the byte counts are of use there. A cut closes both sides at once with whatever was forwarded before; an armed place
//! can also hold the connection there: nothing more is forwarded that way, and nobody is told.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio::task::JoinHandle;

/// Lines of clients that are kept; a test that needs more asks in between.
const MAX_SAID: usize = 20_000;
/// Bytes that are kept of each direction of a connection: more than any dialogue that a test walks through.
const MAX_KEPT: usize = 1 << 20;
/// Connections whose bytes are kept: the newest.
const MAX_KEPT_CONNECTIONS: usize = 4;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

/// When a connection is cut. Each fires once and is then forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Behind the line of that number (1 is the first of its connection), which is forwarded.
    After(Direction, u64),
    /// Before the line of that number, which is swallowed.
    Before(Direction, u64),
    /// Behind the first line that contains this text, which is forwarded.
    AfterText(Direction, String),
    /// Before the first line that contains this text, which is swallowed.
    BeforeText(Direction, String),
    /// Before the first line that is just this text, which is swallowed.
    BeforeLine(Direction, String),
    /// Behind so many bytes of a connection, in the middle of whatever is said.
    Within(Direction, u64),
}

impl Cut {
    /// Returns whether this line triggers it, and then whether the line is still forwarded.
    fn fires(&self, spoken: Direction, number: u64, line: &[u8]) -> Option<bool> {
        let contains =
            |text: &str| line.windows(text.len().max(1)).any(|window| window == text.as_bytes());
        match self {
            Self::After(direction, at) => (*direction == spoken && *at == number).then_some(true),
            Self::Before(direction, at) => (*direction == spoken && *at == number).then_some(false),
            Self::AfterText(direction, text) => {
                (*direction == spoken && contains(text)).then_some(true)
            }
            Self::BeforeText(direction, text) => {
                (*direction == spoken && contains(text)).then_some(false)
            }
            Self::BeforeLine(direction, text) => {
                (*direction == spoken && line.trim_ascii_end() == text.as_bytes()).then_some(false)
            }
            Self::Within(..) => None,
        }
    }

    /// Tells whether it is looked for in whole lines, so that no part of one may be forwarded before.
    fn is_of_lines(&self) -> bool {
        !matches!(self, Self::Within(..))
    }

    /// Returns how many of the next bytes are still forwarded, where they reach the place of a cut among bytes.
    fn fires_within(&self, spoken: Direction, before: u64, next: u64) -> Option<u64> {
        match self {
            Self::Within(direction, at) if *direction == spoken && before + next >= *at => {
                Some(at.saturating_sub(before))
            }
            _ => None,
        }
    }
}

/// A cut that is to come.
#[derive(Debug)]
struct Armed {
    cut: Cut,
    /// The first connection that it is meant for.
    from: u64,
}

/// What was forwarded to the server and to the client.
type Kept = (Vec<u8>, Vec<u8>);

#[derive(Debug)]
struct Shared {
    target: SocketAddr,
    armed: Mutex<Option<Armed>>,
    /// The armed place holds the connection instead of cutting it.
    holds: AtomicBool,
    refuses: AtomicBool,
    cuts: AtomicU64,
    connections: AtomicU64,
    to_server: AtomicU64,
    to_client: AtomicU64,
    said: Mutex<Vec<(u64, String)>>,
    /// By the number of the connection.
    kept: Mutex<BTreeMap<u64, Kept>>,
    sever: broadcast::Sender<()>,
}

impl Shared {
    fn armed(&self) -> MutexGuard<'_, Option<Armed>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whether an armed cut must see whole lines of this connection.
    fn waits_for_lines(&self, connection: u64) -> bool {
        let armed = self.armed();
        armed.as_ref().is_some_and(|armed| armed.from <= connection && armed.cut.is_of_lines())
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<u64, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, connection: u64, direction: Direction, bytes: &[u8]) {
        let mut all = self.kept();
        if !all.contains_key(&connection) && all.len() >= MAX_KEPT_CONNECTIONS {
            all.pop_first();
        }
        let (to_server, to_client) = all.entry(connection).or_default();
        let kept = if direction == Direction::ToServer { to_server } else { to_client };
        let room = MAX_KEPT.saturating_sub(kept.len()).min(bytes.len());
        kept.extend_from_slice(bytes.get(..room).unwrap_or_default());
    }

    fn note(&self, connection: u64, line: &[u8]) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() < MAX_SAID {
            said.push((connection, String::from_utf8_lossy(line).trim_end().to_owned()));
        }
    }

    /// Takes the armed cut if this line triggers it; says whether the line is still forwarded.
    fn take_if_fires(
        &self,
        connection: u64,
        spoken: Direction,
        number: u64,
        line: &[u8],
    ) -> Option<bool> {
        let mut armed = self.armed();
        let meant = armed.as_ref().filter(|armed| armed.from <= connection)?;
        let forwarded = meant.cut.fires(spoken, number, line)?;
        *armed = None;
        self.cuts.fetch_add(1, Ordering::SeqCst);
        Some(forwarded)
    }

    /// Returns how the direction that reached the armed place ends; never, where the connection is held.
    async fn end(&self) -> End {
        if self.holds.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        End::Cut
    }

    /// Takes the armed cut if it is among these bytes; says how many of them are still forwarded.
    fn take_if_within(
        &self,
        connection: u64,
        spoken: Direction,
        before: u64,
        next: usize,
    ) -> Option<usize> {
        let mut armed = self.armed();
        let meant = armed.as_ref().filter(|armed| armed.from <= connection)?;
        let forwarded = meant.cut.fires_within(spoken, before, next as u64)?;
        *armed = None;
        self.cuts.fetch_add(1, Ordering::SeqCst);
        usize::try_from(forwarded).ok()
    }
}

/// A proxy on a free loopback port. Dropping it cuts every connection.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy to a loopback port.
    pub async fn start(target_port: u16) -> Result<Self> {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).await.context("binding a loopback port")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            target: SocketAddr::from(([127, 0, 0, 1], target_port)),
            armed: Mutex::new(None),
            holds: AtomicBool::new(false),
            refuses: AtomicBool::new(false),
            cuts: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            to_server: AtomicU64::new(0),
            to_client: AtomicU64::new(0),
            said: Mutex::default(),
            kept: Mutex::default(),
            sever: broadcast::Sender::new(1),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, accepting })
    }

    /// Returns the port that clients use.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Chooses the next cut; it replaces one that has not fired.
    pub fn arm(&self, cut: Cut) {
        self.shared.holds.store(false, Ordering::SeqCst);
        *self.shared.armed() = Some(Armed { cut, from: 0 });
    }

    /// Chooses the next cut of a connection that is not made yet: those that are open go on. It replaces one that has
    /// not fired.
    pub fn arm_next(&self, cut: Cut) {
        self.shared.holds.store(false, Ordering::SeqCst);
        *self.shared.armed() = Some(Armed { cut, from: self.connections() + 1 });
    }

    /// Chooses the place where the connection is held: nothing more is forwarded that way until [`Self::cut_now`]. It
    /// counts as a cut.
    pub fn arm_hold(&self, at: Cut) {
        self.shared.holds.store(true, Ordering::SeqCst);
        *self.shared.armed() = Some(Armed { cut: at, from: 0 });
    }

    /// Cuts every open connection now.
    pub fn cut_now(&self) {
        // No receiver means no open connection, which is what was asked for.
        let _ = self.shared.sever.send(());
    }

    /// Closes every new connection at once (and, with [`Self::cut_now`], the old): the server is unreachable.
    pub fn set_refusing(&self, refuses: bool) {
        self.shared.refuses.store(refuses, Ordering::SeqCst);
    }

    /// Returns how many armed cuts have fired.
    pub fn cuts(&self) -> u64 {
        self.shared.cuts.load(Ordering::SeqCst)
    }

    /// Returns how many connections clients have made.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Returns the lines that clients sent, with the number of the connection (1 is the first), in order.
    pub fn said(&self) -> Vec<(u64, String)> {
        self.shared.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets the lines that clients sent.
    pub fn forget_said(&self) {
        self.shared.said.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Returns the first bytes that were forwarded in one direction of a connection (1 is the first), as they were on the
    /// wire; nothing for one that is long over.
    pub fn forwarded(&self, connection: u64, direction: Direction) -> Vec<u8> {
        let (to_server, to_client) =
            self.shared.kept().get(&connection).cloned().unwrap_or_default();
        if direction == Direction::ToServer { to_server } else { to_client }
    }

    /// Returns the bytes forwarded in one direction, over all connections.
    pub fn bytes(&self, direction: Direction) -> u64 {
        match direction {
            Direction::ToServer => self.shared.to_server.load(Ordering::SeqCst),
            Direction::ToClient => self.shared.to_client.load(Ordering::SeqCst),
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut_now();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
        if !shared.refuses.load(Ordering::SeqCst) {
            tokio::spawn(connection(client, number, Arc::clone(&shared)));
        }
    }
}

/// Serves one connection; returning drops, and so closes, both sides.
async fn connection(client: TcpStream, number: u64, shared: Arc<Shared>) {
    let mut severed = shared.sever.subscribe();
    let Ok(server) = TcpStream::connect(shared.target).await else { return };
    // Small packets must not wait for each other: it would make every test slow.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        _ = severed.recv() => {}
        () = both(
            forward(from_client, to_server, Direction::ToServer, number, &shared),
            forward(from_server, to_client, Direction::ToClient, number, &shared),
        ) => {}
    }
}

/// Runs both directions until both are at their end or one of them is cut.
async fn both(one: impl Future<Output = End>, other: impl Future<Output = End>) {
    let mut one = std::pin::pin!(one);
    let mut other = std::pin::pin!(other);
    let first = tokio::select! { end = &mut one => (end, true), end = &mut other => (end, false) };
    match first {
        (End::Cut, _) => {}
        (End::Closed, true) => _ = other.await,
        (End::Closed, false) => _ = one.await,
    }
}

/// How a direction ended.
enum End {
    Closed,
    Cut,
}

async fn forward(
    from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    direction: Direction,
    connection: u64,
    shared: &Shared,
) -> End {
    let mut from = BufReader::new(from);
    let counter = match direction {
        Direction::ToServer => &shared.to_server,
        Direction::ToClient => &shared.to_client,
    };
    // The line so far, and of it what is not forwarded yet: parts of a line go on at once, so that TLS records pass,
    // unless an armed cut must see the whole line first.
    let mut line: Vec<u8> = Vec::new();
    let mut held: Vec<u8> = Vec::new();
    let mut number = 0;
    let mut passed = 0;
    loop {
        let Ok(buffer) = from.fill_buf().await else { return End::Closed };
        if buffer.is_empty() {
            // A half-closed connection stays open the other way.
            let _ = to.write_all(&held).await;
            let _ = to.shutdown().await;
            return End::Closed;
        }
        let taken = buffer.iter().position(|byte| *byte == b'\n').map_or(buffer.len(), |at| at + 1);
        let part = buffer.get(..taken).unwrap_or(buffer);
        let is_whole = part.ends_with(b"\n");
        line.extend_from_slice(part);
        held.extend_from_slice(part);
        from.consume(taken);
        if !is_whole && shared.waits_for_lines(connection) {
            continue;
        }
        number += u64::from(is_whole);
        if is_whole && direction == Direction::ToServer {
            shared.note(connection, &line);
        }
        let fired = if is_whole {
            shared.take_if_fires(connection, direction, number, &line)
        } else {
            None
        };
        if fired == Some(false) {
            return shared.end().await;
        }
        if let Some(last) = shared.take_if_within(connection, direction, passed, held.len()) {
            // The other side may be gone already: it is cut either way.
            let _ = to.write_all(held.get(..last).unwrap_or(&held)).await;
            return shared.end().await;
        }
        passed += held.len() as u64;
        if to.write_all(&held).await.is_err() {
            return End::Closed;
        }
        counter.fetch_add(held.len() as u64, Ordering::SeqCst);
        shared.keep(connection, direction, &held);
        held.clear();
        if fired == Some(true) {
            return shared.end().await;
        }
        if is_whole {
            line.clear();
        }
    }
}

#[cfg(test)]
mod tests;
