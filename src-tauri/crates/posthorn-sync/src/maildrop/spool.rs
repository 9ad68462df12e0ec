//! Where the bytes of one message go as they come: into memory while it is small, and from there on to the disk, looked
//! through on their way.
//!
//! Invariant: what is stored is a whole message. One that breaks off, or whose spool is dropped, leaves nothing.

use std::io::{self, Read};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use posthorn_message::{Skim, Skimmer};
use posthorn_model::{AccountId, BodyId};
use posthorn_store::{Bodies, Error as StoreError, Origin, Put};
use tokio::io::AsyncWrite;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::PollSender;

use crate::failure::Failure;
use crate::limit::SPOOL_ABOVE;

/// Pieces between the connection and the disk: some hundred kilobytes.
const PIECES: usize = 8;

/// What came of a message.
#[derive(Debug)]
pub(super) enum Content {
    /// All its bytes, not stored yet.
    Memory(Vec<u8>),
    /// It is stored.
    Stored {
        /// Its bytes.
        body: BodyId,
        /// BLAKE3 of them in hex.
        hash: String,
        /// What is needed of it here.
        skim: Skim,
    },
}

impl Content {
    /// Returns how many bytes it holds in memory.
    pub(super) fn held(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Stored { skim, .. } => skim.bytes.len() as u64,
        }
    }
}

/// The sink of one message.
pub(super) struct Spool {
    bodies: Bodies,
    origin: Origin,
    memory: Vec<u8>,
    stream: Option<Stream>,
}

/// A message on its way to the disk.
struct Stream {
    sender: PollSender<Piece>,
    storing: JoinHandle<Result<Put, StoreError>>,
    skimmer: Arc<Mutex<Skimmer>>,
}

/// What goes to the disk.
enum Piece {
    Bytes(Vec<u8>),
    /// The message is whole.
    End,
}

impl Spool {
    /// `size` is what the server says of the message: room is made for it, and it is not believed otherwise.
    pub(super) fn new(bodies: &Bodies, account: AccountId, size: u64) -> Self {
        let origin = Origin::Pop3(account);
        let memory = Vec::with_capacity(room_for(size));
        Self { bodies: bodies.clone(), origin, memory, stream: None }
    }

    /// Takes the end of the message.
    pub(super) async fn finish(self) -> Result<Content, Failure> {
        let Some(mut stream) = self.stream else {
            let mut memory = self.memory;
            // Room that was made for a message that is smaller than was said.
            memory.shrink_to_fit();
            return Ok(Content::Memory(memory));
        };
        let sent = std::future::poll_fn(|context| stream.sender.poll_reserve(context)).await;
        if sent.is_ok() {
            // Refused only by a storing that ended: its own error follows.
            let _ = stream.sender.send_item(Piece::End);
        }
        let put = stored(stream.storing).await?;
        let skimmer =
            std::mem::take(&mut *stream.skimmer.lock().unwrap_or_else(PoisonError::into_inner));
        let hash = blake3::Hash::from_bytes(put.hash).to_hex().to_string();
        Ok(Content::Stored { body: put.id, hash, skim: skimmer.finish() })
    }

    /// Tells why the message could not be stored; for a spool that refused bytes.
    pub(super) async fn failure(self) -> Failure {
        let Some(stream) = self.stream else { return Failure::Interrupted };
        drop(stream.sender);
        match stored(stream.storing).await {
            Ok(_) => Failure::Interrupted,
            Err(failure) => failure,
        }
    }

    fn start(&mut self) -> &mut Stream {
        let (sender, pieces) = mpsc::channel(PIECES);
        let skimmer: Arc<Mutex<Skimmer>> = Arc::default();
        let begun = std::mem::take(&mut self.memory);
        let source = Source {
            pieces,
            current: Vec::new(),
            used: 0,
            skimmer: skimmer.clone(),
            is_whole: false,
        }
        .beginning_with(begun);
        let (bodies, origin) = (self.bodies.clone(), self.origin);
        let storing = tokio::spawn(async move { bodies.put_stream(source, origin).await });
        self.stream.insert(Stream { sender: PollSender::new(sender), storing, skimmer })
    }
}

/// Returns the room for a message that is said to be so large; none for one that goes to the disk.
fn room_for(size: u64) -> usize {
    usize::try_from(size).ok().filter(|size| *size <= SPOOL_ABOVE).unwrap_or_default()
}

async fn stored(storing: JoinHandle<Result<Put, StoreError>>) -> Result<Put, Failure> {
    Ok(storing.await.map_err(|_| Failure::Interrupted)??)
}

impl AsyncWrite for Spool {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.stream.is_none() && this.memory.len() + bytes.len() <= SPOOL_ABOVE {
            this.memory.extend_from_slice(bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        let ended = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        let stream = match this.stream.as_mut() {
            Some(stream) => stream,
            None => this.start(),
        };
        ready!(stream.sender.poll_reserve(context)).map_err(ended)?;
        stream.sender.send_item(Piece::Bytes(bytes.to_vec())).map_err(ended)?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The pieces as the store reads them, on a blocking thread.
struct Source {
    pieces: mpsc::Receiver<Piece>,
    current: Vec<u8>,
    used: usize,
    skimmer: Arc<Mutex<Skimmer>>,
    is_whole: bool,
}

impl Source {
    fn beginning_with(mut self, bytes: Vec<u8>) -> Self {
        self.show(bytes);
        self
    }

    fn show(&mut self, bytes: Vec<u8>) {
        self.skimmer.lock().unwrap_or_else(PoisonError::into_inner).push(&bytes);
        (self.current, self.used) = (bytes, 0);
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.used >= self.current.len() && !self.is_whole {
            match self.pieces.blocking_recv() {
                Some(Piece::Bytes(bytes)) => self.show(bytes),
                Some(Piece::End) => self.is_whole = true,
                // The connection broke: half a message is none.
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let left = self.current.get(self.used..).unwrap_or_default();
        let count = left.len().min(buffer.len());
        if let (Some(from), Some(to)) = (left.get(..count), buffer.get_mut(..count)) {
            to.copy_from_slice(from);
        }
        self.used += count;
        Ok(count)
    }
}
