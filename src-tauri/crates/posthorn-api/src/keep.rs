//! Which messages come whole without being asked for, per account and folder.

use posthorn_model::{AccountId, MailboxId};
use posthorn_store::keep::{self, Keep};
use posthorn_store::{account, mailbox};

use crate::contract::{BodyPolicies, BodyPolicy, ChooseBodies, Nothing, WhoseBodies};
use crate::engine::Engine;
use crate::error::Result;

impl From<Keep> for BodyPolicy {
    fn from(keep: Keep) -> Self {
        Self { days: keep.days, max_bytes: keep.bytes, on_demand: keep.is_on_demand }
    }
}

impl From<BodyPolicy> for Keep {
    fn from(policy: BodyPolicy) -> Self {
        Self { days: policy.days, bytes: policy.max_bytes, is_on_demand: policy.on_demand }
    }
}

/// Gives what comes whole unasked.
pub(crate) async fn bodies_get(engine: &Engine, request: WhoseBodies) -> Result<BodyPolicies> {
    let (id, folder) = (AccountId(request.account), request.mailbox.map(MailboxId));
    let read = engine.store().read(move |tx| {
        let own = keep::chosen(tx, id, folder)?;
        let effective = match folder {
            Some(folder) => keep::of_mailbox(tx, id, folder)?,
            None => keep::of_account(tx, id)?,
        };
        Ok((own, effective))
    });
    let (own, effective) = read.await?;
    Ok(BodyPolicies { own: own.map(Into::into), effective: effective.into() })
}

/// Chooses what comes whole unasked. What is here already stays.
pub(crate) async fn bodies_set(engine: &Engine, request: ChooseBodies) -> Result<Nothing> {
    let (id, folder) = (AccountId(request.account), request.mailbox.map(MailboxId));
    let policy = request.policy.map(Keep::from);
    engine
        .store()
        .write(move |tx| {
            account::get(tx, id)?;
            if let Some(folder) = folder
                && mailbox::get(tx, folder)?.account != id
            {
                return Err(posthorn_store::Error::NotFound("folder"));
            }
            keep::choose(tx, id, folder, policy)
        })
        .await?;
    engine.sync().bodies_wanted(id);
    Ok(Nothing {})
}
