//! The application as a whole: facts, passwords' file, working offline.

use posthorn_net::Secret;

use crate::contract::{AppInfo, Code, Error, Event, Nothing, SetOffline, UnlockSecrets};
use crate::engine::Engine;
use crate::error::Result;

/// Returns the system's language as BCP 47 (`zh_CN.UTF-8` is `zh-CN`); English where it says nothing.
fn system_language(variables: impl Fn(&str) -> Option<String>) -> String {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let value =
        names.into_iter().filter_map(variables).find(|value| !value.is_empty()).unwrap_or_default();
    let tag = value.split(['.', '@']).next().unwrap_or_default().replace('_', "-");
    if tag.is_empty() || tag == "C" || tag == "POSIX" { "en".to_owned() } else { tag }
}

/// Facts about the running application.
pub(crate) async fn app_info(engine: &Engine, _: Nothing) -> Result<AppInfo> {
    let vault = engine.vault().clone();
    let door = tokio::task::spawn_blocking(move || vault.door()).await;
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        secrets: engine.vault().secrets_kind().as_str().to_owned(),
        secrets_door: door.map_err(|error| Error::new(Code::Internal, error.to_string()))?,
        system_language: system_language(|name| std::env::var(name).ok()),
        offline: engine.sync().is_offline(),
        content_base: engine.content_base().to_owned(),
        profile: engine.profile().display().to_string(),
    })
}

/// Opens or creates the encrypted file of passwords, and starts the accounts that waited for it.
pub(crate) async fn app_unlock_secrets(engine: &Engine, request: UnlockSecrets) -> Result<Nothing> {
    let passphrase = Secret::new(request.passphrase);
    let vault = engine.vault().clone();
    let unlocked = tokio::task::spawn_blocking(move || vault.unlock(passphrase)).await;
    unlocked.map_err(|error| Error::new(Code::Internal, error.to_string()))??;
    crate::network::apply(engine.store(), engine.vault(), engine.dialer()).await?;
    let accounts = engine.store().read(posthorn_store::account::list).await?;
    for account in accounts {
        engine.sync().account_changed(account.id).await;
    }
    Ok(Nothing {})
}

/// Closes all connections, or opens them again.
pub(crate) async fn app_set_offline(engine: &Engine, request: SetOffline) -> Result<Nothing> {
    if engine.sync().is_offline() != request.offline {
        engine.sync().set_offline(request.offline);
        engine.tell(Event::OfflineChanged { offline: request.offline });
    }
    Ok(Nothing {})
}

#[cfg(test)]
mod tests {
    use super::system_language;

    #[test]
    fn the_environment_names_the_language() {
        for (lang, expected) in [
            ("zh_CN.UTF-8", "zh-CN"),
            ("de_DE@euro", "de-DE"),
            ("C", "en"),
            ("C.UTF-8", "en"),
            ("", "en"),
            ("fr", "fr"),
        ] {
            assert_eq!(system_language(|name| (name == "LANG").then(|| lang.to_owned())), expected);
        }
    }
}
