//! The way to the servers: which proxy stands between.
//!
//! Invariants: the proxy's password is in the vault alone. A proxy that is chosen is used from then on by everything that
//! goes out; connections around it end.

use std::sync::Arc;

use posthorn_net::{Dialer, Proxy, ProxyChoice, Secret, SecretStore as _};
use posthorn_store::{Store, account, setting};
use serde_json::{Value, json};

use crate::contract::{Code, Error, Network, Nothing, ProxyKind, ProxyMode, SetNetwork};
use crate::engine::Engine;
use crate::error::Result;
use crate::secret::Vault;

/// Key of the setting.
const KEY: &str = "proxy";
/// Key of the password in the vault.
const SECRET: &str = "proxy";
/// Longest host, user or password, bytes (RFC 1929: one octet of length).
const MAX_FIELD: usize = 255;
/// The usual port of SOCKS5.
const USUAL_PORT: u16 = 1080;

/// What is stored.
struct Stored {
    mode: ProxyMode,
    kind: ProxyKind,
    host: String,
    port: u16,
    user: String,
}

impl Stored {
    /// Reads the setting; what cannot be read is as if nothing was set.
    fn read(json: Option<&str>) -> Self {
        let value: Value =
            json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        let field = |name: &str| value.get(name).cloned().unwrap_or_default();
        let port = value.get("port").and_then(Value::as_u64);
        Self {
            mode: serde_json::from_value(field("mode")).unwrap_or(ProxyMode::System),
            kind: serde_json::from_value(field("kind")).unwrap_or(ProxyKind::Socks5),
            host: text("host").to_owned(),
            port: port.and_then(|port| u16::try_from(port).ok()).unwrap_or(USUAL_PORT),
            user: text("user").to_owned(),
        }
    }

    fn choice(&self, password: Option<Secret>) -> ProxyChoice {
        match self.mode {
            ProxyMode::System => ProxyChoice::System,
            ProxyMode::Direct => ProxyChoice::Direct,
            ProxyMode::Manual => ProxyChoice::Manual(Proxy {
                kind: match self.kind {
                    ProxyKind::Socks5 => posthorn_net::ProxyKind::Socks5,
                    ProxyKind::Http => posthorn_net::ProxyKind::Http,
                },
                host: self.host.clone(),
                port: self.port,
                user: self.user.clone(),
                password: password.unwrap_or_default(),
            }),
        }
    }
}

async fn password(vault: &Arc<Vault>) -> Result<Option<Secret>> {
    let vault = Arc::clone(vault);
    let read = tokio::task::spawn_blocking(move || vault.get(SECRET)).await;
    Ok(read.map_err(|error| Error::new(Code::Internal, error.to_string()))??)
}

async fn stored(store: &Store) -> Result<Stored> {
    let json = store.read(|tx| setting::get(tx, KEY)).await?;
    Ok(Stored::read(json.as_deref()))
}

/// Uses the proxy that is set; one whose password cannot be read yet is used without, and says what it thinks of it.
pub(crate) async fn apply(store: &Store, vault: &Arc<Vault>, dialer: &Dialer) -> Result<()> {
    let stored = stored(store).await?;
    let needs_password = stored.mode == ProxyMode::Manual && !stored.user.is_empty();
    let secret = if needs_password { password(vault).await.ok().flatten() } else { None };
    dialer.choose_proxy(stored.choice(secret));
    Ok(())
}

/// Gives the way to the servers.
pub(crate) async fn network_get(engine: &Engine, _: Nothing) -> Result<Network> {
    let stored = stored(engine.store()).await?;
    Ok(Network {
        mode: stored.mode,
        kind: stored.kind,
        host: stored.host,
        port: stored.port,
        user: stored.user,
        has_password: password(engine.vault()).await.is_ok_and(|password| password.is_some()),
        is_proxied: engine.dialer().has_proxy(),
    })
}

/// Chooses the way to the servers; every account connects anew.
pub(crate) async fn network_set(engine: &Engine, request: SetNetwork) -> Result<Network> {
    let is_host = |letter: char| letter.is_alphanumeric() || ".-_:[]".contains(letter);
    if request.mode == ProxyMode::Manual
        && (request.host.is_empty() || !request.host.chars().all(is_host) || request.port == 0)
    {
        return Err(Error::invalid("A proxy has a host and a port"));
    }
    let password = request.password.as_deref().unwrap_or_default();
    if [request.host.as_str(), &request.user, password].iter().any(|it| it.len() > MAX_FIELD) {
        return Err(Error::invalid("This is too long for a proxy"));
    }
    if let Some(password) = request.password.clone() {
        let vault = engine.vault().clone();
        let kept = tokio::task::spawn_blocking(move || match password.as_str() {
            "" => vault.delete(SECRET),
            password => vault.set(SECRET, &Secret::new(password)),
        });
        kept.await.map_err(|error| Error::new(Code::Internal, error.to_string()))??;
    }
    let json = json!({
        "mode": request.mode, "kind": request.kind, "host": request.host, "port": request.port, "user": request.user
    });
    let json = json.to_string();
    engine.store().write(move |tx| setting::set(tx, KEY, &json)).await?;
    apply(engine.store(), engine.vault(), engine.dialer()).await?;
    for account in engine.store().read(account::list).await? {
        engine.sync().account_changed(account.id).await;
    }
    network_get(engine, Nothing {}).await
}
