//! Where the bytes of a message go while they are read from a file: into memory while they are few, from there on to the
//! body store, looked through on their way.
//!
//! Invariant: what is stored is a whole message. One that is dropped half read leaves nothing.

use std::io::{self, Read, Write};
use std::sync::mpsc;

use posthorn_message::{Skim, Skimmer};
use posthorn_model::BodyId;
use posthorn_store::{Bodies, Error, Origin, Put};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::limit::{SPOOL_ABOVE, SPOOLED};

/// Pieces between the file and the body store.
const PIECES: usize = 8;

/// A message that was read.
pub(super) enum Content {
    /// All its bytes, not stored yet.
    Memory(Vec<u8>),
    /// It is stored.
    Stored(BodyId, Box<Skim>),
}

enum Piece {
    Bytes(Vec<u8>),
    /// The message is whole.
    End,
}

struct Stream {
    sender: mpsc::SyncSender<Piece>,
    storing: JoinHandle<Result<Put, Error>>,
    skimmer: Skimmer,
}

/// The sink of one message. Used on a thread for blocking work.
pub(super) struct Sink {
    bodies: Bodies,
    runtime: Handle,
    memory: Vec<u8>,
    stream: Option<Stream>,
    count: u64,
}

impl Sink {
    pub(super) fn new(bodies: &Bodies, runtime: &Handle) -> Self {
        Self {
            bodies: bodies.clone(),
            runtime: runtime.clone(),
            memory: Vec::new(),
            stream: None,
            count: 0,
        }
    }

    /// Tells whether the message is larger than any that is kept. Its bytes were passed over.
    pub(super) fn is_too_large(&self) -> bool {
        self.count > SPOOLED
    }

    /// Takes the end of the message.
    pub(super) fn finish(self) -> io::Result<Content> {
        let Some(stream) = self.stream else { return Ok(Content::Memory(self.memory)) };
        // Refused only by a storing that ended: its own error follows.
        let _ = stream.sender.send(Piece::End);
        drop(stream.sender);
        let stored = self.runtime.block_on(stream.storing).map_err(io::Error::other)?;
        let put = stored.map_err(io::Error::other)?;
        Ok(Content::Stored(put.id, Box::new(stream.skimmer.finish())))
    }

    fn start(&mut self) -> &mut Stream {
        let (sender, pieces) = mpsc::sync_channel(PIECES);
        let source = Source { pieces, current: Vec::new(), used: 0, is_whole: false };
        let bodies = self.bodies.clone();
        let storing =
            self.runtime.spawn(async move { bodies.put_stream(source, Origin::Local).await });
        let mut stream = Stream { sender, storing, skimmer: Skimmer::default() };
        let begun = std::mem::take(&mut self.memory);
        stream.skimmer.push(&begun);
        // As in `finish`.
        let _ = stream.sender.send(Piece::Bytes(begun));
        self.stream.insert(stream)
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.count += bytes.len() as u64;
        if self.is_too_large() {
            self.stream = None;
            return Ok(bytes.len());
        }
        if self.stream.is_none() && self.memory.len() + bytes.len() <= SPOOL_ABOVE {
            self.memory.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        let stream = match self.stream.as_mut() {
            Some(stream) => stream,
            None => self.start(),
        };
        stream.skimmer.push(bytes);
        // A storing that ended says why in `finish`.
        let _ = stream.sender.send(Piece::Bytes(bytes.to_vec()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The pieces as the body store reads them.
struct Source {
    pieces: mpsc::Receiver<Piece>,
    current: Vec<u8>,
    used: usize,
    is_whole: bool,
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.used >= self.current.len() && !self.is_whole {
            match self.pieces.recv() {
                Ok(Piece::Bytes(bytes)) => (self.current, self.used) = (bytes, 0),
                Ok(Piece::End) => self.is_whole = true,
                Err(mpsc::RecvError) => return Err(io::ErrorKind::UnexpectedEof.into()),
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
