//! The answer to somebody who asked to be told that a message was read (RFC 8098): written only where the user agreed.
//!
//! Invariant: it says that a person looked at the message and sent this on purpose; nothing of the message comes back, and
//! nothing is told of the program or the computer beside its name.

use std::fmt::Write as _;

use mail_builder::MessageBuilder;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::{BodyPart, MimePart};
use posthorn_model::{Address, MessageIdHeader, Timestamp};

use super::ComposeError;
use super::build::{crlf, multipart, text_part};
use super::header::{address, date, id_list, ids, one_line, own_id};
use crate::address::{parse_header_list, to_ascii};
use crate::field::{Fields, split};

/// Who answers whom about what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposition {
    /// Who read it.
    pub from: Address,
    /// Who asked.
    pub to: Address,
    /// Subject of the answer.
    pub subject: String,
    /// What it says in words; lines end with `\n`.
    pub text: String,
    /// When.
    pub date: Timestamp,
    /// What the reader's clock adds to UTC, in minutes.
    pub utc_offset_minutes: i32,
    /// Its `Message-ID`.
    pub message_id: MessageIdHeader,
    /// The message that was read; absent where it has no id.
    pub original: Option<MessageIdHeader>,
}

/// Returns who wants to be told that a message was read; absent where nobody does. Of several, the first: a message that
/// names many makes its readers write to strangers (RFC 8098 section 2.1).
pub fn asks_receipt(raw: &[u8]) -> Option<Address> {
    let (end, _) = split(raw);
    let fields = Fields::parse(raw.get(..end).unwrap_or_default());
    let value = fields.first("Disposition-Notification-To")?;
    let list = parse_header_list(&String::from_utf8_lossy(value), None);
    list.into_iter().find(|to| to_ascii(&to.email).is_ok())
}

/// Writes the answer.
pub fn disposition(answer: &Disposition) -> Result<Vec<u8>, ComposeError> {
    let id = own_id(&answer.message_id)?;
    let original = ids(answer.original.iter());
    let mut builder = MessageBuilder::new()
        .header("Date", date(answer.date, answer.utc_offset_minutes)?)
        .header("From", address(&answer.from)?)
        .header("To", address(&answer.to)?)
        .header("Subject", Text::new(one_line(&answer.subject)))
        .header("Message-ID", id_list(vec![id]));
    if !original.is_empty() {
        builder = builder
            .header("In-Reply-To", id_list(original.clone()))
            .header("References", id_list(original.clone()));
    }
    let words = text_part("text/plain", &answer.text, false);
    let from = to_ascii(&answer.from.email)
        .map_err(|reason| ComposeError::Address { address: answer.from.email.clone(), reason })?;
    let mut facts = format!("Reporting-UA: Posthorn\r\nFinal-Recipient: rfc822;{from}\r\n");
    if let Some(original) = original.first() {
        let _ = write!(facts, "Original-Message-ID: <{original}>\r\n");
    }
    facts.push_str("Disposition: manual-action/MDN-sent-manually; displayed\r\n");
    let kind = ContentType::new("message/disposition-notification");
    let facts = MimePart::new(kind, BodyPart::Text(facts.into())).transfer_encoding("7bit");
    let body = multipart(REPORT, "d", id, vec![words, facts]);
    let mut wire = Vec::new();
    builder.header("MIME-Version", Raw::new("1.0")).body(body).serialize(&mut wire);
    Ok(crlf(&wire))
}

/// What the whole is.
const REPORT: &str = "multipart/report; report-type=disposition-notification";

#[cfg(test)]
mod tests {
    use posthorn_model::{Address, MessageIdHeader, Timestamp};

    use super::{Disposition, asks_receipt, disposition};
    use crate::{Fate, parse, report};

    fn answer() -> Disposition {
        Disposition {
            from: Address { name: "Bert".to_owned(), email: "bert@posthorn.test".to_owned() },
            to: Address::bare("anna@posthorn.test"),
            subject: "已读：午饭".to_owned(),
            text: "这封邮件已被阅读。\n".to_owned(),
            date: Timestamp(1_767_603_600_000),
            utc_offset_minutes: 480,
            message_id: MessageIdHeader("r1@posthorn.test".to_owned()),
            original: Some(MessageIdHeader("m1@posthorn.test".to_owned())),
        }
    }

    #[test]
    fn the_answer_is_what_programs_read() {
        let wire = disposition(&answer()).unwrap();
        let parsed = parse(&wire);
        let read = report(&wire, &parsed).unwrap();
        assert_eq!((read.about.as_str(), read.recipients.len()), ("m1@posthorn.test", 1));
        assert_eq!(read.recipients[0].address, "bert@posthorn.test");
        assert_eq!(read.recipients[0].fate, Fate::Read);
        assert_eq!(parsed.head.subject, "已读：午饭");
        assert_eq!(parsed.text.trim(), "这封邮件已被阅读。");
        let text = String::from_utf8(wire).unwrap();
        assert!(text.contains("report-type=disposition-notification"), "{text}");
        assert!(text.is_ascii() && !text.replace("\r\n", "").contains(['\r', '\n']));
        // Without an id there is nothing to name.
        let nameless = disposition(&Disposition { original: None, ..answer() }).unwrap();
        assert!(!String::from_utf8(nameless).unwrap().contains("Original-Message-ID"));
        let forged = Disposition { from: Address::bare("x\r\nBcc: y@z.example"), ..answer() };
        assert!(disposition(&forged).is_err());
    }

    #[test]
    fn who_asks_is_read_from_the_header_alone() {
        for (raw, expected) in [
            (
                "Disposition-Notification-To: Anna <anna@posthorn.test>\n\n",
                Some("anna@posthorn.test"),
            ),
            ("disposition-notification-to: a@b.example, c@d.example\n\n", Some("a@b.example")),
            ("Subject: a\n\nDisposition-Notification-To: a@b.example\n", None),
            ("Disposition-Notification-To: nobody\n\n", None),
            ("Disposition-Notification-To:\n\n", None),
            ("", None),
        ] {
            let found = asks_receipt(raw.as_bytes()).map(|to| to.email);
            assert_eq!(found.as_deref(), expected, "{raw}");
        }
    }
}
