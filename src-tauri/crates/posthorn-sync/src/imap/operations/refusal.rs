//! Commands on many messages at once, of which the server may refuse some: what it does not refuse is done.
//!
//! A refusal without a reason that holds for all (no room, no right, no such folder) is narrowed down by halves, with
//! a bounded number of further commands; what is still together then counts as refused together.

use posthorn_imap::{Code, CopyUid, Error, MailboxName, StoreMode, UidSet};
use posthorn_model::{Flags, MailboxId};

use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::limit::{OPERATION_UIDS, REFUSAL_COMMANDS};

/// A command on messages of the open mailbox.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Flags are set or cleared.
    Store(StoreMode, Flags),
    /// Messages are copied.
    Copy(MailboxName),
    /// Messages are moved (RFC 6851).
    Move(MailboxName),
}

/// Messages that the server refused, and its reason.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Where they are.
    pub(super) mailbox: MailboxId,
    /// Which.
    pub(super) uids: UidSet,
    /// Why.
    pub(super) error: Error,
}

/// What became of a step.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// What the server did it to.
    pub(super) uids: UidSet,
    /// The new uids that it told, a piece each.
    pub(super) told: Vec<CopyUid>,
}

impl Step {
    async fn run(
        &self,
        connection: &mut Connection,
        uids: &UidSet,
    ) -> Result<Option<CopyUid>, Error> {
        let session = &mut connection.session;
        match self {
            Self::Store(mode, flags) => session.store(uids, *mode, flags, None).await.map(|_| None),
            Self::Copy(target) => session.copy(uids, target).await,
            Self::Move(target) => session.move_to(uids, target).await,
        }
    }
}

/// Does it to as many of these messages as the server lets, in sets; what it refuses for good is added to `refused`.
pub(super) async fn run(
    connection: &mut Connection,
    mailbox: MailboxId,
    step: &Step,
    uids: &UidSet,
    refused: &mut Vec<Refusal>,
) -> Result<Taken, Failure> {
    let mut taken = Taken::default();
    let mut left = REFUSAL_COMMANDS;
    // The last is taken first: oldest uids go first.
    let mut pieces = uids.pieces(OPERATION_UIDS);
    pieces.reverse();
    while let Some(piece) = pieces.pop() {
        match step.run(connection, &piece).await {
            Ok(told) => {
                taken.uids.extend(&piece);
                taken.told.extend(told);
            }
            Err(error) if !is_final(&error) => return Err(error.into()),
            Err(error) if piece.len() > 1 && left > 0 && may_concern_some(&error) => {
                left -= 1;
                let half = u32::try_from(piece.len().div_ceil(2)).unwrap_or(u32::MAX);
                pieces.extend(piece.pieces(half).into_iter().rev());
            }
            Err(error) => {
                let is_about_all = !may_concern_some(&error);
                refused.push(Refusal { mailbox, uids: piece, error });
                if is_about_all && let Some(last) = refused.last_mut() {
                    pieces.drain(..).for_each(|piece| last.uids.extend(&piece));
                }
            }
        }
    }
    Ok(taken)
}

/// Refused for good, on a connection that goes on.
fn is_final(error: &Error) -> bool {
    matches!(error, Error::No { .. } | Error::Bad { .. }) && !error.is_transient()
}

/// A reason that may hold for some messages and not for others (RFC 5530).
fn may_concern_some(error: &Error) -> bool {
    let Error::No { code, .. } = error else { return false };
    match code {
        None => true,
        Some(Code::Other(name, _)) => {
            matches!(
                name.as_str(),
                "EXPUNGEISSUED" | "CORRUPTION" | "CANNOT" | "CONTACTADMIN" | "TOOBIG"
            )
        }
        Some(_) => false,
    }
}
