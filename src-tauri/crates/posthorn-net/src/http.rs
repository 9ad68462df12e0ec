//! One GET: for autoconfiguration and for remote pictures that the user allowed. One POST of a form: for leaving a
//! mailing list, and for tokens.
//!
//! A form goes to the address that was named and nowhere else: a redirect is an answer like any other. No cookies, no referrer, no cache, no compression, one connection per request; redirects, size and time have limits, and
//! a redirect never leads from HTTPS to HTTP. An address is checked after it was resolved and before it is connected to.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, LOCATION, USER_AGENT};
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use url::Url;
use zeroize::Zeroizing;

use crate::dial::Reach;
use crate::proxy::Purpose;
use crate::{Dialer, Error, Failure, Stage, Stream};

/// What may be fetched, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest document in bytes.
    pub size: u64,
    /// How long everything may take together.
    pub time: Duration,
    /// How often the server may point elsewhere.
    pub redirects: u8,
    /// Which addresses may be contacted.
    pub hosts: Hosts,
    /// Whether plain HTTP is allowed.
    pub schemes: Schemes,
}

/// Which addresses may be contacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// All: the user named the host.
    Any,
    /// Public ones: a message named the host, and must not reach into the user's own network.
    Public,
}

/// Which schemes are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schemes {
    /// `https` alone.
    Https,
    /// `https` and `http`.
    HttpsAndHttp,
    /// `https`, and `http` to this computer itself (`127.0.0.1`, `[::1]`, `localhost`).
    HttpsOrLoopback,
}

impl Limits {
    /// Limits of autoconfiguration: 256 KiB, 10 seconds, 3 redirects, HTTPS.
    pub const AUTOCONFIG: Self = Self {
        size: 256 << 10,
        time: Duration::from_secs(10),
        redirects: 3,
        hosts: Hosts::Any,
        schemes: Schemes::Https,
    };
    /// Limits of a remote picture: 16 MiB, 20 seconds, 5 redirects, public hosts.
    pub const PICTURE: Self = Self {
        size: 16 << 20,
        time: Duration::from_secs(20),
        redirects: 5,
        hosts: Hosts::Public,
        schemes: Schemes::HttpsAndHttp,
    };
    /// Limits of leaving a mailing list: what is answered is not read, 20 seconds, no redirects (RFC 8058 section 3.1),
    /// HTTPS, public hosts.
    pub const UNSUBSCRIBE: Self = Self {
        size: 0,
        time: Duration::from_secs(20),
        redirects: 0,
        hosts: Hosts::Public,
        schemes: Schemes::Https,
    };
    /// Limits of a token endpoint: 64 KiB (a token has two), 30 seconds, HTTPS.
    pub const TOKEN: Self = Self {
        size: 64 << 10,
        time: Duration::from_secs(30),
        redirects: 0,
        hosts: Hosts::Any,
        schemes: Schemes::Https,
    };
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Where it came from in the end.
    pub url: String,
    /// `Content-Type` in lower case without parameters. Empty when not said.
    pub content_type: String,
    /// The body.
    pub bytes: Bytes,
}

/// What a server answered to a form, whatever its status. It may hold tokens: it is wiped when dropped, and cannot be
/// printed.
pub struct Answered {
    /// The HTTP status, 100 to 599.
    pub status: u16,
    /// The body.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Answered {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Answered").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Sends a form that holds secrets and returns the answer, whatever its status. Follows no redirect.
pub async fn exchange_form(
    dialer: &Dialer,
    url: &str,
    form: &str,
    limits: Limits,
) -> Result<Answered, Error> {
    let failed = |failure| Error::new(url, 0, Stage::Transfer, failure);
    let unusable = |why: &str| failed(Failure::Document(why.to_owned()));
    let parsed = Url::parse(url).map_err(|error| unusable(&error.to_string()))?;
    let target =
        Target::of(&parsed, limits).ok_or_else(|| unusable("the address is not allowed"))?;
    let sending = async {
        let answer = request(dialer, &parsed, &target, limits, Ask::Form(form)).await?;
        let status = answer.status().as_u16();
        let document = collect(answer, &parsed, &target, limits).await?;
        Ok(Answered { status, bytes: Zeroizing::new(document.bytes.to_vec()) })
    };
    match tokio::time::timeout(limits.time, sending).await {
        Ok(result) => result,
        Err(_) => Err(failed(Failure::TimedOut(limits.time))),
    }
}

/// Asks for a document and returns only the status and where it points. Follows no redirect, reads no body.
pub(crate) async fn head_of(
    dialer: &Dialer,
    url: &str,
    limits: Limits,
) -> Result<(u16, Option<String>), Error> {
    let failed = |failure| Error::new(url, 0, Stage::Transfer, failure);
    let unusable = |why: &str| failed(Failure::Document(why.to_owned()));
    let parsed = Url::parse(url).map_err(|error| unusable(&error.to_string()))?;
    let target =
        Target::of(&parsed, limits).ok_or_else(|| unusable("the address is not allowed"))?;
    let asking = request(dialer, &parsed, &target, limits, Ask::Document);
    match tokio::time::timeout(limits.time, asking).await {
        Ok(answer) => {
            let answer = answer?;
            let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            Ok((answer.status().as_u16(), location.map(str::to_owned)))
        }
        Err(_) => Err(failed(Failure::TimedOut(limits.time))),
    }
}

/// Fetches one document.
pub async fn get(dialer: &Dialer, url: &str, limits: Limits) -> Result<Document, Error> {
    let failed = |failure| Error::new(url, 0, Stage::Transfer, failure);
    match tokio::time::timeout(limits.time, follow(dialer, url, limits)).await {
        Ok(result) => result,
        Err(_) => Err(failed(Failure::TimedOut(limits.time))),
    }
}

/// Sends a form, and takes any answer that says that it was taken. Redirects are not followed, the answer is not read.
pub async fn post_form(
    dialer: &Dialer,
    url: &str,
    body: &'static str,
    limits: Limits,
) -> Result<(), Error> {
    let failed = |host: &str, port, failure| Error::new(host, port, Stage::Transfer, failure);
    let unusable = |why: String| failed(url, 0, Failure::Document(why));
    let parsed = Url::parse(url).map_err(|error| unusable(error.to_string()))?;
    let target = Target::of(&parsed, limits)
        .ok_or_else(|| unusable("the address is not allowed".to_owned()))?;
    let asked = request(dialer, &parsed, &target, limits, Ask::Form(body));
    let answer = tokio::time::timeout(limits.time, asked)
        .await
        .map_err(|_| failed(&target.host, target.port, Failure::TimedOut(limits.time)))??;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    Err(failed(&target.host, target.port, Failure::Http(status.as_u16())))
}

/// Follows redirects until a document comes.
async fn follow(dialer: &Dialer, url: &str, limits: Limits) -> Result<Document, Error> {
    let unusable = |host: &str, why: &str| {
        Error::new(host, 0, Stage::Transfer, Failure::Document(why.to_owned()))
    };
    let mut url = Url::parse(url).map_err(|error| unusable(url, &error.to_string()))?;
    for _ in 0..=limits.redirects {
        let target = Target::of(&url, limits)
            .ok_or_else(|| unusable(url.as_str(), "the address is not allowed"))?;
        let response = request(dialer, &url, &target, limits, Ask::Document).await?;
        let status = response.status();
        if status.is_redirection() {
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let next = location.and_then(|location| url.join(location).ok());
            let next = next.ok_or_else(|| unusable(&target.host, "it redirects to nowhere"))?;
            if url.scheme() == "https" && next.scheme() != "https" {
                return Err(unusable(&target.host, "it redirects to an unprotected page"));
            }
            url = next;
            continue;
        }
        if !status.is_success() {
            return Err(Error::new(
                &target.host,
                target.port,
                Stage::Transfer,
                Failure::Http(status.as_u16()),
            ));
        }
        return collect(response, &url, &target, limits).await;
    }
    Err(unusable(url.as_str(), "it redirects too often"))
}

/// Where a URL leads.
struct Target {
    host: String,
    port: u16,
    is_tls: bool,
}

impl Target {
    fn of(url: &Url, limits: Limits) -> Option<Self> {
        let is_tls = match (url.scheme(), limits.schemes) {
            ("https", _) => true,
            ("http", Schemes::HttpsAndHttp) => false,
            ("http", Schemes::HttpsOrLoopback) if is_loopback(url) => false,
            _ => return None,
        };
        let host = url.host_str().filter(|host| !host.is_empty())?.to_owned();
        Some(Self { host, port: url.port_or_known_default()?, is_tls })
    }
}

/// Tells whether a URL names this computer itself.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// What is asked.
#[derive(Clone, Copy)]
enum Ask<'a> {
    /// A document.
    Document,
    /// The answer to a form.
    Form(&'a str),
}

/// A response whose connection is driven along with its body.
struct Answer {
    response: Response<Incoming>,
    connection: hyper::client::conn::http1::Connection<TokioIo<Stream>, Full<Bytes>>,
    is_over: bool,
}

impl Answer {
    fn status(&self) -> hyper::StatusCode {
        self.response.status()
    }

    fn headers(&self) -> &hyper::HeaderMap {
        self.response.headers()
    }

    /// Returns the next part of the body; `None` at its end.
    async fn part(&mut self) -> Option<Result<Bytes, hyper::Error>> {
        loop {
            tokio::select! {
                biased;
                frame = self.response.body_mut().frame() => match frame? {
                    // Trailers tell us nothing.
                    Ok(frame) => if let Ok(bytes) = frame.into_data() { return Some(Ok(bytes)) },
                    Err(error) => return Some(Err(error)),
                },
                result = &mut self.connection, if !self.is_over => {
                    self.is_over = true;
                    if let Err(error) = result {
                        return Some(Err(error));
                    }
                }
            }
        }
    }
}

async fn request(
    dialer: &Dialer,
    url: &Url,
    target: &Target,
    limits: Limits,
    ask: Ask<'_>,
) -> Result<Answer, Error> {
    let broken = |error: String| {
        Error::new(&target.host, target.port, Stage::Transfer, Failure::Document(error))
    };
    let reach = if limits.hosts == Hosts::Public { Reach::PublicOnly } else { Reach::Anywhere };
    let tcp = dialer.connect(&target.host, target.port, reach, Purpose::Web).await?;
    let stream = if target.is_tls {
        dialer.handshake(tcp, &target.host, target.port, None).await?
    } else {
        Stream::plain(tcp)
    };
    let (mut sender, mut connection) = hyper::client::conn::http1::Builder::new()
        .max_headers(100)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(error.to_string()))?;
    let host = match url.port() {
        Some(port) => format!("{}:{port}", target.host),
        None => target.host.clone(),
    };
    let path = url
        .query()
        .map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let (request, body) = match ask {
        Ask::Document => (Request::get(path).header(ACCEPT, "*/*"), Bytes::new()),
        Ask::Form(form) => {
            let request = Request::post(path)
                .header(ACCEPT, "application/json, */*;q=0.5")
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            (request, Bytes::copy_from_slice(form.as_bytes()))
        }
    };
    let request = request
        .header(HOST, host)
        .header(USER_AGENT, "Posthorn")
        .header(hyper::header::CONNECTION, "close")
        .body(Full::new(body))
        .map_err(|error| broken(error.to_string()))?;
    let mut is_over = false;
    let response = sender.send_request(request);
    tokio::pin!(response);
    loop {
        tokio::select! {
            biased;
            response = &mut response => {
                let response = response.map_err(|error| broken(error.to_string()))?;
                return Ok(Answer { response, connection, is_over });
            }
            result = &mut connection, if !is_over => {
                is_over = true;
                result.map_err(|error| broken(error.to_string()))?;
            }
        }
    }
}

/// Reads the body up to the limit.
async fn collect(
    mut answer: Answer,
    url: &Url,
    target: &Target,
    limits: Limits,
) -> Result<Document, Error> {
    let broken = |error: String| {
        Error::new(&target.host, target.port, Stage::Transfer, Failure::Document(error))
    };
    let content_type = answer
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let content_type =
        content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let mut bytes = BytesMut::new();
    while let Some(part) = answer.part().await {
        bytes.extend_from_slice(&part.map_err(|error| broken(error.to_string()))?);
        if bytes.len() as u64 > limits.size {
            return Err(broken(format!("it is larger than {} bytes", limits.size)));
        }
    }
    Ok(Document { url: url.to_string(), content_type, bytes: bytes.freeze() })
}
