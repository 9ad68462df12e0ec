//! A server that follows a script over an in-memory stream.
//!
//! `C:` is a line that the client must send, `S:` one that the server sends; `C=` and `S=` are octets without a
//! line end, in which `\r\n` is one. `$` at the start of a line is the tag of the last command. What the client sends otherwise ends the
//! script with an error.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::task::JoinHandle;

/// One line of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A line from the client.
    Client(String),
    /// Octets from the client.
    ClientOctets(String),
    /// Octets from the server.
    Server(Vec<u8>),
}

/// How the server's octets arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    ByteByByte,
}

/// What the server does after its last line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Close,
    Wait,
}

/// Reads a script.
pub(crate) fn steps(script: &str) -> Vec<Step> {
    let lines = script.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (who, text) = line.split_at(2);
            let text = text.strip_prefix(' ').unwrap_or(text);
            match who {
                "C:" => Step::Client(text.to_owned()),
                "C=" => Step::ClientOctets(text.to_owned()),
                "S:" => Step::Server(format!("{text}\r\n").into_bytes()),
                "S=" => Step::Server(text.replace("\\r\\n", "\r\n").into_bytes()),
                other => panic!("{other} is no speaker"),
            }
        })
        .collect()
}

/// Starts a server and returns the client's end.
pub(crate) fn serve(
    steps: Vec<Step>,
    delivery: Delivery,
    ending: Ending,
) -> (DuplexStream, JoinHandle<Result<(), String>>) {
    let (client, server) = tokio::io::duplex(1 << 16);
    (client, tokio::spawn(follow(steps, server, delivery, ending)))
}

/// Starts a server for a script that is followed to its end.
pub(crate) fn play(script: &str) -> (DuplexStream, JoinHandle<Result<(), String>>) {
    serve(steps(script), Delivery::Whole, Ending::Wait)
}

async fn follow(
    steps: Vec<Step>,
    stream: DuplexStream,
    delivery: Delivery,
    ending: Ending,
) -> Result<(), String> {
    let mut stream = BufReader::new(stream);
    let mut tag = Vec::new();
    for step in steps {
        match step {
            Step::Client(expected) => {
                let mut line = String::new();
                stream.read_line(&mut line).await.map_err(|error| error.to_string())?;
                let line = line
                    .strip_suffix("\r\n")
                    .ok_or(format!("{expected:?} did not come, but {line:?}"))?;
                let mut said = line;
                let mut wanted = expected.as_str();
                if let Some(rest) = expected.strip_prefix("$ ") {
                    let (own, command) =
                        line.split_once(' ').ok_or(format!("no tag in {line:?}"))?;
                    (tag, said, wanted) = (own.as_bytes().to_vec(), command, rest);
                }
                if said != wanted {
                    return Err(format!("said: {said}\nexpected: {wanted}"));
                }
            }
            Step::ClientOctets(expected) => {
                let mut octets = vec![0; expected.len()];
                stream.read_exact(&mut octets).await.map_err(|error| error.to_string())?;
                if octets != expected.as_bytes() {
                    return Err(format!("octets: {octets:?}"));
                }
            }
            Step::Server(octets) => {
                let octets = match octets.strip_prefix(b"$ ") {
                    Some(rest) => [&tag[..], b" ", rest].concat(),
                    None => octets,
                };
                let size = if delivery == Delivery::Whole { octets.len() } else { 1 };
                for chunk in octets.chunks(size) {
                    // The client may be gone: then what it did is what the test looks at.
                    if stream.write_all(chunk).await.is_err() {
                        return Ok(());
                    }
                    tokio::task::yield_now().await;
                }
            }
        }
    }
    if ending == Ending::Wait {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        if !rest.is_empty() {
            return Err(format!("more was said: {}", String::from_utf8_lossy(&rest)));
        }
    }
    Ok(())
}
