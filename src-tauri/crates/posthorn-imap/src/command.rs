//! Builds commands. Invariant: no argument reaches the wire unescaped; CR, LF and NUL are refused.

use posthorn_model::Flags;

use crate::limit::{MAX_QUOTED, MAX_SET_TEXT};
use crate::{Error, MailboxName, Result, UidSet};

/// A stretch of a command.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Literal(Vec<u8>),
    /// A mailbox: how it is spelt depends on the connection.
    Name(MailboxName),
}

/// A command without its tag.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) parts: Vec<Part>,
}

impl Command {
    /// Begins with words of our own, never with words from outside.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self { parts: vec![Part::Text(words.into())] }
    }

    /// Adds words of our own.
    pub(crate) fn words(mut self, words: &str) -> Self {
        match self.parts.last_mut() {
            Some(Part::Text(text)) => text.push_str(words),
            _ => self.parts.push(Part::Text(words.to_owned())),
        }
        self
    }

    /// Adds ` "string"`, as a literal where it cannot be quoted.
    pub(crate) fn string(self, bytes: &[u8]) -> Result<Self> {
        if bytes.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err(Error::Argument("a name or word with a line break or NUL"));
        }
        Ok(self.words(" ").quoted(bytes, str::is_ascii))
    }

    /// Adds octets that were looked at, in quotes where they are text that may stand there.
    fn quoted(mut self, bytes: &[u8], may_be_quoted: impl Fn(&str) -> bool) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) if may_be_quoted(text) && text.len() <= MAX_QUOTED => {
                let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
                self.words(&format!("\"{escaped}\""))
            }
            _ => {
                self.parts.push(Part::Literal(bytes.to_vec()));
                self
            }
        }
    }

    /// Returns what goes over the wire: texts and literals in turn.
    pub(crate) fn render(&self, is_utf8: bool) -> Vec<Part> {
        let mut rendered = Self { parts: Vec::new() };
        for part in &self.parts {
            rendered = match part {
                Part::Text(text) => rendered.words(text),
                Part::Literal(bytes) => {
                    rendered.parts.push(Part::Literal(bytes.clone()));
                    rendered
                }
                Part::Name(name) => rendered
                    .quoted(&if is_utf8 { name.to_utf8() } else { name.to_bytes() }, |text| {
                        is_utf8 || text.is_ascii()
                    }),
            };
        }
        rendered.parts
    }

    /// Adds `"word"` without a space before it.
    pub(crate) fn bare_string(self, text: &str) -> Result<Self> {
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(Error::Argument("a key that is not a word"));
        }
        Ok(self.words(&format!("\"{text}\"")))
    }

    /// Adds ` "name"`.
    pub(crate) fn mailbox(mut self, name: &MailboxName) -> Result<Self> {
        if name.to_bytes().iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err(Error::Argument("a name or word with a line break or NUL"));
        }
        self = self.words(" ");
        self.parts.push(Part::Name(name.clone()));
        Ok(self)
    }

    /// Adds ` 1:3,7`. An empty set and one that is too long for a line are refused.
    pub(crate) fn set(self, uids: &UidSet) -> Result<Self> {
        let text = uids.to_string();
        if text.is_empty() {
            return Err(Error::Argument("an empty set of messages"));
        }
        if text.len() > MAX_SET_TEXT {
            return Err(Error::Argument("a set of messages that must be split (UidSet::pieces)"));
        }
        Ok(self.words(" ").words(&text))
    }

    /// Adds ` (\Seen $Junk)`.
    pub(crate) fn flags(self, flags: &Flags) -> Result<Self> {
        let names = flags.names();
        if !names.iter().all(|name| is_flag(name)) {
            return Err(Error::Argument("a keyword that is not an atom"));
        }
        Ok(self.words(&format!(" ({})", names.join(" "))))
    }
}

fn is_flag(name: &str) -> bool {
    let atom = name.strip_prefix('\\').unwrap_or(name);
    let is_special =
        |byte| matches!(byte, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b']' | b'[');
    !atom.is_empty() && atom.bytes().all(|byte| byte.is_ascii_graphic() && !is_special(byte))
}

/// Tells whether words may stand between the brackets of `BODY[…]`: part numbers and the RFC's keywords.
pub(crate) fn is_section(section: &str) -> bool {
    section.len() <= 200 && section.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use posthorn_model::Flags;
    use proptest::prelude::*;

    use super::{Command, Part, is_section};
    use crate::MailboxName;

    #[test]
    fn nothing_is_injected() {
        for bad in [&b"a\r\nA1 DELETE x"[..], b"a\nb", b"a\0b"] {
            assert!(Command::new("SELECT").string(bad).is_err());
        }
        for bad in ["a b", "a)", "", "\\", "a\"", "a]", "\u{e9}"] {
            assert!(Command::new("X").flags(&Flags::from_names([bad])).is_err(), "{bad:?}");
        }
        assert!(is_section("1.2.MIME") && is_section("") && !is_section("1] (UID 1"));
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_argument(name in any::<String>()) {
            let Ok(command) = Command::new("SELECT").mailbox(&MailboxName::from_display(&name)) else {
                return Err(TestCaseError::fail("modified UTF-7 has no controls"));
            };
            for is_utf8 in [false, true] {
                for part in command.render(is_utf8) {
                    if let Part::Text(text) = part {
                        let body = text.replace("\\\\", "").replace("\\\"", "");
                        prop_assert!(body.matches('"').count() % 2 == 0);
                        prop_assert!(!text.chars().any(char::is_control));
                        prop_assert!(is_utf8 || text.is_ascii());
                    }
                }
            }
        }
    }
}
