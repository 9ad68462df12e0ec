//! Bytes that came and that the index does not know: the program stopped between the two, and the server does not have
//! the message any more (what it still has was just fetched again, and got its old bytes back).

use posthorn_model::{BodyId, MailboxId};
use posthorn_store::Error as StoreError;
use posthorn_store::placement::{self, Arrival};

use super::keep::skimmed_head;
use crate::engine::Account;
use crate::failure::Failure;
use crate::reading::skim;

/// Takes the account's lost messages into its inbox.
pub(super) async fn take_in(account: &Account, inbox: MailboxId) -> Result<(), Failure> {
    let lost = account.store().lost_bodies().await?;
    let own: Vec<BodyId> =
        lost.into_iter().filter(|lost| lost.account == account.id).map(|lost| lost.body).collect();
    for body in own {
        let source = match account.store().bodies().open(body).await {
            Ok(source) => source,
            // Damaged bytes cannot be taken in; they stay where they are.
            Err(StoreError::BodyDamaged | StoreError::NotFound(_) | StoreError::File(_)) => {
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let read =
            tokio::task::spawn_blocking(move || Some(skimmed_head(&skim(source).ok()?, None)));
        let Some(head) = read.await.map_err(|_| Failure::Interrupted)? else { continue };
        let arrival = Arrival { head, body: Some(body), ..Arrival::default() };
        account.store().write(move |tx| placement::arrive(tx, inbox, &[arrival]).map(drop)).await?;
        tracing::info!(
            account = account.id.0,
            body = body.0,
            "a message that was lost in a stop is back"
        );
    }
    Ok(())
}
