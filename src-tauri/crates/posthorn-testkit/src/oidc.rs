//! A real OpenID provider (npm oidc-provider, `tests/e2e/lib/provider.mjs`), and a browser that signs in there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::corpus;
use crate::folder::ServerFolder;
use crate::port::Port;
use crate::process::ServerProcess;

/// Pages that one sign-in takes at most: two forms with their redirects.
const MAX_PAGES: usize = 20;

/// A provider of our own. Any login is right there. Dropping it ends it.
#[derive(Debug)]
pub struct OidcProvider {
    // Dropped in this order: the server first, then its folder, then the claim on its port.
    process: Option<ServerProcess>,
    folder: ServerFolder,
    port: Port,
    seconds: u32,
}

impl OidcProvider {
    /// Starts a provider whose access tokens live so many seconds, and waits until it listens.
    pub fn start(seconds: u32) -> Result<Self> {
        let folder = ServerFolder::create("oidc")?;
        let mut provider = Self { process: None, folder, port: Port::claim()?, seconds };
        provider.run()?;
        Ok(provider)
    }

    fn run(&mut self) -> Result<()> {
        let script: PathBuf = corpus::root().join("tests/e2e/lib/provider.mjs");
        let script = script.to_str().context("the folder's name is not UTF-8")?;
        let (port, seconds) = (self.port.number().to_string(), self.seconds.to_string());
        let command = ["node", script, &port, &seconds];
        let log = self.folder.path().join("log");
        self.process = Some(ServerProcess::start(&command, &log, &[self.port.number()])?);
        Ok(())
    }

    /// Ends every sign-in: a provider that starts again knows nobody.
    pub fn revoke_all(&mut self) -> Result<()> {
        self.stop();
        self.run()
    }

    /// Stops it; [`Self::revoke_all`] starts it again.
    pub fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop();
        }
    }

    fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number())
    }

    /// Returns where Dovecot asks about tokens, with its name and secret.
    pub fn introspection_url(&self) -> String {
        let port = self.port.number();
        format!("http://dovecot:dovecot-secret@127.0.0.1:{port}/token/introspection")
    }

    /// Returns the file that names the provider to Posthorn (`--oauth`), for addresses of this domain.
    pub fn file(&self, domain: &str) -> Value {
        json!({ "own": [{
            "id": "test", "name": "Test Provider", "domains": [domain],
            "clientId": "posthorn", "scopes": ["openid", "email", "offline_access"],
            "authorizationEndpoint": format!("{}/auth", self.base()),
            "tokenEndpoint": format!("{}/token", self.base()),
            "allowLoopbackHttp": true
        }] })
    }

    /// Makes the token endpoint answer otherwise: `down`, `denied`; absent: as it should.
    pub async fn fail(&self, kind: Option<&str>) -> Result<()> {
        let kind = kind.map(|kind| format!("?kind={kind}")).unwrap_or_default();
        Browser::default().get(&format!("{}/fail{kind}", self.base())).await?;
        Ok(())
    }

    /// Returns how often the token endpoint gave tokens and refused to, since it started.
    pub async fn counts(&self) -> Result<(u64, u64)> {
        let text = Browser::default().get(&format!("{}/count", self.base())).await?;
        // The answer comes in chunks: what is between the braces is the object.
        let object = between(&text, "{", "}").context("no counts")?;
        let counts: Value = serde_json::from_str(&format!("{{{object}}}"))?;
        let count = |name: &str| counts.get(name).and_then(Value::as_u64).unwrap_or_default();
        Ok((count("given"), count("refused")))
    }

    /// Does what a user does in the browser: follows the address, logs in as `login`, agrees, and comes back to the
    /// program. Returns the last page.
    pub async fn sign_in(&self, url: &str, login: &str) -> Result<String> {
        let mut browser = Browser::default();
        let mut page = browser.get(url).await?;
        for _ in 0..MAX_PAGES {
            let Some(action) = between(&page, "action=\"", "\"") else { return Ok(page) };
            let prompt = between(&page, "name=\"prompt\" value=\"", "\"").context("a prompt")?;
            let login = login.replace('@', "%40");
            let form = format!("prompt={prompt}&login={login}&password=x");
            page = browser.post(&action, &form).await?;
        }
        bail!("the sign-in does not end: {page}")
    }
}

/// Returns what stands between two texts.
fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found.replace("&amp;", "&"))
}

/// The least that a browser is: cookies, redirects, one page after the other.
#[derive(Debug, Default)]
struct Browser {
    /// By host with port, then by name.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

impl Browser {
    async fn get(&mut self, url: &str) -> Result<String> {
        self.follow(url.to_owned(), None).await
    }

    async fn post(&mut self, url: &str, form: &str) -> Result<String> {
        self.follow(url.to_owned(), Some(form.to_owned())).await
    }

    async fn follow(&mut self, mut url: String, mut form: Option<String>) -> Result<String> {
        for _ in 0..MAX_PAGES {
            let (host, path) = url
                .strip_prefix("http://")
                .map(|rest| rest.split_at(rest.find('/').unwrap_or(rest.len())))
                .with_context(|| format!("not a plain address: {url}"))?;
            let (head, body) = self.ask(host, path, form.take().as_deref()).await?;
            let location = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("location").then(|| value.to_owned())
            });
            match location {
                Some(next) if next.starts_with('/') => url = format!("http://{host}{next}"),
                Some(next) => url = next,
                None => return Ok(body),
            }
        }
        bail!("too many redirects at {url}")
    }

    async fn ask(
        &mut self,
        host: &str,
        path: &str,
        form: Option<&str>,
    ) -> Result<(String, String)> {
        let jar = self.cookies.entry(host.to_owned()).or_default();
        let cookies: Vec<String> =
            jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (method, form) = form.map_or(("GET", ""), |form| ("POST", form));
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            cookies.join("; "),
            form.len()
        );
        let mut tcp = TcpStream::connect(host).await.with_context(|| format!("reaching {host}"))?;
        tcp.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        tcp.read_to_end(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").context("an answer without an end")?;
        for line in head.lines() {
            let Some((name, value)) = line.split_once(": ") else { continue };
            if let Some((key, value)) =
                value.split(';').next().and_then(|pair| pair.split_once('='))
                && name.eq_ignore_ascii_case("set-cookie")
            {
                jar.insert(key.to_owned(), value.to_owned());
            }
        }
        Ok((head.to_owned(), body.to_owned()))
    }
}
