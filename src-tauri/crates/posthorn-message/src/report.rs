//! Delivery reports (RFC 3464) and read receipts (RFC 8098): what became of a message that was sent.
//!
//! Written by strangers' servers: every word of it is text to be shown, and none of it is believed enough to change
//! anything.

mod plain;

use crate::encoded_word::printable;
use crate::field::{Fields, split};
use crate::message::Parsed;

/// Recipients of one report that are read.
const MAX_RECIPIENTS: usize = 200;
/// Bytes of one report that are read.
const MAX_BYTES: usize = 256 * 1024;
/// Characters of a server's sentence that are kept.
const MAX_SAID: usize = 400;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It did not arrive and will not be tried again.
    Failed,
    /// It did not arrive yet and is tried again.
    Delayed,
    /// It arrived.
    Delivered,
    /// It was handed to a server that reports nothing.
    Relayed,
    /// It was shown to its reader (a read receipt).
    Read,
    /// It was deleted without being shown (a read receipt).
    Unread,
}

/// Why, in a few words, from the status code (RFC 3463).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There is no such address.
    NoSuchAddress,
    /// The mailbox is full.
    Full,
    /// The message is too large.
    TooLarge,
    /// The server does not want it: policy, reputation, content.
    Refused,
    /// The server was not reached, or does not work.
    Unreachable,
    /// The code says no more than the fate does.
    Unknown,
}

/// What became of a message for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedRecipient {
    /// The address, as the report writes it.
    pub address: String,
    /// What became of it.
    pub fate: Fate,
    /// Why.
    pub reason: Reason,
    /// Enhanced status code (`5.1.1`); empty when missing.
    pub status: String,
    /// The last server's sentence; empty when missing.
    pub said: String,
    /// The server that said it; empty when missing.
    pub server: String,
}

/// A report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Its recipients, in order; never empty.
    pub recipients: Vec<ReportedRecipient>,
    /// `Message-ID` of the message that it is about, without brackets; empty when missing.
    pub about: String,
    /// Subject of the message that it is about; empty when missing.
    pub subject: String,
    /// The name that the sender gave the envelope (`Original-Envelope-Id`, RFC 3464 section 2.2.1); empty when missing.
    pub envelope_id: String,
}

/// What a header says, in lower case, where a message may be a report.
const SIGNS: [&[u8]; 3] = [b"multipart/report", b"x-failed-recipients:", b"report-type"];

/// Tells by its header whether a message may be a report: nearly none is, and the others need not be looked through.
pub fn may_be_report(raw: &[u8]) -> bool {
    let (end, _) = split(raw.get(..MAX_BYTES).unwrap_or(raw));
    let header = raw.get(..end).unwrap_or_default().to_ascii_lowercase();
    SIGNS.iter().any(|sign| memchr::memmem::find(&header, sign).is_some())
}

/// Reads the report in a message; `None` when it is none.
pub fn report(raw: &[u8], parsed: &Parsed) -> Option<Report> {
    let of_type = |types: &[&str]| {
        parsed.attachments.iter().find(|found| types.contains(&found.content_type.as_str()))
    };
    let bytes = |section: &str| crate::part(raw, section).map(|found| found.bytes.into_owned());
    let status = of_type(&["message/delivery-status", "message/global-delivery-status"]);
    let receipt =
        of_type(&["message/disposition-notification", "message/global-disposition-notification"]);
    let (mut recipients, told) = match (status, receipt) {
        (Some(status), _) => delivery(&bytes(&status.section)?),
        (None, Some(receipt)) => {
            let (recipient, told) = disposition(&bytes(&receipt.section)?)?;
            (vec![recipient], told)
        }
        (None, None) => return plain::report(raw, parsed),
    };
    recipients.truncate(MAX_RECIPIENTS);
    if recipients.is_empty() {
        return None;
    }
    let original = of_type(&[
        "text/rfc822-headers",
        "message/rfc822",
        "message/global",
        "message/global-headers",
    ]);
    let head = original
        .and_then(|found| crate::raw_part(raw, &found.section).map(<[u8]>::to_vec))
        .map(|bytes| crate::parse_head(&bytes))
        .unwrap_or_default();
    let about = head.message_id.map_or(told.about, |id| id.0);
    Some(Report { recipients, about, subject: head.subject, envelope_id: told.envelope_id })
}

/// Splits into blocks of fields, which empty lines separate.
fn blocks(bytes: &[u8]) -> Vec<&[u8]> {
    let mut rest = bytes.get(..MAX_BYTES).unwrap_or(bytes).trim_ascii_start();
    let mut found = Vec::new();
    while !rest.is_empty() && found.len() <= MAX_RECIPIENTS {
        let (end, next) = split(rest);
        if next == 0 {
            break;
        }
        found.push(rest.get(..end).unwrap_or_default());
        rest = rest.get(next..).unwrap_or_default().trim_ascii_start();
    }
    found
}

fn text(fields: &Fields<'_>, name: &str) -> String {
    let value = String::from_utf8_lossy(fields.first(name).unwrap_or_default()).into_owned();
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    printable(&value).chars().take(MAX_SAID).collect()
}

/// Takes the type away that stands before a value (`rfc822; a@b.example`).
fn typed(value: &str) -> String {
    value
        .split_once(';')
        .map_or(value, |(_, value)| value)
        .trim()
        .trim_matches(['<', '>'])
        .to_owned()
}

/// What a report says of the message that it is about, beside what it returns of it.
#[derive(Default)]
struct Told {
    envelope_id: String,
    about: String,
}

fn delivery(bytes: &[u8]) -> (Vec<ReportedRecipient>, Told) {
    let read = |block: &&[u8]| {
        let fields = Fields::parse(block);
        let address = [text(&fields, "Original-Recipient"), text(&fields, "Final-Recipient")]
            .iter()
            .map(|value| typed(value))
            .find(|address| !address.is_empty())?;
        let fate = match text(&fields, "Action").to_ascii_lowercase().as_str() {
            "failed" => Fate::Failed,
            "delayed" => Fate::Delayed,
            "delivered" | "expanded" => Fate::Delivered,
            "relayed" => Fate::Relayed,
            _ => return None,
        };
        let status = text(&fields, "Status");
        let status = status.split_whitespace().next().unwrap_or_default().to_owned();
        let said = typed(&text(&fields, "Diagnostic-Code"));
        Some(ReportedRecipient {
            reason: if fate == Fate::Delivered { Reason::Unknown } else { reason(&status) },
            address,
            fate,
            status,
            said,
            server: typed(&text(&fields, "Remote-MTA")),
        })
    };
    let blocks = blocks(bytes);
    let whole = blocks.first().map(|block| Fields::parse(block)).unwrap_or_default();
    let envelope_id = from_xtext(&text(&whole, "Original-Envelope-Id"));
    (blocks.iter().filter_map(read).collect(), Told { envelope_id, about: String::new() })
}

/// Decodes `xtext` (RFC 3461 section 4): some servers return the name of an envelope as it was written to them.
fn from_xtext(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let coded = digits
            .filter(|digits| *first == b'+' && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = coded.and_then(|_| behind.get(2..)).unwrap_or(behind);
        bytes.push(coded.unwrap_or(*first));
    }
    printable(&String::from_utf8_lossy(&bytes))
}

fn disposition(bytes: &[u8]) -> Option<(ReportedRecipient, Told)> {
    let fields = Fields::parse(bytes.get(..MAX_BYTES).unwrap_or(bytes));
    let disposition = text(&fields, "Disposition").to_ascii_lowercase();
    let kind = disposition.split(';').nth(1)?.split(['/', ',']).next()?.trim().to_owned();
    let address = [text(&fields, "Original-Recipient"), text(&fields, "Final-Recipient")];
    let address = address.iter().map(|value| typed(value)).find(|value| !value.is_empty());
    let about = text(&fields, "Original-Message-ID");
    let told =
        Told { about: about.trim_matches(['<', '>', ' ']).to_owned(), envelope_id: String::new() };
    let recipient = ReportedRecipient {
        address: address.unwrap_or_default(),
        fate: match kind.as_str() {
            "displayed" | "processed" | "dispatched" => Fate::Read,
            "deleted" => Fate::Unread,
            _ => return None,
        },
        reason: Reason::Unknown,
        status: String::new(),
        said: String::new(),
        server: String::new(),
    };
    Some((recipient, told))
}

/// Says what a status code means (RFC 3463 section 3).
fn reason(status: &str) -> Reason {
    let detail = status.split_once('.').map(|(_, detail)| detail).unwrap_or_default();
    match detail {
        "1.1" | "1.2" | "1.3" | "1.6" | "1.10" | "2.1" => Reason::NoSuchAddress,
        "2.2" | "3.1" => Reason::Full,
        "2.3" | "3.4" => Reason::TooLarge,
        _ if detail.starts_with("7.") || detail == "6.0" => Reason::Refused,
        _ if detail.starts_with("4.") || detail.starts_with("3.") => Reason::Unreachable,
        _ => Reason::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, Reason, report};

    fn message(kind: &str, status: &str) -> Vec<u8> {
        format!(
            "From: MAILER-DAEMON@example.org\nSubject: x\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: text/plain\n\nSorry.\n\
             --b\nContent-Type: message/{kind}\n\n{status}\n\n--b\nContent-Type: text/rfc822-headers\n\nSubject: Lunch\nMessage-ID: <a@b.example>\n\n--b--\n"
        )
        .into_bytes()
    }

    #[test]
    fn reports_say_what_became_of_a_message_for_whom() {
        let raw = message(
            "delivery-status",
            "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; nobody@example.net\nAction: failed\nStatus: 5.1.1 (no such)\nRemote-MTA: dns; mx.example.net\nDiagnostic-Code: smtp; 550 5.1.1\n  User unknown\n\n\
             Original-Recipient: rfc822;full@example.net\nFinal-Recipient: rfc822; other@example.net\nAction: Delayed\nStatus: 4.2.2\n\nAction: failed",
        );
        let read = report(&raw, &crate::parse(&raw)).unwrap();
        let told: Vec<_> = read
            .recipients
            .iter()
            .map(|one| (one.address.as_str(), one.fate, one.reason, one.said.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    "nobody@example.net",
                    Fate::Failed,
                    Reason::NoSuchAddress,
                    "550 5.1.1 User unknown"
                ),
                ("full@example.net", Fate::Delayed, Reason::Full, ""),
            ]
        );
        assert_eq!(
            (read.about.as_str(), read.subject.as_str(), read.recipients[0].server.as_str()),
            ("a@b.example", "Lunch", "mx.example.net")
        );
    }

    #[test]
    fn receipts_say_that_a_message_was_read() {
        let raw = message(
            "disposition-notification",
            "Final-Recipient: rfc822; bert@example.net\nDisposition: manual-action/MDN-sent-manually; displayed",
        );
        let read = report(&raw, &crate::parse(&raw)).unwrap();
        assert_eq!(
            (read.recipients[0].address.as_str(), read.recipients[0].fate),
            ("bert@example.net", Fate::Read)
        );
    }

    #[test]
    fn a_report_names_what_it_is_about_in_three_ways() {
        let delivered = "Final-Recipient: rfc822; a@b.example\nAction: delivered\nStatus: 2.0.0";
        for (kind, status, about, envelope_id) in [
            (
                "delivery-status",
                format!("Original-Envelope-Id: x+2By@z\nReporting-MTA: dns; m\n\n{delivered}"),
                "a@b.example",
                "x+y@z",
            ),
            (
                "disposition-notification",
                "Final-Recipient: rfc822; a@b.example\nOriginal-Message-ID: <q@b.example>\nDisposition: a/b; displayed".to_owned(),
                "q@b.example",
                "",
            ),
        ] {
            let whole = message(kind, &status);
            let whole = String::from_utf8(whole).unwrap();
            // What a receipt says itself counts where nothing of the message comes back.
            let raw = if envelope_id.is_empty() {
                whole.replace("\nMessage-ID: <a@b.example>", "")
            } else {
                whole
            };
            let read = report(raw.as_bytes(), &crate::parse(raw.as_bytes())).unwrap();
            assert_eq!((read.about.as_str(), read.envelope_id.as_str()), (about, envelope_id));
        }
    }

    #[test]
    fn what_is_no_report_is_none() {
        for status in [
            "",
            "Action: failed",
            "Final-Recipient: rfc822; a@b.example\nAction: dancing",
            "\0\u{1}",
        ] {
            let raw = message("delivery-status", status);
            assert_eq!(report(&raw, &crate::parse(&raw)), None, "{status}");
        }
    }
}
