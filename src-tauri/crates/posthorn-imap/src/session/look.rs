//! Looking for messages by what people ask: SEARCH with words, dates, sizes and flags (RFC 9051 section 6.4.4).
//!
//! Words that are not ASCII go as UTF-8 literals under `CHARSET UTF-8`; a server that knows only ASCII answers
//! `BADCHARSET` (RFC 5530), which is its caller's to handle ([`Error::is_bad_charset`]).

use posthorn_model::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::Command;
use crate::response::Untagged;
use crate::uid_set::UidSum;
use crate::{Error, Result, UidSet, date};

/// Where a server looks for words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The text, without the header.
    Body,
    /// `Subject`.
    Subject,
    /// `From`.
    From,
    /// `To`.
    To,
    /// `Cc`.
    Cc,
    /// `Bcc`.
    Bcc,
}

/// A flag that a server can be asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `\Seen`.
    Seen,
    /// `\Flagged`.
    Flagged,
    /// `\Answered`.
    Answered,
    /// `\Draft`.
    Draft,
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// These letters stand there, in any case.
    Text(Part, String),
    /// It has this flag, or has it not.
    Marked(Mark, bool),
    /// Received on the UTC day of this moment or later.
    Since(Timestamp),
    /// Received before the UTC day of this moment.
    Before(Timestamp),
    /// Larger than so many octets.
    Larger(u32),
    /// Smaller than so many octets.
    Smaller(u32),
    /// Not this.
    Not(Box<Key>),
    /// All of these; at least one.
    And(Vec<Key>),
    /// Any of these; at least one.
    Or(Vec<Key>),
}

impl Key {
    /// Tells whether all its words are ASCII.
    pub fn is_ascii(&self) -> bool {
        match self {
            Self::Text(_, text) => text.is_ascii(),
            Self::Not(inner) => inner.is_ascii(),
            Self::And(members) | Self::Or(members) => members.iter().all(Self::is_ascii),
            _ => true,
        }
    }

    /// Adds it to a command, with what stands before it.
    fn add(&self, command: Command, before: &str) -> Result<Command> {
        let word = |text: String| command.clone().words(&format!("{before}{text}"));
        Ok(match self {
            Self::Text(part, text) => {
                let name = match part {
                    Part::Body => "BODY",
                    Part::Subject => "SUBJECT",
                    Part::From => "FROM",
                    Part::To => "TO",
                    Part::Cc => "CC",
                    Part::Bcc => "BCC",
                };
                word(name.to_owned()).string(text.as_bytes())?
            }
            Self::Marked(mark, is_set) => {
                let name = match mark {
                    Mark::Seen => "SEEN",
                    Mark::Flagged => "FLAGGED",
                    Mark::Answered => "ANSWERED",
                    Mark::Draft => "DRAFT",
                };
                word(format!("{}{name}", if *is_set { "" } else { "UN" }))
            }
            Self::Since(at) => word(format!("SINCE {}", date::day(*at))),
            Self::Before(at) => word(format!("BEFORE {}", date::day(*at))),
            Self::Larger(octets) => word(format!("LARGER {octets}")),
            Self::Smaller(octets) => word(format!("SMALLER {octets}")),
            Self::Not(inner) => inner.add(word("NOT (".to_owned()), "")?.words(")"),
            Self::And(members) => {
                let mut command = word("(".to_owned());
                for (at, member) in members.iter().enumerate() {
                    command = member.add(command, if at == 0 { "" } else { " " })?;
                }
                command.words(")")
            }
            // OR takes two: the rest hangs on the second.
            Self::Or(members) => match members.as_slice() {
                [] => return Err(Error::Argument("a choice between nothing")),
                [only] => only.add(command, before)?,
                [first, rest @ ..] => {
                    let command = first.add(word("OR (".to_owned()), "")?.words(") (");
                    Self::Or(rest.to_vec()).add(command, "")?.words(")")
                }
            },
        })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Returns the messages of the open mailbox that fit.
    pub async fn look_for(&mut self, key: &Key) -> Result<UidSet> {
        let verb = if self.has("ESEARCH") { "UID SEARCH RETURN (ALL)" } else { "UID SEARCH" };
        // RFC 6855 section 3: with UTF8=ACCEPT a charset is an error.
        let is_plain = key.is_ascii() || self.connection.is_utf8;
        let charset = if is_plain { "" } else { " CHARSET UTF-8" };
        let command = key.add(Command::new(format!("{verb}{charset}")), " ")?;
        let mut answer = UidSum::default();
        for untagged in self.exec(&command).await?.0 {
            match untagged {
                Untagged::Search(found) => answer.add(&found.uids)?,
                other => self.absorb(other),
            }
        }
        let found = answer.into_set();
        if self.most().is_some_and(|most| found.len() > u64::from(most)) {
            return Err(Error::Protocol(
                "a search found more messages than the mailbox holds".to_owned(),
            ));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use posthorn_model::Timestamp;

    use super::{Key, Mark, Part};
    use crate::command::{self, Command};

    fn written(key: &Key) -> String {
        let parts = key.add(Command::new("SEARCH"), " ").unwrap().render(false);
        let text = |part: command::Part| match part {
            command::Part::Text(text) => text,
            command::Part::Literal(bytes) => format!("{{{}}}", String::from_utf8(bytes).unwrap()),
            command::Part::Name(_) => String::new(),
        };
        parts.into_iter().map(text).collect()
    }

    #[test]
    fn conditions_are_written_as_the_grammar_wants_them() {
        let text = |part, text: &str| Key::Text(part, text.to_owned());
        let table = [
            (text(Part::Body, "a \"b\""), r#"SEARCH BODY "a \"b\"""#),
            (text(Part::Subject, "你好"), "SEARCH SUBJECT {你好}"),
            (Key::Marked(Mark::Seen, false), "SEARCH UNSEEN"),
            (Key::Not(Box::new(text(Part::From, "x"))), r#"SEARCH NOT (FROM "x")"#),
            (
                Key::And(vec![Key::Larger(5), Key::Since(Timestamp(1_767_603_600_000))]),
                "SEARCH (LARGER 5 SINCE 5-Jan-2026)",
            ),
            (
                Key::Or(vec![
                    Key::Smaller(1),
                    Key::Marked(Mark::Draft, true),
                    text(Part::To, "你"),
                ]),
                "SEARCH OR (SMALLER 1) (OR (DRAFT) (TO {你}))",
            ),
        ];
        for (key, wanted) in table {
            assert_eq!(written(&key), wanted);
        }
        assert!(Key::Text(Part::Body, "a\r\nb".to_owned()).add(Command::new("x"), " ").is_err());
        assert!(Key::Or(Vec::new()).add(Command::new("x"), " ").is_err());
    }
}
