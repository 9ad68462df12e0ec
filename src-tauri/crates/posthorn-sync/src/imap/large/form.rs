//! In which form a large part comes: as it is in the message, or without its base64 (RFC 3516), which is a quarter less.
//!
//! Without it only where the server says how large the part is then, where that can be, and where the part's own header
//! can be told so that readers know. What has begun in one form goes on in it, as long as the server offers it.

use posthorn_model::Uid;

use crate::download::Ticket;
use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::binary::without_base64;
use crate::imap::connect::Connection;
use crate::imap::step::bodies;
use crate::limit::PART_HEADER;

/// A part without its transfer encoding.
pub(super) struct Plain {
    /// Its own header, which names no encoding any more.
    pub(super) header: Vec<u8>,
    /// Its octets, as the server says.
    pub(super) size: u64,
}

/// Returns the name of the section that is a part's own header (RFC 9051 section 6.4.5.1).
pub(super) fn header_name(section: &str) -> String {
    format!("{section}.MIME")
}

/// Fetches a part's own header; absent where the server gives none, or one that is too long.
pub(super) async fn header(
    connection: &mut Connection,
    uid: Uid,
    section: &str,
) -> Result<Option<Vec<u8>>, Failure> {
    let answer = match connection.session.fetch_section(uid, &header_name(section), None).await {
        Err(error) if error.is_fatal() => return Err(error.into()),
        answer => answer.ok().flatten(),
    };
    answer.filter(|header| header.len() <= PART_HEADER).map(bodies::bytes).transpose()
}

/// Asks how the part comes without its transfer encoding, of which it has `encoded` octets with it (0 = not known); absent
/// where it is fetched as it is in the message.
pub(super) async fn plain(
    account: &Account,
    connection: &mut Connection,
    ticket: &Ticket,
    uid: Uid,
    encoded: u64,
) -> Result<Option<Plain>, Failure> {
    let section = ticket.section.as_str();
    if section.is_empty() || !connection.session.has("BINARY") {
        return Ok(None);
    }
    let begun = account.store().bodies().begun(ticket.message).await?;
    let begun = begun.into_iter().find(|begun| begun.section == section);
    let has_some = begun.as_ref().is_some_and(|begun| begun.is_decoded);
    if begun.is_some() && !has_some || !account.binary.may(has_some) {
        return Ok(None);
    }
    let Some(header) = header(connection, uid, section).await? else { return Ok(None) };
    let Some(header) = without_base64(&header) else { return Ok(None) };
    let asking = connection.session.fetch_decoded_size(uid, section);
    // Where some came so already, this answer says nothing of whether more will.
    let answer = if has_some { asking.await } else { account.binary.ask(asking).await };
    let size = match answer {
        Err(error) if error.is_fatal() => return Err(error.into()),
        answer => answer.ok().flatten(),
    };
    Ok(size.filter(|size| can_be(*size, encoded)).map(|size| Plain { header, size }))
}

/// Tells whether a part of so many octets in base64 can be so large without it: four letters are at most three octets.
fn can_be(size: u64, encoded: u64) -> bool {
    size > 0 && (encoded == 0 || size <= encoded.div_ceil(4).saturating_mul(3))
}

#[cfg(test)]
mod tests {
    use super::can_be;

    #[test]
    fn a_size_that_cannot_be_is_not_believed() {
        let table = [(0, 0, false), (5, 0, true), (57, 78, true), (60, 78, true), (61, 78, false)];
        for (size, encoded, wanted) in table {
            assert_eq!(can_be(size, encoded), wanted, "{size} of {encoded}");
        }
    }
}
