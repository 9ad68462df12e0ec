//! What an engine is opened with.

use std::collections::HashMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use posthorn_model::{Clock, SystemClock};

/// Where passwords are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecretsKind {
    /// The operating system's keychain.
    #[default]
    Keychain,
    /// A file in the profile, encrypted under a passphrase.
    File,
    /// Memory alone: gone with the process. For tests.
    Memory,
}

impl SecretsKind {
    /// Returns the kind that a word of the command line names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Keychain, Self::File, Self::Memory].into_iter().find(|kind| kind.as_str() == word)
    }

    /// Returns the word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keychain => "keychain",
            Self::File => "file",
            Self::Memory => "memory",
        }
    }
}

/// What an engine is opened with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder of the profile; made when it is missing. Everything durable lies in it.
    pub profile: PathBuf,
    /// Where passwords are kept.
    pub secrets: SecretsKind,
    /// File whose first line is the passphrase of [`SecretsKind::File`]. Absent: `app.unlockSecrets` brings it.
    pub passphrase_file: Option<PathBuf>,
    /// PEM files of certificate authorities to trust besides the system's.
    pub trust_ca: Vec<PathBuf>,
    /// JSON file with a list of accounts (as `accounts.add` takes them), added when the profile has none.
    pub seed_accounts: Option<PathBuf>,
    /// JSON file of the servers of domains (`{"example.org":[{"protocol":"imap","host":…,"port":…,"encryption":"tls"}, …]}`),
    /// which discovery then asks nobody about: the demo's and the tests'.
    pub known_servers: Option<PathBuf>,
    /// JSON file of the providers that sign in through the browser, with our client ids (`OAUTH.md`). Absent: `oauth.json`
    /// in the profile, where there is one.
    pub oauth: Option<PathBuf>,
    /// Asked for every name in place of the system's resolver: the tests'.
    pub nameserver: Option<SocketAddr>,
    /// Ports that stand for others on hosts that [`Self::nameserver`] names: tests cannot bind 443.
    pub ports: HashMap<u16, u16>,
    /// Base of the URLs of mail content, without a slash at the end.
    pub content_base: String,
    /// Program that draws pages of PDF files, and its first words (`posthorn-pdf` says how it is spoken to). Empty: they are
    /// not shown.
    pub renderer: Vec<OsString>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Milliseconds between a failure and the first new try; tests shorten it. Absent: the engine's own.
    pub retry_ms: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            profile: PathBuf::new(),
            secrets: SecretsKind::default(),
            passphrase_file: None,
            trust_ca: Vec::new(),
            seed_accounts: None,
            known_servers: None,
            oauth: None,
            nameserver: None,
            ports: HashMap::new(),
            content_base: "mail://localhost".to_owned(),
            renderer: Vec::new(),
            clock: Arc::new(SystemClock),
            retry_ms: None,
        }
    }
}
