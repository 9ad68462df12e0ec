//! Harmless commands that a person typed: read by tokens and put together anew, never passed on as they stand.
//!
//! Invariants: only verbs of [`VERBS`] run, each with arguments of its own shape; none of them changes anything on the
//! server, opens a mailbox or alters how the connection works. No octet of the typed line reaches the wire but as an
//! escaped string or a word of letters and digits.

use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::Command;
use crate::{Error, MailboxName, Result};

/// Characters of a typed line; nothing harmless is longer.
const LINE: usize = 1000;
/// Arguments of one command, members of lists included.
const ARGUMENTS: usize = 40;

/// What follows a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Nothing.
    Bare,
    /// A string.
    Text,
    /// The name of a mailbox.
    Mailbox,
    /// A list of words.
    Words,
    /// `NIL`, or a list of strings.
    Fields,
}

/// Verbs that run, and what follows each (RFC 9051 section 6, RFC 2971, RFC 9208, RFC 4314).
const VERBS: [(&str, &[Shape]); 11] = [
    ("NOOP", &[Shape::Bare]),
    ("CAPABILITY", &[Shape::Bare]),
    ("NAMESPACE", &[Shape::Bare]),
    ("ID", &[Shape::Fields]),
    ("LIST", &[Shape::Text, Shape::Text]),
    ("LSUB", &[Shape::Text, Shape::Text]),
    ("STATUS", &[Shape::Mailbox, Shape::Words]),
    ("GETQUOTAROOT", &[Shape::Mailbox]),
    ("GETQUOTA", &[Shape::Text]),
    ("GETACL", &[Shape::Mailbox]),
    ("MYRIGHTS", &[Shape::Mailbox]),
];

/// A piece of a typed line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    List(Vec<Token>),
}

/// A typed command that may run.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt(Command);

impl std::fmt::Debug for Prompt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Prompt")
    }
}

/// How a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompted {
    /// `OK`, `NO` or `BAD`.
    pub word: &'static str,
    /// Its sentence.
    pub text: String,
    /// Lines that came before it.
    pub lines: usize,
}

impl Prompt {
    /// Names of the commands that run, in upper case.
    pub fn verbs() -> impl Iterator<Item = &'static str> {
        VERBS.iter().map(|(verb, _)| *verb)
    }

    /// Reads a typed line, without a tag. [`Error::Argument`] says in words why it does not run.
    pub fn parse(line: &str) -> Result<Self> {
        if line.chars().count() > LINE || line.chars().any(char::is_control) {
            return Err(Error::Argument("a line that is too long, or holds a control character"));
        }
        let mut tokens = tokens(line)?.into_iter();
        let Some(Token::Word(verb)) = tokens.next() else {
            return Err(Error::Argument("a line that does not begin with a command"));
        };
        let verb = verb.to_ascii_uppercase();
        let Some((verb, shapes)) = VERBS.iter().find(|(known, _)| *known == verb) else {
            return Err(Error::Argument("a command that is not among the harmless ones"));
        };
        let mut command = Command::new(*verb);
        for shape in *shapes {
            command = add(command, *shape, tokens.next())?;
        }
        match tokens.next() {
            None => Ok(Self(command)),
            Some(_) => Err(Error::Argument("a command with more behind it than belongs there")),
        }
    }
}

fn add(command: Command, shape: Shape, token: Option<Token>) -> Result<Command> {
    match (shape, token) {
        (Shape::Bare, None) => Ok(command),
        (Shape::Text, Some(Token::Word(text) | Token::Quoted(text))) => {
            command.string(text.as_bytes())
        }
        (Shape::Mailbox, Some(Token::Word(text) | Token::Quoted(text))) => {
            let name = if text.is_ascii() {
                MailboxName::from_wire(text)
            } else {
                MailboxName::from_display(&text)
            };
            command.mailbox(&name)
        }
        (Shape::Words, Some(Token::List(list))) => {
            let words: Option<Vec<&str>> = list.iter().map(plain).collect();
            let words = words.filter(|words| !words.is_empty());
            let words = words.ok_or(Error::Argument("a list that holds more than words"))?;
            Ok(command.words(&format!(" ({})", words.join(" "))))
        }
        (Shape::Fields, Some(Token::Word(text))) if text.eq_ignore_ascii_case("NIL") => {
            Ok(command.words(" NIL"))
        }
        (Shape::Fields, Some(Token::List(list))) if list.len().is_multiple_of(2) => {
            let mut command = command.words(" (");
            for (at, token) in list.iter().enumerate() {
                let Token::Quoted(text) = token else {
                    return Err(Error::Argument("a list that holds more than quoted strings"));
                };
                if text.len() > 200 || !text.is_ascii() {
                    return Err(Error::Argument("a field that is too long or not ASCII"));
                }
                let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
                command = command.words(if at == 0 { "" } else { " " });
                command = command.words(&format!("\"{escaped}\""));
            }
            Ok(command.words(")"))
        }
        _ => Err(Error::Argument("a command with other arguments than belong to it")),
    }
}

/// Returns a word that may stand in a command as it is.
fn plain(token: &Token) -> Option<&str> {
    match token {
        Token::Word(word)
            if word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'=')) =>
        {
            Some(word)
        }
        _ => None,
    }
}

/// Cuts a line into tokens. One level of lists; literals (`{3}`) are words like any other, and fit nowhere.
fn tokens(line: &str) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut list: Option<Vec<Token>> = None;
    let mut count = 0;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let token = match letter {
            ' ' => continue,
            '(' if list.is_none() => {
                list = Some(Vec::new());
                continue;
            }
            '(' => return Err(Error::Argument("a list inside a list")),
            ')' => match list.take() {
                Some(list) => Token::List(list),
                None => return Err(Error::Argument("a bracket that closes nothing")),
            },
            '"' => Token::Quoted(quoted(&mut letters)?),
            first => {
                let mut word = String::from(first);
                while let Some(next) =
                    letters.next_if(|next| !matches!(next, ' ' | '(' | ')' | '"'))
                {
                    word.push(next);
                }
                Token::Word(word)
            }
        };
        count += 1;
        if count > ARGUMENTS {
            return Err(Error::Argument("a command with too many arguments"));
        }
        match &mut list {
            Some(list) => list.push(token),
            None => tokens.push(token),
        }
    }
    if list.is_some() {
        return Err(Error::Argument("a list that does not end"));
    }
    Ok(tokens)
}

/// Takes a quoted string, unescaped.
fn quoted(letters: &mut impl Iterator<Item = char>) -> Result<String> {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return Ok(text),
            '\\' => text.extend(letters.next()),
            letter => text.push(letter),
        }
    }
    Err(Error::Argument("a quoted string that does not end"))
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Runs a typed command. A refusal is an answer here, not an error; news that come along are kept.
    pub async fn prompt(&mut self, prompt: &Prompt) -> Result<Prompted> {
        match self.exec(&prompt.0).await {
            Ok((untagged, done)) => {
                let lines = untagged.len();
                self.absorb_all(untagged);
                Ok(Prompted { word: "OK", text: done.text, lines })
            }
            Err(Error::No { text, .. }) => Ok(Prompted { word: "NO", text, lines: 0 }),
            Err(Error::Bad { text, .. }) => Ok(Prompted { word: "BAD", text, lines: 0 }),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Prompt;
    use crate::command::Part;

    fn rendered(line: &str) -> Option<String> {
        let prompt = Prompt::parse(line).ok()?;
        let parts = prompt.0.render(false).into_iter().map(|part| match part {
            Part::Text(text) => text,
            Part::Literal(bytes) => format!("{{{}}}", bytes.len()),
            Part::Name(_) => String::new(),
        });
        Some(parts.collect())
    }

    #[test]
    fn only_harmless_commands_run_and_each_is_put_together_anew() {
        let table = [
            ("noop", Some("NOOP")),
            ("  Capability ", Some("CAPABILITY")),
            ("STATUS INBOX (messages UNSEEN)", Some("STATUS \"INBOX\" (messages UNSEEN)")),
            ("status \"a \\\"b\" (MESSAGES)", Some("STATUS \"a \\\"b\" (MESSAGES)")),
            ("LIST \"\" %", Some("LIST \"\" \"%\"")),
            ("MYRIGHTS 工作", Some("MYRIGHTS \"&XeVPXA-\"")),
            ("ID NIL", Some("ID NIL")),
            ("ID (\"name\" \"x\")", Some("ID (\"name\" \"x\")")),
            ("GETQUOTAROOT {3}", Some("GETQUOTAROOT \"{3}\"")),
            ("DELETE INBOX", None),
            ("UID STORE 1 +FLAGS (\\Deleted)", None),
            ("SELECT INBOX", None),
            ("A1 NOOP", None),
            ("NOOP NOOP", None),
            ("NOOP\r\nA1 DELETE x", None),
            ("STATUS INBOX", None),
            ("STATUS INBOX (MESSAGES (X))", None),
            ("STATUS INBOX (\"MESSAGES\")", None),
            ("LIST \"\" \"*", None),
            ("ID (\"name\")", None),
            ("", None),
        ];
        for (line, wire) in table {
            assert_eq!(rendered(line).as_deref(), wire, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_breaks_out_of_its_place(line in "(STATUS|LIST|ID|MYRIGHTS|NOOP) [ -~\\\\\"(){}é\r\n]{0,40}") {
            if let Some(wire) = rendered(&line) {
                prop_assert!(!wire.chars().any(char::is_control));
                let bare = wire.replace("\\\\", "").replace("\\\"", "");
                prop_assert!(bare.matches('"').count().is_multiple_of(2));
            }
        }
    }
}
