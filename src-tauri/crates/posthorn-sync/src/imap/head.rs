//! From what an IMAP server says about a message to an arrival of the store.

use posthorn_store::placement::Arrival;

use super::step::arrivals::RawHead;
use crate::reading::{self, Told};

/// Reads what the server said.
pub(crate) fn arrival(raw: RawHead) -> Arrival {
    let told = Told {
        received: raw.received,
        size: raw.size,
        files: raw.structure.as_ref().map(posthorn_imap::BodyStructure::attachments),
        server_id: raw.server_id.clone(),
    };
    let mut head = reading::head(&raw.header, told);
    if let Some(preview) = &raw.preview {
        // Until the text is here the server's word for it is better than nothing (RFC 8970).
        head.preview = posthorn_message::preview_of_text(preview);
    }
    Arrival { uid: Some(raw.uid), flags: raw.flags.clone(), modseq: raw.modseq, head, body: None }
}
