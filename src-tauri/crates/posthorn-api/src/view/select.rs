//! What a selection means: rows of a list become messages, with the folders and conversations that they stand for.

use posthorn_model::{MailboxId, MessageId};
use posthorn_store::view::Grouping;
use posthorn_store::{ReadTx, message};

use super::Views;
use crate::contract::{Code, Error, Selection};
use crate::engine::Engine;
use crate::error::Result;

/// One chosen thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// The message, or the one that stands for the row.
    pub(crate) message: MessageId,
    /// Folders within which it is meant; absent means wherever it is.
    pub(crate) mailboxes: Option<Vec<MailboxId>>,
    /// Its whole conversation within these folders is meant.
    pub(crate) conversation: bool,
}

impl Views {
    /// Resolves a selection.
    pub(crate) async fn resolve(
        &self,
        engine: &Engine,
        selection: Selection,
    ) -> Result<Vec<Chosen>> {
        let (view, messages, except) = match selection {
            Selection::Messages { messages } => {
                let alone =
                    |id| Chosen { message: MessageId(id), mailboxes: None, conversation: false };
                return Ok(messages.into_iter().map(alone).collect());
            }
            Selection::Rows { view, messages } => (view, Some(messages), Vec::new()),
            Selection::All { view, except } => (view, None, except),
        };
        let slot = self.get(view)?;
        // *All* means also what is still being counted.
        let list = if messages.is_none() { slot.whole().await } else { slot.list.lock().await };
        let gone = || Error::new(Code::NotFound, "This list could not be read");
        let listed = list.as_ref().ok_or_else(gone)?;
        let conversation = listed.spec().grouping == Grouping::Threads;
        let within = listed.mailboxes().to_vec();
        let mailboxes = (!within.is_empty()).then_some(within);
        let messages = if let Some(messages) = messages {
            messages.into_iter().map(MessageId).collect()
        } else {
            let entries = listed.entries().to_vec();
            drop(list);
            let job = move |tx: &ReadTx<'_>| {
                let mut all = Vec::with_capacity(entries.len());
                for position in entries {
                    all.extend(message::at(tx, position)?);
                }
                Ok(all)
            };
            let mut all: Vec<MessageId> = engine.store().read(job).await?;
            let except: std::collections::HashSet<MessageId> =
                except.into_iter().map(MessageId).collect();
            all.retain(|message| !except.contains(message));
            all
        };
        Ok(messages
            .into_iter()
            .map(|message| Chosen { message, mailboxes: mailboxes.clone(), conversation })
            .collect())
    }
}
