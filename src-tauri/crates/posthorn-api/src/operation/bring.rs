//! Moving and copying to a folder, of the same account or of another.
//!
//! Invariant: what goes to another account has its whole bytes here before anything is written down, so that the move
//! needs nothing from the source's server except, at the end, the removal. What moves to a folder of this computer is
//! read back and compared with its hash before: nobody else has it afterwards.

use posthorn_model::{AccountId, MailboxId, MessageId};
use posthorn_store::message::{self, BodyState};
use posthorn_store::operation::{self, Action};
use posthorn_store::{ReadTx, mailbox};

use super::{Homes, Outcome, Reach, Store, Targets, count, resolve, targets};
use crate::contract::{Code, Error, MoveMessages, Undoable};
use crate::engine::Engine;
use crate::error::Result;

/// Moves to a folder.
pub(crate) async fn messages_move(engine: &Engine, request: MoveMessages) -> Result<Undoable> {
    let to = MailboxId(request.mailbox);
    bring(engine, request, "move", Action::Move { to }).await
}

/// Copies to a folder.
pub(crate) async fn messages_copy(engine: &Engine, request: MoveMessages) -> Result<Undoable> {
    let to = MailboxId(request.mailbox);
    bring(engine, request, "copy", Action::Copy { to }).await
}

/// What is to be brought, and what of it is not here yet.
struct Plan {
    targets: Targets,
    missing: Vec<MessageId>,
    /// What nobody but this computer has afterwards.
    only_here: Vec<MessageId>,
}

async fn bring(
    engine: &Engine,
    request: MoveMessages,
    word: &'static str,
    action: Action,
) -> Result<Undoable> {
    let to = MailboxId(request.mailbox);
    let chosen = resolve(engine, request.selection).await?;
    let is_move = matches!(action, Action::Move { .. });
    let Plan { targets, missing, only_here } = engine
        .store()
        .read(move |tx| {
            let mut homes = Homes::default();
            let (account, is_local) = {
                let target = homes.get(tx, to)?;
                (target.account, target.is_local)
            };
            let mut targets = targets(tx, &mut homes, &chosen, Reach::One)?;
            targets.retain(|(mailbox, _)| *mailbox != to);
            let missing = missing(tx, &mut homes, &targets, account)?;
            let mut only_here = Vec::new();
            if is_local && is_move {
                for (mailbox, message) in &targets {
                    if !homes.get(tx, *mailbox)?.is_local {
                        only_here.push(*message);
                    }
                }
            }
            Ok(Plan { targets, missing, only_here })
        })
        .await?;
    for message in missing {
        engine.sync().fetch_body(message).await.map_err(Error::from)?;
    }
    let damaged = damaged(engine, only_here).await?;
    if !damaged.is_empty() {
        let words = "What is stored here is not what came from the server: nothing was moved";
        return Err(Error::new(Code::Corrupt, words).with(format!("{} messages", damaged.len())));
    }
    let outcome = engine
        .store()
        .write(move |tx| {
            let folder = mailbox::get(tx, to)?;
            if !folder.is_selectable {
                return Err(posthorn_store::Error::Invalid("this folder cannot hold messages"));
            }
            let operations = operation::enqueue(tx, &action, &targets)?;
            let is_any = !operations.is_empty();
            let count = if is_any { count(&targets) } else { 0 };
            Ok(Outcome { operations, count, folder: folder.name })
        })
        .await?;
    let Outcome { operations, count, folder } = outcome;
    Ok(engine.groups().add(operations, word, count, folder))
}

/// Reads messages back and compares them with their hashes; returns those that are not whole.
pub(crate) async fn damaged(engine: &Engine, messages: Vec<MessageId>) -> Result<Vec<MessageId>> {
    let mut damaged = Vec::new();
    for message in messages {
        let known = engine.store().read(move |tx| message::get(tx, message)).await?;
        let is_whole = match known.body {
            BodyState::Whole(body) => engine.store().bodies().is_intact(body).await?,
            BodyState::Missing | BodyState::Sections => false,
        };
        if !is_whole {
            damaged.push(message);
        }
    }
    Ok(damaged)
}

/// Returns the messages of other accounts whose bytes are not all here.
fn missing(
    tx: &ReadTx<'_>,
    homes: &mut Homes,
    targets: &Targets,
    account: AccountId,
) -> Store<Vec<MessageId>> {
    let mut missing = Vec::new();
    for (mailbox, message) in targets {
        let is_foreign = homes.get(tx, *mailbox)?.account != account;
        if is_foreign && !matches!(message::get(tx, *message)?.body, BodyState::Whole(_)) {
            missing.push(*message);
        }
    }
    Ok(missing)
}
