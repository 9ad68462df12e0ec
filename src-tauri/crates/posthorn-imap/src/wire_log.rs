//! The transcript: what was said, without secrets and without mail.
//!
//! Invariants: nothing of a `LOGIN` or `AUTHENTICATE` exchange but the command's name leaves this module; literals
//! appear as their size; quoted strings inside `FETCH` responses too, because headers may come as such.

use std::fmt;
use std::sync::Arc;

use crate::error::clip;
use crate::frame::{Frame, Piece};
use crate::limit::MAX_LOGGED_LINE;

/// Who said a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// This program.
    Client,
    /// The server.
    Server,
}

/// Where lines go.
type Sink = dyn Fn(Speaker, &str) + Send + Sync;

/// Receives every line that goes over the wire, already redacted.
#[derive(Clone)]
pub struct WireLog(Arc<Sink>);

impl WireLog {
    /// Returns a log that calls `sink`, which must be quick: it runs between two reads.
    pub fn new(sink: impl Fn(Speaker, &str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(sink))
    }

    pub(crate) fn server(&self, frame: &Frame, is_secret: bool) {
        (self.0)(Speaker::Server, &server_line(frame, is_secret));
    }

    pub(crate) fn client(&self, written: &[u8], is_secret: bool) {
        for line in written.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.is_empty() {
                (self.0)(Speaker::Client, &client_line(line, is_secret));
            }
        }
    }

    pub(crate) fn client_literal(&self, octets: u64) {
        (self.0)(Speaker::Client, &format!("({octets} octets)"));
    }
}

impl fmt::Debug for WireLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WireLog")
    }
}

fn client_line(line: &[u8], is_secret: bool) -> String {
    let text = String::from_utf8_lossy(line);
    let mut words = text.split(' ');
    let (tag, command, first) = (words.next(), words.next(), words.next());
    match (tag, command) {
        (Some(tag), Some(command)) if command.eq_ignore_ascii_case("LOGIN") => {
            format!("{tag} {command} •••")
        }
        (Some(tag), Some(command)) if command.eq_ignore_ascii_case("AUTHENTICATE") => {
            format!("{tag} {command} {} •••", first.unwrap_or_default())
        }
        _ if is_secret => "•••".to_owned(),
        _ => clip(&text, MAX_LOGGED_LINE),
    }
}

fn server_line(frame: &Frame, is_secret: bool) -> String {
    if is_secret && frame.head().first() == Some(&b'+') {
        return "+ •••".to_owned();
    }
    let is_fetch = frame
        .head()
        .split(|byte| *byte == b' ')
        .nth(2)
        .is_some_and(|w| w.eq_ignore_ascii_case(b"FETCH"));
    let mut out = String::new();
    for piece in &frame.pieces {
        match piece {
            Piece::Literal(literal) => out = format!("{out}({} octets)", literal.len()),
            // One character has at most four octets: what is cut off here is cut off below too.
            Piece::Text(text) => {
                let text = String::from_utf8_lossy(text.get(..MAX_LOGGED_LINE * 4).unwrap_or(text));
                if is_fetch { hide_strings(&text, &mut out) } else { out.push_str(&text) }
            }
        }
        if out.len() > MAX_LOGGED_LINE * 4 {
            break;
        }
    }
    clip(&out, MAX_LOGGED_LINE)
}

/// Appends text with the inside of quoted strings replaced.
fn hide_strings(text: &str, out: &mut String) {
    let mut inside = false;
    let mut escaped = false;
    for character in text.chars() {
        match character {
            '"' if !escaped => {
                inside = !inside;
                out.push_str(if inside { "\"…" } else { "\"" });
            }
            _ if !inside => out.push(character),
            _ => {}
        }
        escaped = inside && character == '\\' && !escaped;
    }
}

#[cfg(test)]
mod tests {
    use super::{client_line, server_line};
    use crate::frame::Framer;

    #[test]
    fn secrets_and_mail_never_reach_the_log() {
        let table = [
            ("A1 LOGIN \"ann\" \"hunter2\"", "A1 LOGIN •••"),
            ("A1 login {3}", "A1 login •••"),
            ("A1 AUTHENTICATE PLAIN AGFubgBodW50ZXIy", "A1 AUTHENTICATE PLAIN •••"),
            ("A2 SELECT \"INBOX\"", "A2 SELECT \"INBOX\""),
        ];
        for (line, logged) in table {
            assert_eq!(client_line(line.as_bytes(), false), logged);
        }
        assert_eq!(client_line(b"AGFubgBodW50ZXIy", true), "•••");
        let wire = b"* 1 FETCH (UID 2 BODY[1] \"sec\\\"ret\" BODY[HEADER] {3}\r\nabc FLAGS ())\r\n";
        let (_, frame) = Framer::new(None).push(wire).unwrap();
        let logged = server_line(&frame.unwrap(), false);
        assert_eq!(logged, "* 1 FETCH (UID 2 BODY[1] \"…\" BODY[HEADER] (3 octets) FLAGS ())");
    }
}
