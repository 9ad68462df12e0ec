//! Proxies: which one stands between, and how it is asked to open a way (SOCKS5, RFC 1928 and RFC 1929; HTTP CONNECT,
//! RFC 9110 section 9.3.6).
//!
//! Invariants: where a proxy is used, it resolves the server's name; this computer asks nobody about it. A proxy sees
//! names, ports and encrypted bytes; TLS is with the server behind it. A server on this computer is never asked for
//! through a proxy. Answers have a limit, and everything happens within the time for connecting.

mod connect;
mod socks;

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use percent_encoding::percent_decode_str;
use tokio::net::TcpStream;
use url::Url;

use crate::{Failure, Secret};

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// SOCKS5 (RFC 1928).
    Socks5,
    /// HTTP CONNECT (RFC 9110 section 9.3.6).
    Http,
}

/// A proxy.
#[derive(Clone)]
pub struct Proxy {
    /// How it is spoken to.
    pub kind: ProxyKind,
    /// Its host.
    pub host: String,
    /// Its TCP port.
    pub port: u16,
    /// Who asks there. Empty: nobody in particular.
    pub user: String,
    /// The password there. Empty where there is no user.
    pub password: Secret,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Proxy({:?} {}:{})", self.kind, self.host, self.port)
    }
}

/// Which proxy is used.
#[derive(Clone, Debug, Default)]
pub enum ProxyChoice {
    /// What the environment says (`ALL_PROXY`, for web addresses `HTTPS_PROXY`, but for `NO_PROXY`).
    #[default]
    System,
    /// None, whatever the environment says.
    Direct,
    /// This one.
    Manual(Proxy),
}

/// What a connection is for: the environment may name a proxy for the web alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A mail server.
    Mail,
    /// A web server.
    Web,
}

/// What the environment says about proxies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    all: Option<Proxy>,
    web: Option<Proxy>,
    /// Hosts, and domains behind a dot, in lower case; `*` is every host.
    except: Vec<String>,
}

impl Environment {
    /// Reads the environment of this process.
    pub(crate) fn of_process() -> Self {
        Self::read(|name| std::env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let either = |name: &str| {
            let found = variable(name).or_else(|| variable(&name.to_uppercase()));
            found.filter(|value| !value.trim().is_empty())
        };
        let proxy = |name: &str| either(name).and_then(|text| parse(text.trim()));
        let except = either("no_proxy").unwrap_or_default();
        Self {
            all: proxy("all_proxy"),
            web: proxy("https_proxy"),
            except: except.split(',').map(|part| part.trim().to_lowercase()).collect(),
        }
    }

    fn proxy(&self, host: &str, purpose: Purpose) -> Option<&Proxy> {
        let is_excepted = self.except.iter().any(|part| {
            let name = part.trim_start_matches('.');
            part == "*"
                || (!name.is_empty()
                    && (host == name
                        || host.strip_suffix(name).is_some_and(|front| front.ends_with('.'))))
        });
        if is_excepted {
            return None;
        }
        match purpose {
            Purpose::Mail => self.all.as_ref(),
            Purpose::Web => self.web.as_ref().or(self.all.as_ref()),
        }
    }
}

/// Reads `socks5://user:password@host:port`, as the environment has it. What cannot be understood is no proxy.
fn parse(text: &str) -> Option<Proxy> {
    let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&text).ok()?;
    let (kind, usual) = match url.scheme() {
        "socks5" | "socks5h" | "socks" => (ProxyKind::Socks5, 1080),
        "http" => (ProxyKind::Http, 80),
        _ => return None,
    };
    let plain = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    Some(Proxy {
        kind,
        host: url.host_str()?.to_owned(),
        port: url.port().unwrap_or(usual),
        user: plain(url.username()),
        password: Secret::new(plain(url.password().unwrap_or_default())),
    })
}

/// The choice, as all clones of a dialer share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Route {
    choice: Arc<RwLock<ProxyChoice>>,
    environment: Environment,
}

impl Route {
    pub(crate) fn new(environment: Environment) -> Self {
        Self { choice: Arc::default(), environment }
    }

    pub(crate) fn choose(&self, choice: ProxyChoice) {
        *self.choice.write().unwrap_or_else(PoisonError::into_inner) = choice;
    }

    /// Returns the proxy for a host (lower case). `None`: directly.
    pub(crate) fn proxy(&self, host: &str, purpose: Purpose) -> Option<Proxy> {
        let ip = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        if host == "localhost" || ip.is_some_and(|ip| ip.is_loopback()) {
            return None;
        }
        match &*self.choice.read().unwrap_or_else(PoisonError::into_inner) {
            ProxyChoice::Direct => None,
            ProxyChoice::Manual(proxy) => Some(proxy.clone()),
            ProxyChoice::System => self.environment.proxy(host, purpose).cloned(),
        }
    }
}

/// Asks a proxy that was reached for the way to a server.
pub(crate) async fn open(
    proxy: &Proxy,
    tcp: &mut TcpStream,
    host: &str,
    port: u16,
) -> Result<(), Failure> {
    match proxy.kind {
        ProxyKind::Socks5 => socks::open(proxy, tcp, host, port).await,
        ProxyKind::Http => connect::open(proxy, tcp, host, port).await,
    }
}

/// Returns the failure of a proxy that said no.
fn refused(said: impl Into<String>, is_transient: bool) -> Failure {
    Failure::Proxy { said: said.into(), is_transient }
}

#[cfg(test)]
mod tests {
    use super::{Environment, ProxyKind, Purpose, Route, parse};

    fn route(variables: &'static [(&str, &str)]) -> Route {
        let find = move |name: &str| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        Route::new(Environment::read(find))
    }

    #[test]
    fn the_environment_is_read_as_others_read_it() {
        let proxy = parse("socks5h://a%40b:p%2Bw+d@proxy.example:9050").unwrap();
        assert_eq!((proxy.kind, proxy.port), (ProxyKind::Socks5, 9050));
        assert_eq!((proxy.user.as_str(), proxy.password.expose()), ("a@b", "p+w+d"));
        assert!(!format!("{proxy:?}").contains("p+w"));
        assert_eq!(parse("proxy.example:3128").unwrap().port, 3128);
        assert!(parse("ftp://proxy.example").is_none());

        let route = route(&[
            ("ALL_PROXY", "socks5://all.example"),
            ("https_proxy", "http://web.example:3128"),
            ("no_proxy", "intern.example, .near.example,10.0.0.1"),
        ]);
        let table = [
            ("mail.example", Purpose::Mail, Some("all.example")),
            ("mail.example", Purpose::Web, Some("web.example")),
            ("intern.example", Purpose::Mail, None),
            ("a.intern.example", Purpose::Web, None),
            ("notintern.example", Purpose::Web, Some("web.example")),
            ("a.near.example", Purpose::Mail, None),
            ("10.0.0.1", Purpose::Mail, None),
            ("localhost", Purpose::Mail, None),
            ("127.0.0.1", Purpose::Web, None),
            ("[::1]", Purpose::Mail, None),
        ];
        for (host, purpose, wanted) in table {
            let found = route.proxy(host, purpose).map(|proxy| proxy.host);
            assert_eq!(found.as_deref(), wanted, "{host} {purpose:?}");
        }
    }

    #[test]
    fn the_users_choice_counts_more_than_the_environment() {
        let route = route(&[("all_proxy", "socks5://all.example"), ("no_proxy", "*")]);
        assert!(route.proxy("mail.example", Purpose::Mail).is_none());
        route.choose(super::ProxyChoice::Manual(parse("http://mine.example:1").unwrap()));
        assert_eq!(route.proxy("mail.example", Purpose::Mail).unwrap().host, "mine.example");
        route.choose(super::ProxyChoice::Direct);
        assert!(route.proxy("mail.example", Purpose::Web).is_none());
    }
}
