//! Delivery reports (RFC 3464) and read receipts (RFC 8098): what became of a message that was sent.
//!
//! Written by strangers' servers: every word of it is text to be shown, and none of it is believed enough to change
//! anything.

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
    let mut recipients = match (status, receipt) {
        (Some(status), _) => delivery(&bytes(&status.section)?),
        (None, Some(receipt)) => disposition(&bytes(&receipt.section)?).into_iter().collect(),
        (None, None) => return None,
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
    let about = head.message_id.map(|id| id.0).unwrap_or_default();
    Some(Report { recipients, about, subject: head.subject })
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

fn delivery(bytes: &[u8]) -> Vec<ReportedRecipient> {
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
    blocks(bytes).iter().filter_map(read).collect()
}

fn disposition(bytes: &[u8]) -> Option<ReportedRecipient> {
    let fields = Fields::parse(bytes.get(..MAX_BYTES).unwrap_or(bytes));
    let disposition = text(&fields, "Disposition").to_ascii_lowercase();
    let kind = disposition.split(';').nth(1)?.split(['/', ',']).next()?.trim().to_owned();
    Some(ReportedRecipient {
        address: typed(&text(&fields, "Final-Recipient")),
        fate: match kind.as_str() {
            "displayed" | "processed" | "dispatched" => Fate::Read,
            "deleted" => Fate::Unread,
            _ => return None,
        },
        reason: Reason::Unknown,
        status: String::new(),
        said: String::new(),
        server: String::new(),
    })
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
