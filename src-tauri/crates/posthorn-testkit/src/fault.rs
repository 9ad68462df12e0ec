//! A stream that trickles, stalls, ends or breaks after so many bytes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What goes wrong. The default is nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fault {
    /// Most bytes moved by one read or write; 1 tears every token apart. No limit when absent.
    pub chunk: Option<usize>,
    /// Bytes read after which the stream is at its end, as when the peer closes.
    pub end_after_read: Option<u64>,
    /// Bytes read after which reads fail with *connection reset*.
    pub reset_after_read: Option<u64>,
    /// Bytes read after which reads never finish.
    pub stall_after_read: Option<u64>,
    /// Bytes written after which writes fail with *broken pipe*; the bytes before it arrive.
    pub break_after_write: Option<u64>,
    /// Bytes written after which writes never finish.
    pub stall_after_write: Option<u64>,
}

/// A stream with a [`Fault`].
#[derive(Debug)]
pub struct FaultStream<S> {
    inner: S,
    fault: Fault,
    read: u64,
    written: u64,
}

/// How much may still be moved before something happens.
enum Room {
    Bytes(usize),
    End,
    Stall,
    Fail(io::ErrorKind),
}

impl<S> FaultStream<S> {
    /// Wraps a stream.
    pub fn new(inner: S, fault: Fault) -> Self {
        Self { inner, fault, read: 0, written: 0 }
    }

    /// Returns how many bytes were read.
    pub fn read_count(&self) -> u64 {
        self.read
    }

    /// Returns how many bytes were written.
    pub fn written_count(&self) -> u64 {
        self.written
    }

    fn room(&self, done: u64, limits: &[(Option<u64>, Room)]) -> Room {
        let mut room = self.fault.chunk.unwrap_or(usize::MAX).max(1);
        for (limit, then) in limits {
            let Some(limit) = limit else { continue };
            match usize::try_from(limit.saturating_sub(done)).unwrap_or(usize::MAX) {
                0 => return then.again(),
                left => room = room.min(left),
            }
        }
        Room::Bytes(room)
    }
}

impl Room {
    fn again(&self) -> Self {
        match self {
            Self::Bytes(count) => Self::Bytes(*count),
            Self::End => Self::End,
            Self::Stall => Self::Stall,
            Self::Fail(kind) => Self::Fail(*kind),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for FaultStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let limits = [
            (this.fault.end_after_read, Room::End),
            (this.fault.reset_after_read, Room::Fail(io::ErrorKind::ConnectionReset)),
            (this.fault.stall_after_read, Room::Stall),
        ];
        let room = match this.room(this.read, &limits) {
            Room::End => return Poll::Ready(Ok(())),
            Room::Stall => return Poll::Pending,
            Room::Fail(kind) => return Poll::Ready(Err(kind.into())),
            Room::Bytes(count) => count.min(buffer.remaining()),
        };
        let mut part = buffer.take(room);
        let outcome = Pin::new(&mut this.inner).poll_read(cx, &mut part);
        let count = part.filled().len();
        if matches!(outcome, Poll::Ready(Ok(()))) {
            // The inner reader wrote `count` bytes into the same memory; only the outer mark is behind.
            let bytes = part.filled().to_vec();
            buffer.put_slice(&bytes);
            this.read += count as u64;
        }
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for FaultStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let limits = [
            (this.fault.break_after_write, Room::Fail(io::ErrorKind::BrokenPipe)),
            (this.fault.stall_after_write, Room::Stall),
        ];
        let part = match this.room(this.written, &limits) {
            Room::Bytes(count) => bytes.get(..count.min(bytes.len())).unwrap_or(bytes),
            Room::Fail(kind) => return Poll::Ready(Err(kind.into())),
            Room::Stall | Room::End => return Poll::Pending,
        };
        let outcome = Pin::new(&mut this.inner).poll_write(cx, part);
        if let Poll::Ready(Ok(count)) = &outcome {
            this.written += *count as u64;
        }
        outcome
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultStream};
    use std::io::ErrorKind;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test]
    async fn reading_trickles_then_ends_where_it_was_told() {
        let (near, mut far) = tokio::io::duplex(64);
        far.write_all(b"0123456789").await.unwrap();
        let fault = Fault { chunk: Some(1), end_after_read: Some(4), ..Fault::default() };
        let mut stream = FaultStream::new(near, fault);
        let mut buffer = [0; 8];
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 1);
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"123");
        assert_eq!(stream.read_count(), 4);
    }

    #[tokio::test]
    async fn a_reset_comes_after_the_bytes_before_it() {
        let (near, mut far) = tokio::io::duplex(64);
        far.write_all(b"0123456789").await.unwrap();
        let mut stream =
            FaultStream::new(near, Fault { reset_after_read: Some(3), ..Fault::default() });
        let mut all = Vec::new();
        let error = stream.read_to_end(&mut all).await.unwrap_err();
        assert_eq!((error.kind(), all.as_slice()), (ErrorKind::ConnectionReset, b"012".as_slice()));
    }

    #[tokio::test]
    async fn a_broken_write_lets_the_first_bytes_arrive() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut stream =
            FaultStream::new(near, Fault { break_after_write: Some(5), ..Fault::default() });
        let error = stream.write_all(b"0123456789").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        drop(stream);
        let mut arrived = Vec::new();
        far.read_to_end(&mut arrived).await.unwrap();
        assert_eq!(arrived, b"01234");
    }
}
