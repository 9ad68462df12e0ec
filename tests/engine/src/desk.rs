//! An engine in this process, as a page sees it.

use std::path::PathBuf;

use posthorn_api::contract::Event;
use posthorn_api::{Engine, Options, SecretsKind};
use posthorn_model::{Clock, SystemClock, Timestamp};
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::{Ask, Incoming, PATIENCE, Ports, account};

/// An engine with a profile of its own.
#[derive(Debug)]
pub struct Desk {
    /// The engine.
    pub engine: Engine,
    profile: PathBuf,
    /// Removes the profile at the end.
    folder: Option<tempfile::TempDir>,
}

fn options(profile: PathBuf) -> anyhow::Result<Options> {
    let passphrase = profile.join("passphrase.txt");
    std::fs::create_dir_all(&profile)?;
    std::fs::write(&passphrase, "a passphrase of the test\n")?;
    Ok(Options {
        profile,
        secrets: SecretsKind::File,
        passphrase_file: Some(passphrase),
        retry_ms: Some(200),
        ..Options::default()
    })
}

async fn open(profile: PathBuf) -> anyhow::Result<Engine> {
    Ok(Engine::open(options(profile)?).await?)
}

impl Desk {
    /// Opens an empty profile.
    pub async fn empty() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let profile = folder.path().join("profile");
        Ok(Self { engine: open(profile.clone()).await?, profile, folder: Some(folder) })
    }

    /// Opens a profile in which a file lies already.
    pub async fn with_file(name: &str, text: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let profile = folder.path().join("profile");
        std::fs::create_dir_all(&profile)?;
        std::fs::write(profile.join(name), text)?;
        Ok(Self { engine: open(profile.clone()).await?, profile, folder: Some(folder) })
    }

    /// Opens an empty profile that trusts an authority (PEM) besides the system's.
    pub async fn trusting(authority: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let profile = folder.path().join("profile");
        let file = folder.path().join("authority.pem");
        std::fs::write(&file, authority)?;
        let options = Options { trust_ca: vec![file], ..options(profile.clone())? };
        Ok(Self { engine: Engine::open(options).await?, profile, folder: Some(folder) })
    }

    /// The same as [`Desk::with`], with the program that draws pages of PDF files.
    pub async fn drawing(user: &str, incoming: Incoming, ports: Ports) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let profile = folder.path().join("profile");
        let renderer = vec![crate::server::program()?.into(), "--draw-pdf-page".into()];
        let options = Options { renderer, ..options(profile.clone())? };
        let desk = Self { engine: Engine::open(options).await?, profile, folder: Some(folder) };
        desk.ask("accounts.add", account(user, incoming, ports)).await?;
        desk.settle().await?;
        Ok(desk)
    }

    /// Opens a profile with one account, and waits until its mail is here.
    pub async fn with(user: &str, incoming: Incoming, ports: Ports) -> anyhow::Result<Self> {
        let desk = Self::empty().await?;
        let saved = desk.ask("accounts.add", account(user, incoming, ports)).await?;
        anyhow::ensure!(!saved["account"].is_null(), "the account was not added: {saved}");
        desk.settle().await?;
        Ok(desk)
    }

    /// Closes the engine and opens the same profile again.
    pub async fn reopen(mut self) -> anyhow::Result<Self> {
        self.engine.shutdown().await;
        let (profile, folder) = (self.profile.clone(), self.folder.take());
        drop(self);
        Ok(Self { engine: open(profile.clone()).await?, profile, folder })
    }

    /// Closes the engine and opens the same profile so many milliseconds later.
    pub async fn reopen_later(mut self, milliseconds: i64) -> anyhow::Result<Self> {
        self.engine.shutdown().await;
        let (profile, folder) = (self.profile.clone(), self.folder.take());
        drop(self);
        let clock = std::sync::Arc::new(Ahead(milliseconds));
        let options = Options { clock, ..options(profile.clone())? };
        Ok(Self { engine: Engine::open(options).await?, profile, folder })
    }

    /// Listens from now on.
    pub fn events(&self) -> Events {
        Events(self.engine.subscribe())
    }
}

/// The computer's clock, so many milliseconds ahead.
#[derive(Debug)]
struct Ahead(i64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_ms(self.0)
    }
}

impl Ask for Desk {
    async fn ask(&self, method: &str, parameters: Value) -> anyhow::Result<Value> {
        let answer = self.engine.dispatch(method, parameters).await;
        answer.map_err(|error| anyhow::anyhow!("{method}: {}", json!(error)))
    }
}

/// What the engine tells.
#[derive(Debug)]
pub struct Events(broadcast::Receiver<Event>);

impl Events {
    /// Waits for an event that fits and returns what is found in it.
    pub async fn wait_for<T>(
        &mut self,
        what: &str,
        mut fits: impl FnMut(Event) -> Option<T>,
    ) -> anyhow::Result<T> {
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(found) = fits(self.0.recv().await?) {
                    return anyhow::Ok(found);
                }
            }
        });
        found.await.map_err(|_| anyhow::anyhow!("waited in vain for {what}"))?
    }
}
