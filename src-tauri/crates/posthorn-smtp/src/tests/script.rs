//! A scripted server: `S:` lines are said, `C:` lines must come; the connection then ends.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::task::JoinHandle;

/// How the server's bytes are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// A step at a time.
    Whole,
    /// A byte at a time.
    Bytes,
    /// All bytes until this one, then the connection ends.
    CutAt(usize),
}

/// One step of a script.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The server says these bytes.
    Say(Vec<u8>),
    /// The client must send exactly this.
    Expect(String),
    /// The client must send one line, whatever it says.
    Line,
}

/// Reads a script: `S: text` and `C: text`, each ended by CRLF on the wire.
pub(crate) fn script(text: &str) -> Vec<Step> {
    let steps = text.lines().map(str::trim_start).filter(|line| !line.is_empty());
    steps
        .map(|line| match line.split_at(2) {
            ("S:", said) => {
                Step::Say(format!("{}\r\n", said.strip_prefix(' ').unwrap_or(said)).into_bytes())
            }
            ("C:", sent) => Step::Expect(format!("{}\r\n", sent.strip_prefix(' ').unwrap_or(sent))),
            other => panic!("a script line is S: or C:, not {other:?}"),
        })
        .collect()
}

/// Returns how many bytes the server would say.
pub(crate) fn said(steps: &[Step]) -> usize {
    steps.iter().map(|step| if let Step::Say(bytes) = step { bytes.len() } else { 0 }).sum()
}

/// Plays a script. The handle returns what the client sent.
pub(crate) fn serve(steps: Vec<Step>, delivery: Delivery) -> (DuplexStream, JoinHandle<String>) {
    let (client, server) = tokio::io::duplex(1 << 20);
    (client, tokio::spawn(play(server, steps, delivery)))
}

async fn play(mut server: DuplexStream, steps: Vec<Step>, delivery: Delivery) -> String {
    let (mut heard, mut written) = (String::new(), 0);
    for step in steps {
        match step {
            Step::Expect(line) => {
                let mut bytes = vec![0; line.len()];
                if server.read_exact(&mut bytes).await.is_err() {
                    return heard;
                }
                heard.push_str(&String::from_utf8_lossy(&bytes));
                if !heard.ends_with(&line) {
                    return heard;
                }
            }
            Step::Line => {
                let mut byte = [0];
                while byte != [b'\n'] {
                    if server.read_exact(&mut byte).await.is_err() {
                        return heard;
                    }
                    heard.push(char::from(byte[0]));
                }
            }
            Step::Say(bytes) => {
                let room = if let Delivery::CutAt(at) = delivery {
                    at.saturating_sub(written)
                } else {
                    bytes.len()
                };
                let part = &bytes[..bytes.len().min(room)];
                let size = if delivery == Delivery::Bytes { 1 } else { part.len().max(1) };
                for piece in part.chunks(size) {
                    if server.write_all(piece).await.is_err() {
                        return heard;
                    }
                    tokio::task::yield_now().await;
                }
                written += part.len();
                if part.len() < bytes.len() {
                    return heard;
                }
            }
        }
    }
    let mut rest = Vec::new();
    let _ = server.read_to_end(&mut rest).await;
    heard.push_str(&String::from_utf8_lossy(&rest));
    heard
}
