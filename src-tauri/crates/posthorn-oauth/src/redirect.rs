//! The listener on 127.0.0.1 to which the browser comes back (RFC 8252 section 7.3).
//!
//! Invariants: it listens on this computer alone, on a port that the system chose, while one sign-in lasts. A request is
//! believed when its path, its `Host` and its state are ours; it alone ends the waiting. Everything else, a browser's
//! speculative connection or another page's guess, is turned away and changes nothing.

use std::net::Ipv4Addr;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use posthorn_net::Secret;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::Error;
use crate::error::words;

/// Largest head of a request, bytes: a code has up to two thousand, cookies of other local pages come along.
const MAX_HEAD: usize = 32 << 10;
/// Connections at once: browsers open a few ahead.
const MAX_OPEN: usize = 16;
/// Time for one request, from its connection.
const REQUEST: Duration = Duration::from_secs(20);

/// The words of the page that the browser shows in the end, in the user's language.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// BCP 47 language of the words.
    pub language: String,
    /// Heading after a yes.
    pub done_title: String,
    /// What to do next after a yes.
    pub done_text: String,
    /// Heading after a no.
    pub denied_title: String,
    /// What to do next after a no.
    pub denied_text: String,
}

/// The listener.
#[derive(Debug)]
pub(crate) struct Redirect {
    listener: TcpListener,
    host: &'static str,
    port: u16,
}

/// What a request says.
enum Said {
    /// The provider's code.
    Code(Secret),
    /// The provider's or the user's no.
    Denied(String),
}

impl Redirect {
    pub(crate) async fn open(host: &'static str) -> Result<Self, Error> {
        let failed = |error: std::io::Error| Error::Listener(error.to_string());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok(Self { listener, host, port })
    }

    /// Returns the redirect address.
    pub(crate) fn address(&self) -> String {
        format!("http://{}:{}/", self.host, self.port)
    }

    /// Waits for the browser, shows it the page, and returns the code. The listener closes with it.
    pub(crate) async fn wait(self, state: &str, pages: &Pages) -> Result<Secret, Error> {
        let mut open = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(said) = open.next(), if !open.is_empty() => match said {
                    Some(Said::Code(code)) => return Ok(code),
                    Some(Said::Denied(said)) => return Err(Error::Denied(said)),
                    None => {}
                },
                accepted = self.listener.accept(), if open.len() < MAX_OPEN => {
                    // A connection that broke while it was accepted is nobody's.
                    let Ok((tcp, _)) = accepted else { continue };
                    let answer = self.answer(tcp, state, pages);
                    open.push(async move { tokio::time::timeout(REQUEST, answer).await.ok().flatten() });
                }
            }
        }
    }

    /// Answers one request; returns what it says where it is the one that is waited for.
    async fn answer(&self, mut tcp: TcpStream, state: &str, pages: &Pages) -> Option<Said> {
        let head = read_head(&mut tcp).await?;
        let said = self.judge(&head, state);
        let (status, page) = match &said {
            Some(Said::Code(_)) => {
                ("200 OK", page(&pages.language, &pages.done_title, &pages.done_text))
            }
            Some(Said::Denied(_)) => {
                ("200 OK", page(&pages.language, &pages.denied_title, &pages.denied_text))
            }
            None => ("404 Not Found", String::new()),
        };
        let response = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nReferrer-Policy: no-referrer\r\n\
             Cache-Control: no-store\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
        // A browser that went away has not seen the page; what it said stands.
        let _ = tcp.write_all(response.as_bytes()).await;
        let _ = tcp.shutdown().await;
        said
    }

    /// Returns what a request says; nothing where it is not ours.
    fn judge(&self, head: &str, state: &str) -> Option<Said> {
        let mut lines = head.lines();
        let mut request = lines.next()?.split(' ');
        let (method, target) = (request.next()?, request.next()?);
        let host = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("host").then(|| value.trim())
        })?;
        // Another name that leads here is another page's doing (DNS rebinding).
        let is_ours = host == format!("{}:{}", self.host, self.port);
        if method != "GET" || !is_ours || !target.starts_with('/') {
            return None;
        }
        let url = Url::parse("http://127.0.0.1/").ok()?.join(target).ok()?;
        let field = |name: &str| {
            let mut values = url.query_pairs().filter(|(key, _)| key == name);
            // A parameter that comes twice is none (RFC 6749 section 3.1).
            values.next().filter(|_| values.next().is_none()).map(|(_, value)| value.into_owned())
        };
        let is_known = field("state").is_some_and(|came| is_same(&came, state));
        if url.path() != "/" || !is_known {
            return None;
        }
        if let Some(error) = field("error") {
            let description = field("error_description").unwrap_or_default();
            return Some(Said::Denied(words(&format!("{error} {description}"))));
        }
        field("code").filter(|code| !code.is_empty()).map(|code| Said::Code(Secret::new(code)))
    }
}

/// Compares without telling by its time how much was right.
fn is_same(one: &str, other: &str) -> bool {
    let differences = one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && differences == 0
}

/// Reads the head of a request; nothing where none comes.
async fn read_head(tcp: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut part = [0; 4096];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = tcp.read(&mut part).await.ok()?;
        head.extend_from_slice(part.get(..read)?);
        if read == 0 || head.len() > MAX_HEAD {
            return None;
        }
    }
    String::from_utf8(head).ok()
}

/// Returns the page with its words.
fn page(language: &str, title: &str, text: &str) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui,sans-serif;\
         display:grid;place-content:center;min-height:90vh;margin:0 1.5rem;text-align:center}}h1{{font-size:1.5rem;\
         margin:0 0 .5rem}}p{{margin:0;max-width:36rem;opacity:.8}}</style><h1>{title}</h1><p>{}</p></html>",
        escape(language),
        escape(text),
        title = escape(title),
    )
}
