//! A server's reply: code, enhanced code, sentence.

use std::fmt;

/// An enhanced status code (RFC 3463): class, subject, detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnhancedCode {
    /// 2, 4 or 5.
    pub class: u8,
    /// What it is about: 1 addressing, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy.
    pub subject: u16,
    /// Which case of it.
    pub detail: u16,
}

impl EnhancedCode {
    /// Reads `5.1.1`.
    fn parse(word: &str) -> Option<Self> {
        let mut parts = word.split('.');
        let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
        let is_code = parts.next().is_none() && matches!(class, "2" | "4" | "5");
        let code = Self {
            class: class.parse().ok()?,
            subject: subject.parse().ok()?,
            detail: detail.parse().ok()?,
        };
        is_code.then_some(code)
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// A whole reply (RFC 5321 section 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Three digits, 200 to 559.
    pub code: u16,
    /// The enhanced code that the first line begins with. `None` where there is none.
    pub enhanced: Option<EnhancedCode>,
    /// The lines without codes; invalid bytes replaced, control characters removed.
    pub lines: Vec<String>,
}

impl Reply {
    /// Builds a reply from its lines, each still with its enhanced code.
    pub(crate) fn new(code: u16, lines: Vec<String>) -> Self {
        let enhanced = lines.first().and_then(|line| EnhancedCode::parse(line.split(' ').next()?));
        let prefix = enhanced.map(|code| code.to_string()).unwrap_or_default();
        let strip = |line: String| match line.strip_prefix(&prefix) {
            Some(rest) if enhanced.is_some() => rest.trim_start().to_owned(),
            _ => line,
        };
        Self { code, enhanced, lines: lines.into_iter().map(strip).collect() }
    }

    /// Returns the server's sentence in one line.
    pub fn text(&self) -> String {
        self.lines.join(" ").trim().to_owned()
    }

    /// Returns whether the command was taken (2yz, 3yz).
    pub fn is_positive(&self) -> bool {
        (200..400).contains(&self.code)
    }

    /// Returns whether the same may succeed later (4yz).
    pub fn is_transient(&self) -> bool {
        (400..500).contains(&self.code)
    }

    /// Returns the name under which the server queued the message, where the sentence tells it.
    pub fn queue_id(&self) -> Option<String> {
        let text = self.text();
        let lower = text.to_ascii_lowercase();
        let after = |mark: &str| {
            let at = lower.find(mark)? + mark.len();
            let word = text.get(at..)?.split_ascii_whitespace().next()?;
            let id = word.trim_matches(|character: char| !character.is_ascii_alphanumeric());
            (!id.is_empty()).then(|| id.to_owned())
        };
        [
            "queued as ",
            "queued with id ",
            "id=",
            "queued mail for delivery ",
            "message accepted for delivery ",
        ]
        .into_iter()
        .find_map(after)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(formatter, " {enhanced}")?;
        }
        write!(formatter, " {}", self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::Reply;

    #[test]
    fn sentences_lose_their_codes_and_keep_their_words() {
        let reply = Reply::new(550, vec!["5.1.1 No such user".to_owned(), "5.1.1 here".to_owned()]);
        assert_eq!(reply.to_string(), "550 5.1.1 No such user here");
        assert_eq!(reply.enhanced.map(|code| code.subject), Some(1));
        let plain = Reply::new(550, vec!["5.1 is no code".to_owned()]);
        assert_eq!((plain.enhanced, plain.text().as_str()), (None, "5.1 is no code"));
    }

    #[test]
    fn queue_ids_are_found_in_the_servers_own_words() {
        let cases = [
            ("2.0.0 Ok: queued as 4F2D1", Some("4F2D1")),
            ("OK id=1rXyZ-000abc-2k", Some("1rXyZ-000abc-2k")),
            ("2.0.0 OK 1700000000 a12-abc.5 - gsmtp", None),
            ("queued as", None),
        ];
        for (text, id) in cases {
            assert_eq!(Reply::new(250, vec![text.to_owned()]).queue_id().as_deref(), id, "{text}");
        }
    }
}
