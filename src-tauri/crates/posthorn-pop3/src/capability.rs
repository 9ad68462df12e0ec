//! What a server offers (RFC 2449 section 5), read line by line through async-pop's parser.
//!
//! A line that the parser refuses is kept as it came: one unknown line never costs the rest.

use async_pop::response::capability::{Capability, Expiration};
use async_pop::{request::Request, response::Response};

use crate::wire::clean;

/// The answer to CAPA.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether CAPA was answered at all; old servers refuse it, and then every field below is a default.
    pub announced: bool,
    /// `TOP`.
    pub top: bool,
    /// `USER`: the name and password commands.
    pub user: bool,
    /// `UIDL`.
    pub uidl: bool,
    /// `STLS` (RFC 2595).
    pub stls: bool,
    /// `PIPELINING`: several commands may be sent before their answers came.
    pub pipelining: bool,
    /// `RESP-CODES` or `AUTH-RESP-CODE`.
    pub resp_codes: bool,
    /// `UTF8` (RFC 6856): the session can be switched to UTF-8.
    pub utf8: bool,
    /// `SASL` mechanisms in upper case. Empty when there are none.
    pub sasl: Vec<String>,
    /// `LOGIN-DELAY` in seconds between two sessions. `None` when not said.
    pub login_delay: Option<u64>,
    /// `EXPIRE` in days that a message stays on the server. `None` when never, or not said.
    pub expire_days: Option<u64>,
    /// `IMPLEMENTATION`. Empty when not said.
    pub implementation: String,
    /// Everything else, as the server wrote it.
    pub other: Vec<String>,
}

impl Capabilities {
    /// Reads the lines between the status line and the dot.
    pub(crate) fn parse<L: AsRef<[u8]>>(lines: &[L]) -> Self {
        let mut found = Self { announced: true, ..Self::default() };
        for line in lines {
            found.add(line.as_ref());
        }
        found
    }

    fn add(&mut self, line: &[u8]) {
        let text = clean(line).trim().to_owned();
        let mut words = text.split_ascii_whitespace().map(str::to_ascii_uppercase);
        match words.next().as_deref() {
            None => return,
            // The parser knows some mechanisms only, and takes SCRAM-SHA-256 for SCRAM-SHA-1's neighbour.
            Some("SASL") => return self.sasl.extend(words),
            Some("RESP-CODES" | "AUTH-RESP-CODE") => return self.resp_codes = true,
            Some("UTF8") => return self.utf8 = true,
            Some(_) => {}
        }
        match parse_line(&text) {
            Some(Capability::Top) => self.top = true,
            Some(Capability::User) => self.user = true,
            Some(Capability::Uidl) => self.uidl = true,
            Some(Capability::Stls) => self.stls = true,
            Some(Capability::Pipelining) => self.pipelining = true,
            Some(Capability::LoginDelay(_)) => self.login_delay = number(&text),
            Some(Capability::Expire(Expiration::Time(_))) => self.expire_days = number(&text),
            Some(Capability::Expire(Expiration::Never)) => {}
            Some(Capability::Implementation(name)) => {
                clean(name.as_ref()).trim().clone_into(&mut self.implementation);
            }
            Some(_) => self.other.push(text),
            None => self.add_odd(text),
        }
    }

    /// Takes a line that the parser refuses because of what follows its first word (`LOGIN-DELAY 900 USER`).
    fn add_odd(&mut self, text: String) {
        match text.split_ascii_whitespace().next().unwrap_or_default().to_ascii_uppercase().as_str()
        {
            "LOGIN-DELAY" => self.login_delay = number(&text),
            "EXPIRE" => self.expire_days = number(&text),
            "STLS" => self.stls = true,
            "UIDL" => self.uidl = true,
            "TOP" => self.top = true,
            "USER" => self.user = true,
            "PIPELINING" => self.pipelining = true,
            _ => self.other.push(text),
        }
    }
}

/// Returns the first argument as a number.
fn number(text: &str) -> Option<u64> {
    text.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Hands one line to the parser as an answer of its own.
fn parse_line(text: &str) -> Option<Capability> {
    let request: Request = "CAPA".parse().ok()?;
    let answer = format!("+OK\r\n{text}\r\n.\r\n");
    match Response::from_bytes(answer.as_bytes(), request.command()) {
        Ok(([], Response::Capability(found))) => found.into_iter().next(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Capabilities;

    #[test]
    fn unknown_lines_do_not_cost_the_known_ones() {
        let lines = [
            "UTF8 USER",
            "LOGIN-DELAY 900 USER",
            "SASL PLAIN XOAUTH SCRAM-SHA-256-PLUS",
            "uidl",
            "lang en",
            "top",
            "USER",
            "EXPIRE 30",
            "PIPELINING",
            "STLS",
            "IMPLEMENTATION some server v1",
            "AUTH-RESP-CODE",
        ];
        let found = Capabilities::parse(&lines);
        assert!(
            found.uidl
                && found.top
                && found.user
                && found.pipelining
                && found.stls
                && found.resp_codes
        );
        assert_eq!(found.login_delay, Some(900));
        assert_eq!(found.expire_days, Some(30));
        assert_eq!(found.sasl, ["PLAIN", "XOAUTH", "SCRAM-SHA-256-PLUS"]);
        assert_eq!(found.implementation, "some server v1");
        assert!(found.utf8);
        assert_eq!(found.other, ["lang en"]);
    }

    #[test]
    fn hostile_lines_are_survived() {
        let lines: [&[u8]; 4] = [b"", b"\xff\xfe", b"EXPIRE 99999999999999999999999", b".."];
        assert_eq!(Capabilities::parse(&lines).expire_days, None);
    }
}
