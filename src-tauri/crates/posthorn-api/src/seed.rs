//! Accounts that a file brings when a profile has none: for the demo and for tests.

use std::path::Path;

use crate::contract::{AccountDraft, Error, Nothing};
use crate::engine::Engine;
use crate::error::Result;

/// Adds the accounts of a JSON file, each verified by real logins, unless the profile has accounts already.
pub(crate) async fn add(engine: &Engine, file: &Path) -> Result<()> {
    if !crate::account::accounts_list(engine, Nothing {}).await?.is_empty() {
        return Ok(());
    }
    let text = tokio::fs::read(file).await.map_err(|error| Error::file(file, &error))?;
    let wrong = |error: serde_json::Error| {
        Error::invalid(format!("The file of accounts cannot be read: {error}")).with(file.display())
    };
    let drafts: Vec<AccountDraft> = serde_json::from_slice(&text).map_err(wrong)?;
    for draft in drafts {
        let email = draft.config.email.clone();
        let saved = Box::pin(crate::account::accounts_add(engine, draft)).await?;
        let problem = saved.verification.incoming.or(saved.verification.outgoing);
        if let (None, Some(problem)) = (saved.account, problem) {
            return Err(Error {
                message: format!("{email} was not added: {}", problem.message),
                ..problem
            });
        }
    }
    Ok(())
}
