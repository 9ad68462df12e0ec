//! A message as it came, sent on to somebody else (RFC 5322 section 3.6.6): a block of `Resent-` fields before it, and
//! nothing else of it changed.
//!
//! Left out are fields that belong to one delivery: `Return-Path` (RFC 5321 section 4.4), what servers write about whom
//! they delivered to, and blind copies. Line ends become CRLF, since nothing else can be sent.

use posthorn_model::{Address, MessageIdHeader, Timestamp};

use super::header::{address, addresses, date, field, id_list, own_id};
use super::{ComposeError, MAX_MESSAGE_BYTES};

/// Fields of one delivery, in lower case.
const OF_DELIVERY: [&[u8]; 6] =
    [b"return-path", b"delivered-to", b"x-original-to", b"envelope-to", b"bcc", b"resent-bcc"];

/// Who sends a message on, to whom and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resent {
    /// `Resent-From`.
    pub from: Address,
    /// `Resent-To`; not empty.
    pub to: Vec<Address>,
    /// `Resent-Date`.
    pub date: Timestamp,
    /// What the sender's clock adds to UTC, in minutes.
    pub utc_offset_minutes: i32,
    /// `Resent-Message-ID`.
    pub message_id: MessageIdHeader,
}

/// Writes a message as it is sent on.
pub fn resend(raw: &[u8], resent: &Resent) -> Result<Vec<u8>, ComposeError> {
    if raw.len() > MAX_MESSAGE_BYTES {
        return Err(ComposeError::TooLarge);
    }
    let id = own_id(&resent.message_id)?;
    let mut wire = Vec::with_capacity(raw.len() + 1024);
    wire.extend(field("Resent-Date", &date(resent.date, resent.utc_offset_minutes)?));
    wire.extend(field("Resent-From", &address(&resent.from)?));
    wire.extend(field("Resent-To", &addresses(&resent.to)?));
    wire.extend(field("Resent-Message-ID", &id_list(vec![id])));
    let (mut is_header, mut is_kept) = (true, true);
    for (number, line) in lines(raw).enumerate() {
        if is_header {
            if line.is_empty() {
                (is_header, is_kept) = (false, true);
            } else if !matches!(line.first(), Some(b' ' | b'\t')) {
                // The first line of a file in an mbox is no field.
                let is_envelope = number == 0 && line.starts_with(b"From ");
                is_kept = !is_envelope && !is_of_delivery(line);
            }
        }
        if is_kept {
            wire.extend(line);
            wire.extend(b"\r\n");
        }
    }
    Ok(wire)
}

fn is_of_delivery(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii_end();
    OF_DELIVERY.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Returns the lines without their ends: CRLF, or a CR or LF alone. A last line without an end counts.
fn lines(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let at = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        let (line, end) = rest.split_at_checked(at)?;
        rest = end
            .strip_prefix(b"\r\n")
            .or_else(|| end.strip_prefix(b"\r"))
            .or_else(|| end.strip_prefix(b"\n"))
            .unwrap_or_default();
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use posthorn_model::{Address, MessageIdHeader, Timestamp};

    use super::{Resent, resend};

    fn resent() -> Resent {
        Resent {
            from: Address { name: "Anna".to_owned(), email: "anna@posthorn.test".to_owned() },
            to: vec![Address::bare("bert@posthorn.test"), Address::bare("carla@posthorn.test")],
            date: Timestamp(1_767_603_600_000),
            utc_offset_minutes: 480,
            message_id: MessageIdHeader("r1@posthorn.test".to_owned()),
        }
    }

    const BLOCK: &str = "Resent-Date: Mon, 5 Jan 2026 17:00:00 +0800\r\nResent-From: \"Anna\" <anna@posthorn.test>\r\n\
        Resent-To: <bert@posthorn.test>, <carla@posthorn.test>\r\nResent-Message-ID: <r1@posthorn.test>\r\n";

    #[test]
    fn the_message_stays_as_it_came_below_a_block_of_its_own() {
        let table: [(&str, &str); 6] = [
            (
                "Subject: a\r\nDKIM-Signature: v=1;\r\n b=x\r\n\r\nWords\r\n.\r\n",
                "Subject: a\r\nDKIM-Signature: v=1;\r\n b=x\r\n\r\nWords\r\n.\r\n",
            ),
            // Of one delivery, with what is folded.
            (
                "Return-Path: <x@y>\r\nBCC: secret@posthorn.test,\r\n\tother@posthorn.test\r\nDelivered-To : anna\r\nSubject: b\r\n\r\nBcc: words\r\n",
                "Subject: b\r\n\r\nBcc: words\r\n",
            ),
            // Sent on before: the newest block is the first.
            (
                "Resent-From: <z@y>\r\nResent-Bcc: <q@y>\r\nSubject: c\r\n\r\n",
                "Resent-From: <z@y>\r\nSubject: c\r\n\r\n",
            ),
            (
                "From anna Mon Jan  5 2026\nSubject: d\n\nLF\rCR\n\nend",
                "Subject: d\r\n\r\nLF\r\nCR\r\n\r\nend\r\n",
            ),
            ("Subject: no text\r\n", "Subject: no text\r\n"),
            ("", ""),
        ];
        for (raw, expected) in table {
            let written = String::from_utf8(resend(raw.as_bytes(), &resent()).unwrap()).unwrap();
            let rest = written.strip_prefix(BLOCK);
            assert_eq!(rest, Some(expected), "{written}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        let broken = [
            Resent { message_id: MessageIdHeader("a b\r\n".to_owned()), ..resent() },
            Resent { to: vec![Address::bare("nobody")], ..resent() },
            Resent { from: Address::bare("x\r\nBcc: y@z.example"), ..resent() },
        ];
        for one in broken {
            assert!(resend(b"Subject: a\r\n\r\n", &one).is_err(), "{one:?}");
        }
    }
}
