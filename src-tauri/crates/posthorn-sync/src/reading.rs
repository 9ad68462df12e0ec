//! What bytes say, in the store's words: heads, contents, previews, text for the search index.
//!
//! Total, like the parser below it. Everything here is CPU work: it is called on blocking threads.

use std::io::Read as _;

use posthorn_imap::Part;
use posthorn_message::{Disposition, Parameterized, Parsed, Report, Skim, Skimmer};
use posthorn_model::Timestamp;
use posthorn_store::BodyReader;
use posthorn_store::message::{Attachment, Contents, Head};

/// A message that was received this much later than its own trace says was moved by a migration, which set its
/// received time to the day of the move.
pub(crate) const MIGRATED_MS: i64 = 7 * 86_400_000;

/// Bytes of a stored message that are looked at together.
const SKIM_BYTES: usize = 64 * 1024;

/// What an IMAP server says about a message besides its header.
#[derive(Debug, Default)]
pub(crate) struct Told<'a> {
    /// INTERNALDATE. Absent when the server gave none.
    pub(crate) received: Option<Timestamp>,
    /// RFC822.SIZE.
    pub(crate) size: u64,
    /// Parts that are files, by the body structure; absent when that is not known.
    pub(crate) files: Option<Vec<&'a Part>>,
    /// The server's id of the message; absent where it has none.
    pub(crate) server_id: Option<String>,
}

/// Reads a header into the store's head.
pub(crate) fn head(header: &[u8], told: Told<'_>) -> Head {
    let parsed = posthorn_message::parse_listed_head(header);
    let keys = parsed.thread_keys();
    let date = parsed.date.as_ref().map(|date| date.at);
    let received = received(told.received, parsed.received, date);
    let attachments: Vec<Attachment> =
        told.files.unwrap_or_default().into_iter().map(attachment).collect();
    Head {
        message_id: parsed.message_id,
        server_id: told.server_id,
        references: keys.ancestors,
        subject: parsed.subject,
        subject_key: keys.subject.key,
        has_reply_prefix: keys.subject.is_reply || keys.subject.is_forward,
        from: parsed.from,
        to: parsed.to,
        cc: parsed.cc,
        bcc: parsed.bcc,
        reply_to: parsed.reply_to,
        date,
        received,
        size: told.size,
        preview: String::new(),
        is_automatic: parsed.is_automatic_answer,
        has_attachments: attachments.iter().any(|attachment| !attachment.is_inline),
        attachments,
    }
}

/// The server's received time, unless a migration set it.
fn received(
    internal: Option<Timestamp>,
    traced: Option<Timestamp>,
    date: Option<Timestamp>,
) -> Timestamp {
    match (internal, traced) {
        (Some(internal), Some(traced)) if internal.0.saturating_sub(traced.0) > MIGRATED_MS => {
            traced
        }
        (Some(internal), _) => internal,
        (None, traced) => traced.or(date).unwrap_or_default(),
    }
}

fn attachment(part: &Part) -> Attachment {
    let content_type = Parameterized::from_pairs(
        &part.media_type,
        part.params.iter().map(|(name, value)| (name, value)),
    );
    let disposition = part.disposition.as_deref().unwrap_or_default();
    let pairs = part.disposition_params.iter().map(|(name, value)| (name, value));
    let disposition = Parameterized::from_pairs(disposition, pairs);
    let name =
        disposition.parameter("filename", None).or_else(|| content_type.parameter("name", None));
    let name =
        name.filter(|name| !name.trim().is_empty()).map(|name| posthorn_message::safe_name(&name));
    Attachment {
        section: part.section.clone(),
        name: name.unwrap_or_default(),
        mime: part.media_type.clone(),
        // Base64 has four letters for three bytes, and a line end after each 76 letters.
        size: if part.encoding == "base64" { part.size / 78 * 57 } else { part.size },
        content_id: part.content_id.clone().unwrap_or_default(),
        is_inline: false,
    }
}

/// What a whole message says besides its head.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) contents: Contents,
    /// For the search index.
    pub(crate) text: String,
    /// What it reports of another message.
    pub(crate) report: Option<Report>,
}

/// Reads a whole message for what its head did not say.
pub(crate) fn whole(bytes: &[u8]) -> Whole {
    let mut parsed = posthorn_message::parse_contents(bytes);
    let report = crate::report::of(bytes, &parsed);
    let text = std::mem::take(&mut parsed.text);
    Whole { contents: contents_of(parsed), text, report }
}

/// Returns what a parsed message says besides its head.
pub(crate) fn contents_of(parsed: Parsed) -> Contents {
    let has_attachments = parsed.has_attachments();
    let attachments = parsed.attachments.into_iter().map(|attachment| Attachment {
        section: attachment.section,
        name: attachment.name,
        mime: attachment.content_type,
        size: attachment.size,
        content_id: attachment.content_id.unwrap_or_default(),
        is_inline: attachment.disposition == Disposition::Inline,
    });
    Contents {
        preview: parsed.preview,
        attachments: Some(attachments.collect()),
        has_attachments: Some(has_attachments),
    }
}

/// Looks through a stored message of any size.
pub(crate) fn skim(mut source: BodyReader) -> std::io::Result<Skim> {
    let mut skimmer = Skimmer::default();
    let mut buffer = vec![0_u8; SKIM_BYTES];
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok(skimmer.finish()),
            count => skimmer.push(buffer.get(..count).unwrap_or_default()),
        }
    }
}

/// Returns the text of a whole message, for the search index.
pub(crate) fn text(bytes: &[u8]) -> String {
    posthorn_message::parse_contents(bytes).text
}

/// Returns the text of the sections of a message that is too large to come whole: `1.MIME` says how `1` is written.
pub(crate) fn section_text(sections: &[(&str, &[u8])]) -> String {
    let find =
        |name: &str| sections.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes);
    let header = find("HEADER").unwrap_or_default();
    let mut text = String::new();
    for (name, body) in sections
        .iter()
        .filter(|(name, _)| *name != "HEADER" && name.strip_suffix(".MIME").is_none())
    {
        // The header of a part is a whole message's without the rest: put together they are read as one.
        let mime = find(&format!("{name}.MIME"))
            .filter(|mime| !mime.trim_ascii().is_empty())
            .unwrap_or(header);
        let mut message = mime.trim_ascii_end().to_vec();
        message.extend_from_slice(b"\r\n\r\n");
        message.extend_from_slice(body);
        let parsed = posthorn_message::parse_contents(&message);
        if !text.contains(&parsed.text) {
            text.push_str(&parsed.text);
            text.push('\n');
        }
    }
    text
}

/// Returns the preview of a message of which only sections are here; empty where they have no text.
pub(crate) fn section_preview(names: &[String], bodies: &[Vec<u8>]) -> String {
    let sections: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(bodies.iter().map(Vec::as_slice)).collect();
    posthorn_message::preview_of_text(&section_text(&sections))
}

#[cfg(test)]
mod tests {
    use posthorn_model::Timestamp;

    use super::{Told, head, received, section_preview};

    #[test]
    fn a_migrated_message_keeps_its_time() {
        let day = |days: i64| Some(Timestamp(days * 86_400_000));
        let table = [
            ((day(100), day(99), None), day(100)),
            ((day(100), day(50), None), day(50)),
            ((day(100), None, day(1)), day(100)),
            ((None, day(7), day(1)), day(7)),
            ((None, None, day(1)), day(1)),
            ((None, None, None), day(0)),
        ];
        for ((internal, traced, date), wanted) in table {
            assert_eq!(Some(received(internal, traced, date)), wanted);
        }
    }

    #[test]
    fn a_header_becomes_a_head() {
        let header = b"Message-ID: <b@x>\r\nReferences: <a@x>\r\nSubject: Re: Lunch?\r\nFrom: Ann <ann@x>\r\n\r\n";
        let head = head(header, Told { size: 7, ..Told::default() });
        assert_eq!(head.subject, "Re: Lunch?");
        assert_eq!(
            (head.subject_key.as_str(), head.has_reply_prefix, head.size),
            ("lunch?", true, 7)
        );
        assert_eq!(head.references.len(), 1);
    }

    #[test]
    fn a_preview_comes_from_the_whole_and_from_sections() {
        let whole = b"Content-Type: text/plain; charset=utf-8\r\n\r\nSee you at one.\r\n";
        assert_eq!(super::whole(whole).contents.preview, "See you at one.");
        let names = ["HEADER".to_owned(), "1.MIME".to_owned(), "1".to_owned()];
        let bodies = [
            b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".to_vec(),
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                .to_vec(),
            b"U2VlIHlvdSBhdCBvbmUu\r\n".to_vec(),
        ];
        assert_eq!(section_preview(&names, &bodies), "See you at one.");
    }
}
