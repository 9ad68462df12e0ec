//! The console: what is said on every connection, and its prompt.

use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Duration;

use posthorn_model::AccountId;
use posthorn_sync::{Prompt, Purpose};

use crate::contract::{
    ConnectionPurpose, ConsoleAnswer, ConsoleCommand, ConsoleCommands, ConsoleConnection,
    ConsoleLine, ConsoleLines, Error, Nothing, ReadConsole, SaveConsole, Saved,
};
use crate::engine::Engine;
use crate::error::Result;
use crate::message::attachment;

/// Lines given at once: what a page draws without a pause.
const AT_ONCE: usize = 500;
/// Longest wait for a line: a page that closes is not waited for much longer.
const LONGEST_MS: u64 = 20_000;

impl From<Purpose> for ConnectionPurpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Working => Self::Working,
            Purpose::Watching => Self::Watching,
            Purpose::Bulk => Self::Bulk,
            Purpose::Doubting => Self::Doubting,
            Purpose::Proving => Self::Proving,
            Purpose::Searching => Self::Searching,
            Purpose::Filing => Self::Filing,
            Purpose::Maildrop => Self::Maildrop,
            Purpose::Submission => Self::Submission,
        }
    }
}

/// Gives what was said, and waits for it where there is nothing yet. Opens the console.
pub(crate) async fn console_read(engine: &Engine, request: ReadConsole) -> Result<ConsoleLines> {
    let patience = Duration::from_millis(request.wait_ms.min(LONGEST_MS));
    let read = engine.sync().console_lines(request.after, AT_ONCE, patience).await;
    Ok(ConsoleLines {
        last: read.last,
        lost: read.lost,
        lines: read
            .lines
            .into_iter()
            .map(|line| ConsoleLine {
                number: line.number,
                at: line.at.0,
                connection: line.connection,
                ours: line.is_ours,
                text: line.text,
                after_ms: line.after.map(|after| (after.as_micros() as f64) / 1000.0),
            })
            .collect(),
        connections: read
            .connections
            .into_iter()
            .map(|one| ConsoleConnection {
                id: one.id,
                account: one.account.0,
                purpose: one.purpose.into(),
                host: one.host,
                since_at: one.since.0,
                open: one.is_open,
            })
            .collect(),
    })
}

/// Writes what the console keeps into a file, one line each: time, connection, speaker, words, time it took.
pub(crate) async fn console_save(engine: &Engine, request: SaveConsole) -> Result<Saved> {
    let read = engine.sync().console_lines(0, usize::MAX, Duration::ZERO).await;
    let words = request.words.to_lowercase();
    let mut text = String::new();
    for line in read.lines {
        let is_wanted =
            request.connections.is_empty() || request.connections.contains(&line.connection);
        if !is_wanted || !line.text.to_lowercase().contains(&words) {
            continue;
        }
        let connection = read.connections.iter().find(|one| one.id == line.connection);
        let host = connection.map(|one| one.host.as_str()).unwrap_or_default();
        let speaker = if line.is_ours { 'C' } else { 'S' };
        let after =
            line.after.map(|after| format!("\t{} ms", after.as_millis())).unwrap_or_default();
        // Writing into a string never fails.
        let _ = writeln!(
            text,
            "{}\t{host}#{}\t{speaker}\t{}{after}",
            line.at.0, line.connection, line.text
        );
    }
    let path = attachment::absolute(&request.path)?;
    attachment::replace(&path, Cursor::new(text)).await?;
    Ok(Saved { paths: vec![path.display().to_string()] })
}

/// Closes the console.
pub(crate) async fn console_close(engine: &Engine, _: Nothing) -> Result<Nothing> {
    engine.sync().console_close();
    Ok(Nothing {})
}

/// Names the commands that the prompt runs.
pub(crate) async fn console_commands(_: &Engine, _: Nothing) -> Result<ConsoleCommands> {
    Ok(ConsoleCommands { verbs: Prompt::verbs().map(str::to_owned).collect() })
}

/// Runs a harmless command on an account's working connection.
pub(crate) async fn console_run(engine: &Engine, request: ConsoleCommand) -> Result<ConsoleAnswer> {
    let prompt = Prompt::parse(&request.line).map_err(|error| Error::invalid(error.to_string()))?;
    let answer = engine.sync().prompt(AccountId(request.account), prompt).await?;
    Ok(ConsoleAnswer {
        word: answer.word.to_owned(),
        text: answer.text,
        lines: answer.lines as u64,
    })
}
