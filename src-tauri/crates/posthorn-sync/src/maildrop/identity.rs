//! Which message is which, where a UIDL does not say: by what its header says.

use std::collections::HashMap;

use posthorn_model::Uidl;
use posthorn_net::Stream;
use posthorn_pop3::{Error, Session};

use crate::failure::Failure;

/// Bytes of a header that are looked at.
pub(super) const HEADER_LIMIT: u64 = 1 << 20;
/// Fields that servers add to or change in what they hold: they do not belong to the message.
const SERVER_FIELDS: [&[u8]; 6] =
    [b"status", b"x-status", b"x-uidl", b"x-keywords", b"content-length", b"lines"];

/// Headers that were looked at because a listing contradicts what is known: hash by UIDL and listed size, so that each
/// is asked for once and not at every look.
pub(super) type Verified = HashMap<(Uidl, u64), String>;

/// Returns a hash of the header, in hex, that is the same for TOP and RETR, and under every UIDL.
pub(super) fn header_hash(message: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut is_skipped = false;
    for line in message.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            break;
        }
        let is_continued = line.first().is_some_and(u8::is_ascii_whitespace);
        if !is_continued {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii();
            is_skipped = SERVER_FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field));
        }
        if !is_skipped {
            hasher.update(line);
            hasher.update(b"\n");
        }
    }
    hasher.finalize().to_hex().to_string()
}

/// Returns the id of a message whose server gives it none, from its header.
pub(super) fn by_header(size: u64, hash: &str) -> Uidl {
    Uidl(format!("header:{size}:{hash}").into())
}

/// Returns the id of a message whose server gives it none and shows no headers either, from the BLAKE3 of its bytes.
pub(super) fn by_content(hash: &dyn std::fmt::Display) -> Uidl {
    Uidl(format!("content:{hash}").into())
}

/// Asks for the headers of messages, several ahead where the server takes it, and hands each on as it comes; absent
/// where the server does not know TOP or refuses it.
pub(super) async fn headers(
    session: &mut Session<Stream>,
    numbers: &[u32],
    mut take: impl FnMut(u32, Option<Vec<u8>>) + Send,
) -> Result<(), Failure> {
    let mut fetching = session.fetch_heads(numbers, 0, HEADER_LIMIT);
    let mut header = Vec::new();
    while let Some(next) = fetching.next(&mut header, &mut |_| ()).await {
        let came = std::mem::take(&mut header);
        match next.result {
            Ok(_) => take(next.number, Some(came)),
            Err(Error::Refused { .. } | Error::TooLarge { .. }) => take(next.number, None),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Returns the hashes of messages' headers as the server shows them; what it does not show is left out.
pub(super) async fn hashes(
    session: &mut Session<Stream>,
    numbers: &[u32],
) -> Result<HashMap<u32, String>, Failure> {
    let mut hashes = HashMap::with_capacity(numbers.len());
    let take = |number, header: Option<Vec<u8>>| {
        hashes.extend(header.map(|header| (number, header_hash(&header))));
    };
    headers(session, numbers, take).await?;
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::header_hash;

    #[test]
    fn a_header_is_known_again_whatever_the_server_adds() {
        let plain = header_hash(b"From: a\r\nSubject: x\r\n y\r\n\r\nbody\r\n");
        for same in [
            &b"From: a\r\nSubject: x\r\n y\r\n\r\n"[..],
            b"From: a\r\nStatus: RO\r\nSubject: x\r\n y\r\n\r\nother body",
            b"X-UIDL: 1\r\n  folded\r\nFrom: a\r\nSubject: x\r\n y\r\n",
            b"From: a\nSubject: x\n y\n\n",
        ] {
            assert_eq!(header_hash(same), plain);
        }
        assert_ne!(header_hash(b"From: a\r\nSubject: x\r\n z\r\n\r\n"), plain);
    }
}
