//! Sessions against scripted servers over an in-memory stream.

mod hostile;
mod session;
mod unstuff;

use posthorn_testkit::{Script, ScriptDelivery};
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;

/// Reads a script in which every line means itself.
fn script(text: &str) -> Script {
    Script::exact().then(Script::parse(text).unwrap())
}

/// Plays a script. The handle returns what the client sent.
fn serve(script: Script, delivery: ScriptDelivery) -> (DuplexStream, JoinHandle<String>) {
    script.then_drain().delivered(delivery).hear()
}
