//! Splitting and merging conversations by hand, and the way back at any later time.

use posthorn_model::MessageId;
use posthorn_store::operation::{self, Arrange};
use posthorn_store::thread;

use super::messages_of;
use super::word::arrangement;
use crate::contract::{Arranged, ById, OnMessages, SplitConversation, SplitReach, Undoable};
use crate::engine::Engine;
use crate::error::Result;

impl From<thread::Arranged> for Arranged {
    fn from(arranged: thread::Arranged) -> Self {
        match arranged {
            thread::Arranged::Split => Self::Split,
            thread::Arranged::Rest => Self::Rest,
            thread::Arranged::Merged => Self::Merged,
        }
    }
}

/// Makes a conversation of its own of a message, or of it and what came after it.
pub(crate) async fn threads_split(engine: &Engine, request: SplitConversation) -> Result<Undoable> {
    let reach = match request.reach {
        SplitReach::Message => thread::SplitReach::Message,
        SplitReach::FromHere => thread::SplitReach::FromHere,
    };
    arrange(engine, Arrange::Split { message: MessageId(request.message), reach }).await
}

/// Makes one conversation of several.
pub(crate) async fn threads_merge(engine: &Engine, request: OnMessages) -> Result<Undoable> {
    let messages = messages_of(engine, request.selection).await?;
    arrange(engine, Arrange::Merge { messages }).await
}

/// Takes back what the user did to the conversation of a message.
pub(crate) async fn threads_restore(engine: &Engine, request: ById) -> Result<Undoable> {
    arrange(engine, Arrange::Restore { message: MessageId(request.id) }).await
}

async fn arrange(engine: &Engine, wanted: Arrange) -> Result<Undoable> {
    let write = engine.store().write(move |tx| operation::arrange(tx, &wanted));
    let (operation, what, count) = write.await?;
    Ok(engine.groups().add(vec![operation], arrangement(what), count, String::new()))
}
