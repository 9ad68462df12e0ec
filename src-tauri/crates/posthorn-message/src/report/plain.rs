//! Reports in words alone: the bounce that Exim wrote for twenty years, and that many hosts still send. It names the
//! addresses in a field of its own, says in the text why, and ends with the message or its header.

use super::{Fate, MAX_RECIPIENTS, MAX_SAID, Report, ReportedRecipient, reason};
use crate::encoded_word::printable;
use crate::field::{Fields, split};
use crate::message::Parsed;

/// The field that names the addresses.
const FAILED: &str = "X-Failed-Recipients";
/// How the line begins that stands before the message that comes back.
const RETURNED: &str = "------ This is a copy of ";
/// The text's words where it is tried again.
const DELAYED: [&str; 2] = ["has not yet been delivered", "delivery attempts will continue"];

/// Reads a bounce without a part for programs; `None` when it is none.
pub(super) fn report(raw: &[u8], parsed: &Parsed) -> Option<Report> {
    let (end, _) = split(raw);
    let head = Fields::parse(raw.get(..end).unwrap_or_default());
    let named = head.first(FAILED).map(|value| String::from_utf8_lossy(value).into_owned())?;
    let text = parsed.text.replace("\r\n", "\n");
    let (words, returned) = text.split_once(RETURNED).unwrap_or((&text, ""));
    let returned = returned.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
    let about = crate::parse_head(returned.as_bytes());
    let lower = words.to_lowercase();
    let is_delayed = DELAYED.iter().any(|known| lower.contains(known));
    let recipients: Vec<ReportedRecipient> = named
        .split(',')
        .map(|address| printable(address.trim()))
        .filter(|address| address.contains('@'))
        .take(MAX_RECIPIENTS)
        .map(|address| recipient(address, words, is_delayed))
        .collect();
    (!recipients.is_empty()).then(|| Report {
        recipients,
        about: about.message_id.map(|id| id.0).unwrap_or_default(),
        subject: about.subject,
        envelope_id: String::new(),
    })
}

fn recipient(address: String, words: &str, is_delayed: bool) -> ReportedRecipient {
    let said = why(words, &address);
    let status = said
        .split(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .find(|word| is_status(word))
        .unwrap_or_default()
        .to_owned();
    ReportedRecipient {
        reason: reason(&status),
        fate: if is_delayed { Fate::Delayed } else { Fate::Failed },
        status,
        said,
        server: String::new(),
        address,
    }
}

/// Returns what stands below an address until the next empty line, in one line.
fn why(words: &str, address: &str) -> String {
    let mut lines = words.lines().skip_while(|line| !line.trim().starts_with(address)).skip(1);
    let said: Vec<&str> =
        lines.by_ref().map(str::trim).take_while(|line| !line.is_empty()).collect();
    printable(&said.join(" ")).chars().take(MAX_SAID).collect()
}

/// Tells whether a word is a status code (RFC 3463).
fn is_status(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    matches!(parts.as_slice(), ["4" | "5", subject, detail]
        if !subject.is_empty() && !detail.is_empty() && subject.len() <= 3 && detail.len() <= 3)
}

#[cfg(test)]
mod tests {
    use crate::report::{Fate, Reason, report};

    const BOUNCE: &str = "From: Mail Delivery System <Mailer-Daemon@mail.example>\nTo: anna@posthorn.test\n\
        X-Failed-Recipients: nobody@example.net, full@example.net\nSubject: Mail delivery failed: returning message to sender\n\n\
        This message was created automatically by mail delivery software.\n\n\
        A message that you sent could not be delivered to one or more of its\n\
        recipients. This is a permanent error. The following address(es) failed:\n\n  \
        nobody@example.net\n    host mx.example.net [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<nobody@example.net>:\n    550 5.1.1 no such user\n\n  \
        full@example.net\n    mailbox is full: 552 5.2.2 over quota\n\n\
        ------ This is a copy of the message, including all the headers. ------\n\n\
        Return-path: <anna@posthorn.test>\nSubject: Lunch\nMessage-ID: <a@posthorn.test>\n\nShall we?\n";

    #[test]
    fn a_bounce_in_words_is_read() {
        let raw = BOUNCE.as_bytes();
        let read = report(raw, &crate::parse(raw)).unwrap();
        let told: Vec<_> = read
            .recipients
            .iter()
            .map(|one| (one.address.as_str(), one.fate, one.reason, one.status.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("nobody@example.net", Fate::Failed, Reason::NoSuchAddress, "5.1.1"),
                ("full@example.net", Fate::Failed, Reason::Full, "5.2.2"),
            ]
        );
        assert!(read.recipients[0].said.ends_with("550 5.1.1 no such user"), "{read:?}");
        assert_eq!((read.about.as_str(), read.subject.as_str()), ("a@posthorn.test", "Lunch"));
    }

    #[test]
    fn what_is_tried_again_is_delayed_and_an_ordinary_message_is_no_report() {
        let delayed = BOUNCE.replace("could not be delivered", "has not yet been delivered");
        let read = report(delayed.as_bytes(), &crate::parse(delayed.as_bytes())).unwrap();
        assert_eq!(read.recipients[0].fate, Fate::Delayed);
        for raw in [
            BOUNCE.replace("X-Failed-Recipients: nobody@example.net, full@example.net\n", ""),
            BOUNCE.replace("nobody@example.net, full@example.net\nSubject", "\nSubject"),
        ] {
            assert_eq!(report(raw.as_bytes(), &crate::parse(raw.as_bytes())), None);
        }
    }
}
