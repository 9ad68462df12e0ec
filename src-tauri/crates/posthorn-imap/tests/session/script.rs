//! A server that follows a script over an in-memory stream, as steps that a test may cut and change.
//!
//! `C:` is a line that the client must send, `S:` one that the server sends; `C=` and `S=` are octets without a
//! line end, in which `\r\n` is one. `$` at the start of a line is the tag of the last command. What the client sends otherwise ends the
//! script with an error.

use posthorn_testkit::Script;
pub(crate) use posthorn_testkit::ScriptDelivery as Delivery;
use tokio::io::DuplexStream;
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
    let mut script = Script::exact();
    for step in steps {
        script = match step {
            Step::Client(line) => script.then_hear(&line),
            Step::ClientOctets(octets) => script.then_hear_bytes(octets.as_bytes()),
            Step::Server(octets) => script.then_say(&octets),
        };
    }
    if ending == Ending::Wait {
        script = script.then_end();
    }
    let (client, server) = script.delivered(delivery).serve();
    let served = tokio::spawn(async {
        server
            .await
            .map_err(|error| error.to_string())?
            .map(drop)
            .map_err(|error| format!("{error:#}"))
    });
    (client, served)
}

/// Starts a server for a script that is followed to its end.
pub(crate) fn play(script: &str) -> (DuplexStream, JoinHandle<Result<(), String>>) {
    serve(steps(script), Delivery::Whole, Ending::Wait)
}
