//! What is said on a submission connection, kept for the receipts of the messages that go over it.
//!
//! Invariants: only lines that passed the redaction of `posthorn-smtp` come here (no password, no text of the message), and
//! what a server asks while it is signed in to is left out too. What is kept is bounded, whatever a server says.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use posthorn_model::Clock;

/// Lines that are kept of the opening and of each message: a message to 100 people has some 210.
const LINES: usize = 400;
/// Letters of a line that are kept.
const LINE_LENGTH: usize = 500;

/// What a connection said so far: its opening, and the message that it is at. Cheap to clone; all clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Dialogue {
    clock: Arc<dyn Clock>,
    said: Arc<Mutex<Said>>,
}

#[derive(Debug, Default)]
struct Said {
    /// Greeting, EHLO, STARTTLS, AUTH: part of every receipt of the connection.
    opening: Vec<String>,
    /// What was said of the message; absent before the first one.
    message: Option<Vec<String>>,
}

impl Dialogue {
    /// Returns one of a connection that is about to be opened.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, said: Arc::default() }
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hears a line, `C: ` or `S: ` before it.
    pub(crate) fn hear(&self, line: fmt::Arguments<'_>) {
        let at = self.clock.now().0;
        let mut said = self.said();
        let Said { opening, message } = &mut *said;
        let lines = message.as_mut().unwrap_or(opening);
        let line = match lines.len() {
            LINES => "…".to_owned(),
            count if count > LINES => return,
            _ => kept(&line.to_string()),
        };
        lines.push(format!("{at} {line}"));
    }

    /// Forgets the message before: the next one begins.
    pub(super) fn begin(&self) {
        self.said().message = Some(Vec::new());
    }

    /// Returns the opening and what was said of the message, a line each.
    pub(super) fn text(&self) -> String {
        let said = self.said();
        said.opening.iter().chain(said.message.iter().flatten()).fold(
            String::new(),
            |mut text, line| {
                text.push_str(line);
                text.push('\n');
                text
            },
        )
    }
}

/// Returns what is kept of a line.
fn kept(line: &str) -> String {
    if line.starts_with("S: 334") {
        return "S: 334 •••".to_owned();
    }
    line.chars()
        .take(LINE_LENGTH)
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use posthorn_model::{ManualClock, Timestamp};

    use super::{Dialogue, LINES};

    #[test]
    fn the_opening_is_part_of_every_message_and_a_message_of_none_but_itself() {
        let dialogue = Dialogue::new(Arc::new(ManualClock::at(Timestamp(7))));
        for line in ["S: 220 hello", "C: AUTH LOGIN", "S: 334 VXNlcm5hbWU6", "C: •••"] {
            dialogue.hear(format_args!("{line}"));
        }
        dialogue.begin();
        dialogue.hear(format_args!("C: MAIL FROM:<a@b.example>"));
        dialogue.begin();
        dialogue.hear(format_args!("C: RSET\nS: 250 forged"));
        let expected =
            "7 S: 220 hello\n7 C: AUTH LOGIN\n7 S: 334 •••\n7 C: •••\n7 C: RSET S: 250 forged\n";
        assert_eq!(dialogue.text(), expected);
    }

    #[test]
    fn a_talkative_server_fills_nothing() {
        let dialogue = Dialogue::new(Arc::new(ManualClock::at(Timestamp(0))));
        let long = "x".repeat(9_000);
        for _ in 0..LINES * 3 {
            dialogue.hear(format_args!("S: 250 {long}"));
        }
        let text = dialogue.text();
        assert_eq!((text.lines().count(), text.lines().last()), (LINES + 1, Some("0 …")));
        assert!(text.lines().all(|line| line.len() < 600));
    }
}
