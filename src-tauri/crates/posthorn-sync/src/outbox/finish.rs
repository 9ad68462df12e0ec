//! The end of a message's way: filed, its original marked, its saved draft gone.

use posthorn_model::{MessageId, OutboxId};
use posthorn_store::draft::{self, Draft, DraftKind};
use posthorn_store::operation::{self, Action, Flag, Switch};
use posthorn_store::outbox::{self, OutboxState};
use posthorn_store::{Error as StoreError, WriteTx, placement};

use crate::engine::Account;

/// Keyword of a forwarded message (RFC 5788's registry).
const FORWARDED: &str = "$Forwarded";

/// Takes the last steps in one transaction. A row that is over already stays so.
pub(super) async fn finish(
    account: &Account,
    id: OutboxId,
    message: Option<MessageId>,
) -> Result<(), StoreError> {
    let write = account.store().write(move |tx| {
        let row = outbox::get(tx, id)?;
        match row.state {
            OutboxState::Accepted => outbox::file(tx, id, message)?,
            OutboxState::Filed => {}
            _ => return Ok(()),
        }
        if let Some(draft) = row.request.draft {
            match draft::get(tx, draft) {
                Ok(draft) => tidy(tx, &draft)?,
                Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        outbox::step(tx, id, OutboxState::Done, "")
    });
    match write.await {
        // Taken off the list in the meantime.
        Err(StoreError::NotFound(_)) => Ok(()),
        other => other,
    }
}

/// Marks what was answered or forwarded, and removes the draft's copy from the Drafts folder: both as operations, so
/// that the server learns them too.
fn tidy(tx: &WriteTx<'_>, draft: &Draft) -> Result<(), StoreError> {
    let flag = match draft.content.kind {
        DraftKind::Reply | DraftKind::ReplyAll => Some(Flag::Answered),
        DraftKind::Forward => Some(Flag::Keyword(FORWARDED.to_owned())),
        DraftKind::New | DraftKind::Edit => None,
    };
    if let (Some(flag), Some(original)) = (flag, draft.content.original) {
        mark(tx, flag, original)?;
    }
    for original in draft::messages_within(tx, draft.id)? {
        mark(tx, Flag::Keyword(FORWARDED.to_owned()), original)?;
    }
    if let Some(copy) = draft.saved_message {
        draft::remove_copy(tx, copy)?;
    }
    Ok(())
}

/// Marks a message wherever it stands.
fn mark(tx: &WriteTx<'_>, flag: Flag, original: MessageId) -> Result<(), StoreError> {
    let places = placement::of_message(tx, original)?;
    let targets: Vec<_> = places.iter().map(|placed| (placed.mailbox, original)).collect();
    operation::enqueue(tx, &Action::SetFlag { flag, to: Switch::On }, &targets)?;
    Ok(())
}
