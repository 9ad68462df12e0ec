//! A message's bytes on their way from the body store to the network, never whole in memory.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use posthorn_model::BodyId;
use posthorn_store::Bodies;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::mpsc;

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;
/// Chunks read ahead of the network.
const AHEAD: usize = 4;

/// What a submission must know of the bytes before they leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    /// How many there are.
    pub(super) size: u64,
    /// Some have the eighth bit set.
    pub(super) is_eight_bit: bool,
    /// Some of the header have.
    pub(super) has_utf8_header: bool,
    /// Their SHA-256.
    pub(super) sha256: [u8; 32],
}

/// Reads all bytes once: they are there, undamaged as far as reading tells, and of this kind.
pub(super) async fn inspect(bodies: &Bodies, id: BodyId) -> Result<Traits, posthorn_store::Error> {
    let reader = bodies.open(id).await?;
    let traits = tokio::task::spawn_blocking(move || traits(reader)).await;
    traits.map_err(|_| posthorn_store::Error::Closed)?.map_err(posthorn_store::Error::from)
}

fn traits(mut reader: impl Read) -> io::Result<Traits> {
    let mut traits = Traits::default();
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    // Line ends of the header are CRLF: it ends where a line has nothing else.
    let (mut is_header, mut line_length) = (true, 0_usize);
    loop {
        let count = reader.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..count).filter(|bytes| !bytes.is_empty()) else {
            traits.sha256 = hash.finalize().into();
            return Ok(traits);
        };
        hash.update(bytes);
        traits.size += count as u64;
        for byte in bytes {
            if !byte.is_ascii() {
                traits.is_eight_bit = true;
                traits.has_utf8_header |= is_header;
            }
            match byte {
                b'\n' if line_length == 0 => is_header = false,
                b'\n' => line_length = 0,
                b'\r' => {}
                _ => line_length += 1,
            }
        }
    }
}

/// Bytes that come from a blocking reader on a thread of its own.
#[derive(Debug)]
pub(crate) struct Source {
    chunks: mpsc::Receiver<io::Result<Vec<u8>>>,
    current: Vec<u8>,
    taken: usize,
}

impl Source {
    /// Opens stored bytes, with a few before them.
    pub(crate) async fn open(
        bodies: &Bodies,
        id: BodyId,
        before: Vec<u8>,
    ) -> Result<Self, posthorn_store::Error> {
        let mut reader = bodies.open(id).await?;
        let (sender, chunks) = mpsc::channel(AHEAD);
        tokio::task::spawn_blocking(move || {
            loop {
                let mut chunk = vec![0; CHUNK];
                let read = reader.read(&mut chunk).map(|count| {
                    chunk.truncate(count);
                    chunk
                });
                let is_over = read.as_ref().map_or(true, Vec::is_empty);
                // Nobody reads any more: the connection broke.
                if sender.blocking_send(read).is_err() || is_over {
                    return;
                }
            }
        });
        Ok(Self { chunks, current: before, taken: 0 })
    }
}

impl AsyncRead for Source {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.taken >= self.current.len() {
            match ready!(self.chunks.poll_recv(context)) {
                // An empty chunk is the end; without one the reader's thread died.
                Some(Ok(chunk)) if chunk.is_empty() => {
                    self.chunks.close();
                    return Poll::Ready(Ok(()));
                }
                Some(Ok(chunk)) => (self.current, self.taken) = (chunk, 0),
                Some(Err(error)) => return Poll::Ready(Err(error)),
                None => return Poll::Ready(Ok(())),
            }
        }
        let rest = self.current.get(self.taken..).unwrap_or_default();
        let part = rest.get(..rest.len().min(buffer.remaining())).unwrap_or_default();
        buffer.put_slice(part);
        let count = part.len();
        self.taken += count;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::{Traits, traits};

    #[test]
    fn eighth_bits_are_found_and_placed() {
        let table: [(&[u8], bool, bool); 4] = [
            (b"Subject: a\r\n\r\nplain\r\n", false, false),
            ("Subject: a\r\n\r\ncafé\r\n".as_bytes(), true, false),
            ("Subject: café\r\n\r\nplain\r\n".as_bytes(), true, true),
            (b"", false, false),
        ];
        for (bytes, is_eight_bit, has_utf8_header) in table {
            let sha256 = Sha256::digest(bytes).into();
            let size = bytes.len() as u64;
            let expected = Traits { size, is_eight_bit, has_utf8_header, sha256 };
            assert_eq!(traits(bytes).unwrap(), expected);
        }
    }
}
