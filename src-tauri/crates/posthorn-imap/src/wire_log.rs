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
/// Whether anybody wants more than the server's sentences.
type Wants = dyn Fn() -> bool + Send + Sync;

/// Receives what goes over the wire, already redacted.
#[derive(Clone)]
pub struct WireLog {
    sink: Arc<Sink>,
    /// Absent = everything is wanted.
    wants: Option<Arc<Wants>>,
}

impl WireLog {
    /// Returns a log that calls `sink` with every line; it must be quick, because it runs between two reads.
    pub fn new(sink: impl Fn(Speaker, &str) + Send + Sync + 'static) -> Self {
        Self { sink: Arc::new(sink), wants: None }
    }

    /// Returns a log that gets every line while `wants` says so, and the server's status lines alone otherwise: what
    /// nobody wants is not even put together.
    pub fn while_wanted(
        wants: impl Fn() -> bool + Send + Sync + 'static,
        sink: impl Fn(Speaker, &str) + Send + Sync + 'static,
    ) -> Self {
        Self { sink: Arc::new(sink), wants: Some(Arc::new(wants)) }
    }

    fn is_wanted(&self) -> bool {
        self.wants.as_ref().is_none_or(|wants| wants())
    }

    pub(crate) fn server(&self, frame: &Frame, is_secret: bool) {
        if is_status(frame) || self.is_wanted() {
            (self.sink)(Speaker::Server, &server_line(frame, is_secret));
        }
    }

    pub(crate) fn client(&self, written: &[u8], is_secret: bool) {
        if !self.is_wanted() {
            return;
        }
        for line in written.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.is_empty() {
                (self.sink)(Speaker::Client, &client_line(line, is_secret));
            }
        }
    }

    pub(crate) fn client_literal(&self, octets: u64) {
        if self.is_wanted() {
            (self.sink)(Speaker::Client, &format!("({octets} octets)"));
        }
    }
}

/// Tells whether a frame is a sentence of the server: a tagged answer, or an untagged condition.
fn is_status(frame: &Frame) -> bool {
    let conditions: &[&[u8]] = &[b"OK", b"NO", b"BAD", b"BYE"];
    let word = frame.head().split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    conditions.iter().any(|condition| condition.eq_ignore_ascii_case(word))
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
        // What is searched for are words of mail and ids of messages.
        _ if text.to_ascii_uppercase().contains(" SEARCH ") => {
            let mut out = String::new();
            hide_strings(&text, &mut out);
            clip(&out, MAX_LOGGED_LINE)
        }
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
        .is_some_and(|word| word.eq_ignore_ascii_case(b"FETCH"));
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
    use super::{WireLog, client_line, server_line};
    use crate::frame::Framer;

    #[test]
    fn what_nobody_wants_is_not_put_together() {
        use std::sync::Arc;
        use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
        let (is_open, lines) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (wants, count) = (is_open.clone(), lines.clone());
        let log = WireLog::while_wanted(
            move || wants.load(Ordering::Relaxed),
            move |_, _| _ = count.fetch_add(1, Ordering::Relaxed),
        );
        let say = |line: &[u8]| {
            let (_, frame) = Framer::new(None).push(line).unwrap();
            log.server(&frame.unwrap(), false);
        };
        log.client(b"A1 UID FETCH 1 (FLAGS)\r\n", false);
        log.client_literal(3);
        say(b"* 1 FETCH (UID 2 FLAGS ())\r\n");
        assert_eq!(lines.load(Ordering::Relaxed), 0);
        say(b"* BYE too many\r\n");
        say(b"A1 OK done\r\n");
        assert_eq!(lines.load(Ordering::Relaxed), 2, "its sentences are always wanted");
        is_open.store(true, Ordering::Relaxed);
        say(b"* 1 FETCH (UID 2 FLAGS ())\r\n");
        log.client(b"A1 UID FETCH 1 (FLAGS)\r\n", false);
        assert_eq!(lines.load(Ordering::Relaxed), 4);
    }

    #[test]
    fn secrets_and_mail_never_reach_the_log() {
        let table = [
            ("A1 LOGIN \"ann\" \"hunter2\"", "A1 LOGIN •••"),
            ("A1 login {3}", "A1 login •••"),
            ("A1 AUTHENTICATE PLAIN AGFubgBodW50ZXIy", "A1 AUTHENTICATE PLAIN •••"),
            ("A2 SELECT \"INBOX\"", "A2 SELECT \"INBOX\""),
            ("A3 UID SEARCH HEADER MESSAGE-ID \"<a@b>\"", "A3 UID SEARCH HEADER MESSAGE-ID \"…\""),
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
