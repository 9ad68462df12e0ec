//! The command line. Nothing else configures a start: no environment variable changes where mail is kept.

use std::{ffi::OsString, fmt, path::PathBuf};

use posthorn_api::SecretsKind;
use tauri::Manager as _;

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Profile folder; the user's own when absent.
    pub(crate) profile: Option<PathBuf>,
    secrets: Option<SecretsKind>,
    passphrase_file: Option<PathBuf>,
    trust_ca: Vec<PathBuf>,
    seed_accounts: Option<PathBuf>,
    known_servers: Option<PathBuf>,
    oauth: Option<PathBuf>,
    /// A `mailto:` link to compose to.
    pub(crate) mailto: Option<String>,
}

/// Why a command line is not followed.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Help was asked for.
    Help,
    /// An option is not known.
    Unknown(String),
    /// An option lacks its value, or the value is not one of those it takes.
    Value(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Help => formatter.write_str(HELP),
            Self::Unknown(option) => {
                write!(formatter, "posthorn does not know {option}; --help lists what it knows")
            }
            Self::Value(option) => write!(formatter, "{option} needs a value; --help says which"),
        }
    }
}

const HELP: &str = "posthorn [OPTIONS] [mailto:LINK]
  --profile DIR            keep data, settings and window places in DIR
  --secrets KIND           where passwords are kept: keychain, file or memory
  --passphrase-file FILE   opens the encrypted password file with the first line of FILE
  --trust-ca FILE          trust the CA certificates in FILE (PEM) too; may be repeated
  --seed-accounts FILE     add the accounts in FILE (JSON) to an empty profile
  --known-servers FILE     take the servers of the domains in FILE (JSON) from there
  --oauth FILE             sign in through the browser with the client ids in FILE (JSON)";

/// Writes the help to standard output.
pub(crate) fn print_help() -> anyhow::Result<()> {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{HELP}")?;
    Ok(())
}

/// Tells whether an argument is a `mailto:` link (RFC 6068).
pub(crate) fn is_mailto(argument: &str) -> bool {
    argument.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
}

impl Options {
    /// Reads the arguments that follow the program's name.
    pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Self, Refusal> {
        let mut options = Self::default();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let word = argument.to_string_lossy().into_owned();
            let mut path =
                |option| arguments.next().map(PathBuf::from).ok_or(Refusal::Value(option));
            match word.as_str() {
                "--help" | "-h" => return Err(Refusal::Help),
                "--profile" => options.profile = Some(path("--profile")?),
                "--passphrase-file" => options.passphrase_file = Some(path("--passphrase-file")?),
                "--trust-ca" => options.trust_ca.push(path("--trust-ca")?),
                "--seed-accounts" => options.seed_accounts = Some(path("--seed-accounts")?),
                "--known-servers" => options.known_servers = Some(path("--known-servers")?),
                "--oauth" => options.oauth = Some(path("--oauth")?),
                "--secrets" => {
                    let kind = path("--secrets")?;
                    let kind = kind
                        .to_str()
                        .and_then(SecretsKind::parse)
                        .ok_or(Refusal::Value("--secrets"))?;
                    options.secrets = Some(kind);
                }
                _ if is_mailto(&word) => options.mailto = Some(word),
                _ => return Err(Refusal::Unknown(word)),
            }
        }
        Ok(options)
    }

    /// Returns the D-Bus name under which a second start finds the first; each profile has one of its own.
    pub(crate) fn bus_name(&self) -> String {
        let base = "example.posthorn.Posthorn";
        match &self.profile {
            None => base.to_owned(),
            Some(profile) => {
                // FNV-1a: a name for a path, not a secret.
                let whole = std::path::absolute(profile).unwrap_or_else(|_| profile.clone());
                let hash = whole
                    .to_string_lossy()
                    .bytes()
                    .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
                    });
                format!("{base}.Profile{hash:x}")
            }
        }
    }

    /// Keeps what the webview stores inside the profile too.
    pub(crate) fn apply_to(&self, context: &mut tauri::Context) {
        if self.profile.is_some() {
            context.config_mut().identifier = self.bus_name();
        }
    }

    /// Returns what the engine needs to open.
    pub(crate) fn engine(&self, app: &tauri::AppHandle) -> anyhow::Result<posthorn_api::Options> {
        let profile = match &self.profile {
            Some(profile) => std::path::absolute(profile)?,
            None => app.path().app_data_dir()?,
        };
        Ok(posthorn_api::Options {
            profile,
            secrets: self.secrets.unwrap_or(SecretsKind::Keychain),
            passphrase_file: self.passphrase_file.clone(),
            trust_ca: self.trust_ca.clone(),
            seed_accounts: self.seed_accounts.clone(),
            known_servers: self.known_servers.clone(),
            oauth: self.oauth.clone(),
            content_base: crate::content::BASE.to_owned(),
            renderer: posthorn_pdf::renderer()?,
            ..posthorn_api::Options::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Options, Refusal};

    fn parse(words: &[&str]) -> Result<Options, Refusal> {
        Options::parse(words.iter().map(Into::into))
    }

    #[test]
    fn a_mailto_link_is_taken_in_any_case() {
        let options = parse(&["MAILTO:ann@example.org?subject=Hi"]).unwrap();
        assert_eq!(options.mailto.as_deref(), Some("MAILTO:ann@example.org?subject=Hi"));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(
            matches!(parse(&["--frobnicate"]), Err(Refusal::Unknown(option)) if option == "--frobnicate")
        );
        assert!(matches!(parse(&["--profile"]), Err(Refusal::Value("--profile"))));
        assert!(matches!(parse(&["--secrets", "cloud"]), Err(Refusal::Value("--secrets"))));
    }

    #[test]
    fn two_profiles_have_two_bus_names() {
        let name = |profile: &str| parse(&["--profile", profile]).unwrap().bus_name();
        assert_ne!(name("/tmp/a"), name("/tmp/b"));
        assert_eq!(name("/tmp/a"), name("/tmp/a"));
        assert_eq!(Options::default().bus_name(), "example.posthorn.Posthorn");
    }
}
