//! A full mailbox must still be able to lose mail: what could not be moved to the trash is deleted for good, when the
//! user says so.

use posthorn_model::OperationId;
use posthorn_store::operation::{self, Action, OperationState};

use super::{HOLD_MS, Targets, count};
use crate::contract::{ById, Error, Undoable};
use crate::engine::Engine;
use crate::error::Result;

/// Deletes the messages of a refused move for good, after a moment in which it can be taken back.
pub(crate) async fn operations_delete_instead(engine: &Engine, request: ById) -> Result<Undoable> {
    let id = OperationId(request.id);
    let refused = engine.store().read(move |tx| operation::get(tx, id)).await?;
    if refused.state != OperationState::Refused || !matches!(refused.action, Action::Move { .. }) {
        return Err(Error::invalid("This is not a move that the server refused"));
    }
    let targets: Targets =
        refused.targets.iter().map(|target| (target.mailbox, target.message)).collect();
    let number = count(&targets);
    let operations = engine
        .store()
        .write(move |tx| {
            let operations = operation::enqueue(tx, &Action::Delete, &targets)?;
            operation::hold(tx, &operations, tx.now().plus_ms(HOLD_MS))?;
            Ok(operations)
        })
        .await?;
    let number = if operations.is_empty() { 0 } else { number };
    Ok(engine.groups().add(operations, "delete", number, String::new()))
}
