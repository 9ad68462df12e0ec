//! What the session targets share: a server made of arbitrary bytes.
//!
//! In the input, 0x01 stands for the tag of the client's last command (so that the fuzzer can finish IMAP answers)
//! and 0x02 ends a stretch: one read never crosses it, as if the server had waited there. After the last byte the
//! connection is closed. Nothing here waits, so a target that hangs is a finding.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const TAG: u8 = 1;
const STRETCH_END: u8 = 2;

/// A connection whose other side says the input.
pub struct Peer {
    stretches: VecDeque<VecDeque<u8>>,
    /// Bytes that one read gives at most.
    at_most: usize,
    tag: Vec<u8>,
    line: Vec<u8>,
}

impl Peer {
    /// A server that says `input`, at most `at_most` bytes at a time.
    pub fn new(input: &[u8], at_most: usize) -> Self {
        let stretches = input.split(|byte| *byte == STRETCH_END);
        Self {
            stretches: stretches.map(|stretch| stretch.iter().copied().collect()).collect(),
            at_most,
            tag: b"*".to_vec(),
            line: Vec::new(),
        }
    }
}

impl AsyncRead for Peer {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        while self.stretches.front().is_some_and(VecDeque::is_empty) {
            self.stretches.pop_front();
        }
        let tag = self.tag.clone();
        let room = buffer.remaining().min(self.at_most);
        let Some(stretch) = self.stretches.front_mut() else { return Poll::Ready(Ok(())) };
        for _ in 0..room {
            let Some(byte) = stretch.pop_front() else { break };
            if byte != TAG {
                buffer.put_slice(&[byte]);
                continue;
            }
            // What does not fit into this read comes with the next.
            for letter in tag.iter().rev() {
                stretch.push_front(*letter);
            }
            if let Some(first) = stretch.pop_front() {
                buffer.put_slice(&[first]);
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Peer {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        for byte in bytes {
            if *byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                let word = line.split(|byte| *byte == b' ').next().unwrap_or_default();
                // Never empty, or a read could give nothing and look like the end.
                self.tag = if word.is_empty() { b"*".to_vec() } else { word.to_vec() };
            } else {
                self.line.push(*byte);
            }
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Runs `journey` against the input whole and in crumbs: a server may cut its bytes anywhere, so both must end the
/// same.
pub fn run<Journey, Ending>(input: &[u8], journey: Journey)
where
    Journey: Fn(Peer) -> Ending,
    Ending: Future<Output = String>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let whole = runtime.block_on(journey(Peer::new(input, usize::MAX)));
    let crumbs = runtime.block_on(journey(Peer::new(input, 3)));
    assert_eq!(whole, crumbs);
}
