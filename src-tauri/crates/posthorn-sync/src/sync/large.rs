//! Large bodies: reading a message without its attachments, and what is on its way.

use posthorn_model::{AccountId, MessageId};
use posthorn_store::message::{self, BodyState};
use posthorn_store::{ReadTx, keep, mailbox, placement};

use super::Sync;
use crate::download::DownloadProgress;
use crate::limit::{READ_WHOLE, WHOLE_BODY};
use crate::problem::Problem;
use crate::request::Piece;

/// What it takes to show a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needed {
    /// It is here.
    Nothing,
    /// Header and text parts.
    Text,
    /// All of it.
    Whole,
}

fn needed(tx: &ReadTx<'_>, id: MessageId) -> posthorn_store::Result<(AccountId, Needed)> {
    let found = message::get(tx, id)?;
    let needed = match found.body {
        BodyState::Whole(_) => Needed::Nothing,
        // An attachment may have come before anybody read the text.
        BodyState::Sections => {
            let sections = message::sections(tx, id)?;
            let is_read = sections.iter().any(|(name, _)| name == "HEADER");
            if is_read { Needed::Nothing } else { Needed::Text }
        }
        BodyState::Missing if found.head.size > WHOLE_BODY => Needed::Text,
        BodyState::Missing if found.head.size <= READ_WHOLE => Needed::Whole,
        BodyState::Missing => {
            // What comes whole by itself in a moment need not come in pieces first.
            let mut comes = false;
            for place in placement::of_message(tx, id)? {
                let mailbox = mailbox::get(tx, place.mailbox)?;
                let keep = keep::of_mailbox(tx, mailbox.account, mailbox.id)?;
                comes |= keep.takes(found.head.size) && keep.days == 0;
            }
            if comes { Needed::Whole } else { Needed::Text }
        }
    };
    Ok((found.account, needed))
}

impl Sync {
    /// Makes sure that what a reader shows is here: small messages whole, of large ones, and of those that the user keeps
    /// on the server, header and text parts. Attachments stay there until somebody wants them.
    pub async fn fetch_readable(&self, id: MessageId) -> Result<(), Problem> {
        let read = self.engine().store.read(move |tx| needed(tx, id)).await;
        let (account, needed) = read.map_err(|error| Problem::of_store(&error))?;
        let is_imap = self.running().get(&account).is_some_and(|running| running.is_imap);
        let piece = match needed {
            Needed::Nothing => return Ok(()),
            // A maildrop gives nothing but the whole.
            Needed::Text if is_imap => Piece::Text,
            Needed::Text | Needed::Whole => Piece::Whole,
        };
        self.request(id, piece).await.map(drop)
    }

    /// Returns the downloads of large bodies that are under way.
    pub fn downloads(&self) -> Vec<DownloadProgress> {
        self.engine().downloads.all()
    }

    /// Ends a download; what came stays, and is continued when the body is asked for again. `section` is the part's
    /// number, empty for the whole message.
    pub fn cancel_download(&self, message: MessageId, section: &str) {
        let engine = self.engine();
        engine.downloads.cancel(&engine.board, message, section);
    }
}
