//! The command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use posthorn_api::SecretsKind;

const USAGE: &str = "usage: posthorn-devserver --profile DIR [--listen 127.0.0.1:PORT] [--content-listen 127.0.0.1:PORT]
  [--secrets keychain|file|memory] [--passphrase-file FILE] [--trust-ca FILE]... [--seed-accounts FILE]
  [--known-servers FILE] [--oauth FILE] [--nameserver 127.0.0.1:PORT] [--port ASKED=DIALLED]...
  [--ui DIR] [--allow-origin ORIGIN]... [--stop-on-stdin-close]";

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) engine: posthorn_api::Options,
    pub(crate) listen: SocketAddr,
    pub(crate) content_listen: SocketAddr,
    pub(crate) ui: Option<PathBuf>,
    pub(crate) allow_origins: Vec<String>,
    pub(crate) stop_on_stdin_close: bool,
}

impl Options {
    /// Reads the words after the program's name. Ports that are not named are chosen by the system.
    pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> anyhow::Result<Self> {
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut options = Self {
            engine: posthorn_api::Options {
                secrets: SecretsKind::File,
                renderer: posthorn_pdf::renderer()?,
                ..Default::default()
            },
            listen: any_port,
            content_listen: any_port,
            ui: None,
            allow_origins: Vec::new(),
            stop_on_stdin_close: false,
        };
        let mut profile = None;
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let name = word.to_string_lossy().into_owned();
            if name == "--stop-on-stdin-close" {
                options.stop_on_stdin_close = true;
                continue;
            }
            let mut value =
                || words.next().with_context(|| format!("{name} needs a value\n{USAGE}"));
            match name.as_str() {
                "--profile" => profile = Some(std::path::absolute(value()?)?),
                "--listen" => options.listen = address(&value()?)?,
                "--content-listen" => options.content_listen = address(&value()?)?,
                "--ui" => options.ui = Some(value()?.into()),
                "--passphrase-file" => options.engine.passphrase_file = Some(value()?.into()),
                "--trust-ca" => options.engine.trust_ca.push(value()?.into()),
                "--seed-accounts" => options.engine.seed_accounts = Some(value()?.into()),
                "--known-servers" => options.engine.known_servers = Some(value()?.into()),
                "--oauth" => options.engine.oauth = Some(value()?.into()),
                "--nameserver" => options.engine.nameserver = Some(address(&value()?)?),
                "--port" => options.engine.ports.extend([port_pair(&value()?)?]),
                "--allow-origin" => options.allow_origins.push(origin(&value()?)?),
                "--secrets" => {
                    let kind = value()?;
                    let kind = kind.to_str().and_then(SecretsKind::parse);
                    options.engine.secrets =
                        kind.with_context(|| format!("--secrets keychain|file|memory\n{USAGE}"))?;
                }
                _ => bail!("{name} is not known\n{USAGE}"),
            }
        }
        options.engine.profile =
            profile.with_context(|| format!("--profile is missing\n{USAGE}"))?;
        Ok(options)
    }
}

fn address(word: &OsString) -> anyhow::Result<SocketAddr> {
    let text = word.to_string_lossy();
    text.parse().with_context(|| format!("{text} is not an address like 127.0.0.1:4000"))
}

/// Reads `443=8443`.
fn port_pair(word: &OsString) -> anyhow::Result<(u16, u16)> {
    let text = word.to_string_lossy();
    let pair = text
        .split_once('=')
        .and_then(|(asked, dialled)| Some((asked.parse().ok()?, dialled.parse().ok()?)));
    pair.with_context(|| format!("{text} is not a pair of ports like 443=8443"))
}

fn origin(word: &OsString) -> anyhow::Result<String> {
    let text = word.to_string_lossy().into_owned();
    let is_loopback =
        ["http://localhost:", "http://127.0.0.1:"].iter().any(|start| text.starts_with(start));
    if !is_loopback {
        bail!("{text} is not a loopback origin like http://localhost:5173");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parse(words: &[&str]) -> anyhow::Result<Options> {
        Options::parse(words.iter().map(Into::into))
    }

    #[test]
    fn a_profile_is_needed_and_unknown_words_are_refused() {
        for words in [
            &[][..],
            &["--profile"],
            &["--profile", "p", "--x", "y"],
            &["--profile", "p", "--secrets", "none"],
            &["--profile", "p", "--port", "443"],
            &["--profile", "p", "--nameserver", "example.org"],
        ] {
            assert!(parse(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn foreign_origins_are_refused() {
        assert!(parse(&["--profile", "p", "--allow-origin", "https://evil.example"]).is_err());
        assert!(parse(&["--profile", "p", "--allow-origin", "http://localhost:5173"]).is_ok());
    }
}
