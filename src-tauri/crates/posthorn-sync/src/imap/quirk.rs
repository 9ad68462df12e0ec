//! What single providers do differently, in one place. `docs/PROVIDER_QUIRKS.md` has the evidence for each line.
//!
//! A quirk is known by what a server says (its capabilities, its `ID`, its sentences), because the same software runs
//! under many names. Everything here leaves an honest server as it is.

use std::time::Duration;

use posthorn_imap::Error;

/// What a connection does differently with this server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quirks {
    /// Capabilities that the server offers and does not keep.
    pub(crate) distrusted: &'static [&'static str],
}

/// Extensions that are switched on where they are offered.
pub(crate) const EXTENSIONS: &[&str] = &["QRESYNC", "UTF8=ACCEPT"];

/// Returns what is different at a server, by what it says about itself (RFC 2971).
pub(crate) fn of(server: &[(String, String)]) -> Quirks {
    let field = |name: &str| {
        let found = server.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.to_ascii_lowercase()).unwrap_or_default()
    };
    // The bridge of 2020 offered UIDPLUS and refused UID EXPUNGE.
    if field("name").contains("proton") || field("vendor").contains("proton") {
        return Quirks { distrusted: &["UIDPLUS"] };
    }
    Quirks::default()
}

/// Says what a refusal really is: some servers say "wrong password" or "syntax error" and mean "later".
pub(crate) fn translate(error: Error) -> Error {
    let text = error.server_text().unwrap_or_default().to_ascii_lowercase();
    let is_crowd = names_a_crowd(&text);
    // Exchange Online after a sign-in that the mailbox's own server has not taken up: the session is useless.
    let is_unconnected = text.contains("authenticated but not connected");
    let is_throttled = names_a_rate(&text);
    match error {
        Error::LoginRefused { text, .. } if is_crowd || is_throttled => Error::Bye(text),
        Error::No { text, .. } | Error::Bad { text, .. } if is_unconnected || is_throttled => {
            Error::Bye(text)
        }
        other => other,
    }
}

/// Tells whether a server that says goodbye, or nothing in code, allows no more connections or requests for now.
pub(crate) fn is_crowded(error: &Error) -> bool {
    let text = error.server_text().unwrap_or_default().to_ascii_lowercase();
    match error {
        Error::Bye(_) => names_a_crowd(&text) || names_a_rate(&text),
        Error::No { .. } | Error::Bad { .. } => names_a_rate(&text),
        _ => false,
    }
}

/// Sentences about connections: Dovecot, Gmail, Courier.
fn names_a_crowd(text: &str) -> bool {
    const WORDS: [&str; 3] = ["too many", "connection limit", "maximum number of connections"];
    WORDS.iter().any(|words| text.contains(words))
}

/// Sentences about requests: Exchange Online, Yahoo, Gmail.
fn names_a_rate(text: &str) -> bool {
    ["request is throttled", "rate limit", "exceeded command or bandwidth limits"]
        .iter()
        .any(|words| text.contains(words))
}

/// Returns how long a server asks to be left alone (Exchange Online: `Suggested Backoff Time: 299961 milliseconds`).
pub(crate) fn pause(text: &str) -> Option<Duration> {
    /// Longer than this nobody waits without looking again.
    const LONGEST: Duration = Duration::from_mins(15);
    let (_, rest) = text.split_once("Suggested Backoff Time:")?;
    let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    let wait = Duration::from_millis(digits.parse().ok()?);
    Some(wait.min(LONGEST))
}

/// Tells whether a server lets nobody in who has not said who he is (Coremail: 163, 126, yeah.net).
pub(crate) fn wants_introduction(error: &Error) -> bool {
    error.server_text().is_some_and(|text| text.to_ascii_lowercase().contains("unsafe login"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use posthorn_imap::Error;

    use super::{of, pause, translate, wants_introduction};

    fn refused(text: &str) -> Error {
        Error::LoginRefused { code: None, text: text.to_owned() }
    }

    #[test]
    fn a_crowd_is_no_wrong_password() {
        let table = [
            (
                "Authentication failed: authentication failure (Too many simultaneous connections.)",
                false,
            ),
            ("Maximum number of connections from user+IP exceeded", false),
            ("Too many simultaneous connections. (Failure)", false),
            ("Invalid credentials (Failure)", true),
            ("LOGIN failed.", true),
            ("", true),
        ];
        for (text, needs_credentials) in table {
            let error = translate(refused(text));
            assert_eq!(error.needs_credentials(), needs_credentials, "{text}");
            assert_eq!(error.is_transient(), !needs_credentials, "{text}");
        }
    }

    #[test]
    fn a_session_without_a_mailbox_is_left() {
        let bad = |text: &str| translate(Error::Bad { code: None, text: text.to_owned() });
        assert!(bad("User is authenticated but not connected.").is_fatal());
        assert!(bad("Request is throttled. Suggested Backoff Time: 5 milliseconds").is_fatal());
        assert!(!bad("what is this").is_fatal());
    }

    #[test]
    fn a_server_that_says_how_long_is_listened_to() {
        let text = "Request is throttled. Suggested Backoff Time: 299961 milliseconds";
        assert_eq!(pause(text), Some(Duration::from_millis(299_961)));
        assert_eq!(
            pause("Suggested Backoff Time: 99999999999 milliseconds").unwrap(),
            Duration::from_mins(15)
        );
        assert_eq!(pause("later"), None);
        assert!(wants_introduction(&Error::No {
            code: None,
            text: "SELECT Unsafe Login. Please contact kefu@188.com for help".to_owned()
        }));
    }

    #[test]
    fn only_who_says_so_is_different() {
        let id = |name: &str| vec![("name".to_owned(), name.to_owned())];
        assert!(of(&id("Proton Mail Bridge")).distrusted.contains(&"UIDPLUS"));
        assert_eq!(of(&id("Dovecot")), super::Quirks::default());
    }
}
