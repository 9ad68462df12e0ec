//! From an address to a stream: resolve, race IPv6 against IPv4 (RFC 8305), shake hands.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use posthorn_model::{Encryption, ServerAddress};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::discovery::SystemDns;
use crate::proxy::{self, Environment, ProxyChoice, Purpose, Route};
use crate::{
    Certificate, CertificateProblem, Error, Failure, Fingerprint, Security, Stage, Stream, Trust,
};

/// How much later the next address is tried (RFC 8305 section 5).
const STAGGER: Duration = Duration::from_millis(250);
/// When a silent connection (IDLE) is asked whether it lives: before the usual NAT forgets it after five minutes.
const KEEPALIVE_AFTER: Duration = Duration::from_mins(2);
/// How often it is asked again, until the system gives it up.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(30);
/// Most addresses tried: a name with more has a list that no mail server needs.
const MAX_ADDRESSES: usize = 8;

/// How a dialer behaves.
#[derive(Clone, Debug)]
pub struct DialSettings {
    /// How long the name may take.
    pub resolve_timeout: Duration,
    /// How long all attempts to connect may take together.
    pub connect_timeout: Duration,
    /// How long the handshake may take.
    pub handshake_timeout: Duration,
    /// Names in lower case that have this address, whatever the resolver says: the demo's and the tests'.
    pub hosts: HashMap<String, IpAddr>,
    /// Asked for every name in place of the system's resolver: the tests'.
    pub nameserver: Option<SocketAddr>,
    /// Ports that stand for others on hosts whose names came from [`Self::nameserver`]: tests cannot bind 443.
    pub ports: HashMap<u16, u16>,
}

impl Default for DialSettings {
    fn default() -> Self {
        Self {
            resolve_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(20),
            handshake_timeout: Duration::from_secs(20),
            hosts: HashMap::new(),
            nameserver: None,
            ports: HashMap::new(),
        }
    }
}

/// Which addresses may be contacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// All: the user named the server.
    Anywhere,
    /// Public ones: somebody else named it.
    PublicOnly,
}

/// Opens connections.
#[derive(Clone, Debug)]
pub struct Dialer {
    trust: Trust,
    settings: DialSettings,
    route: Route,
}

impl Dialer {
    /// Returns a dialer that believes `trust`.
    pub fn new(trust: Trust, settings: DialSettings) -> Self {
        Self { trust, settings, route: Route::new(Environment::of_process()) }
    }

    /// Chooses the proxy of this dialer and all its clones; connections that are open stay open.
    pub fn choose_proxy(&self, choice: ProxyChoice) {
        self.route.choose(choice);
    }

    /// Tells whether mail servers in general are reached through a proxy: then names are its business.
    pub fn has_proxy(&self) -> bool {
        // A host that no exception can name.
        self.route.proxy("host.invalid", Purpose::Mail).is_some()
    }

    /// Tells whether a mail server is reached without a proxy.
    pub fn is_direct(&self, host: &str) -> bool {
        let name = plain_name(host);
        self.settings.hosts.contains_key(&name) || self.route.proxy(&name, Purpose::Mail).is_none()
    }

    /// Returns how it behaves.
    pub fn settings(&self) -> &DialSettings {
        &self.settings
    }

    /// Connects. With [`Encryption::Tls`] the stream is protected; with [`Encryption::StartTls`] the caller asks the server and then
    /// calls [`Self::upgrade`]. `accepted` is the fingerprint of a certificate that the user accepted for this server.
    pub async fn dial(
        &self,
        address: &ServerAddress,
        accepted: Option<Fingerprint>,
    ) -> Result<Stream, Error> {
        let reach = Reach::Anywhere;
        let tcp = self.connect(&address.host, address.port, reach, Purpose::Mail).await?;
        match address.encryption {
            Encryption::Tls => self.handshake(tcp, &address.host, address.port, accepted).await,
            Encryption::StartTls | Encryption::Plaintext => Ok(Stream::plain(tcp)),
        }
    }

    /// Puts TLS on a stream whose server has just agreed to it.
    pub async fn upgrade(
        &self,
        stream: Stream,
        address: &ServerAddress,
        accepted: Option<Fingerprint>,
    ) -> Result<Stream, Error> {
        let failed =
            |error| Error::new(&address.host, address.port, Stage::Handshake, Failure::Io(error));
        let tcp = stream.into_tcp().await.map_err(failed)?;
        self.handshake(tcp, &address.host, address.port, accepted).await
    }

    /// Opens a TCP connection, through a proxy where one is chosen.
    pub(crate) async fn connect(
        &self,
        host: &str,
        port: u16,
        reach: Reach,
        purpose: Purpose,
    ) -> Result<TcpStream, Error> {
        let name = plain_name(host);
        // A host that the settings give an address is here.
        let is_given = self.settings.hosts.contains_key(&name);
        let proxy = self.route.proxy(&name, purpose).filter(|_| !is_given);
        let Some(proxy) = proxy else { return self.connect_directly(host, port, reach).await };
        let failed = |failure| Error::new(host, port, Stage::Connect, failure);
        if reach == Reach::PublicOnly && !may_be_public(&name) {
            return Err(failed(Failure::Forbidden));
        }
        let mut tcp = self.connect_directly(&proxy.host, proxy.port, Reach::Anywhere).await?;
        let ascii = idna::domain_to_ascii(&name).unwrap_or(name);
        let after = self.settings.connect_timeout;
        let opening = proxy::open(&proxy, &mut tcp, &ascii, port);
        match tokio::time::timeout(after, opening).await {
            Ok(Ok(())) => Ok(tcp),
            Ok(Err(failure)) => Err(failed(failure)),
            Err(_) => Err(failed(Failure::TimedOut(after))),
        }
    }

    async fn connect_directly(
        &self,
        host: &str,
        port: u16,
        reach: Reach,
    ) -> Result<TcpStream, Error> {
        let mut addresses = self.resolve(host, port).await?;
        let is_given = self.settings.hosts.contains_key(&plain_name(host));
        if reach == Reach::PublicOnly && !is_given {
            addresses.retain(|address| is_public(address.ip()));
            if addresses.is_empty() {
                return Err(Error::new(host, port, Stage::Connect, Failure::Forbidden));
            }
        }
        let after = self.settings.connect_timeout;
        let failure = match tokio::time::timeout(after, race(interleave(addresses))).await {
            Ok(Ok(tcp)) => {
                tune(&tcp);
                return Ok(tcp);
            }
            Ok(Err(error)) => Failure::Io(error),
            Err(_) => Failure::TimedOut(after),
        };
        Err(Error::new(host, port, Stage::Connect, failure))
    }

    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Error> {
        let name = plain_name(host);
        if let Some(ip) = self.settings.hosts.get(&name) {
            return Ok(vec![SocketAddr::new(*ip, port)]);
        }
        if let Ok(ip) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        let after = self.settings.resolve_timeout;
        let ascii = idna::domain_to_ascii(&name).unwrap_or(name);
        let failure = match tokio::time::timeout(after, self.look_up(&ascii, port)).await {
            Ok(Ok(found)) if found.is_empty() => {
                Failure::Unresolved("it has no address".to_owned())
            }
            Ok(Ok(found)) => return Ok(found),
            Ok(Err(error)) => Failure::Unresolved(error),
            Err(_) => Failure::TimedOut(after),
        };
        Err(Error::new(host, port, Stage::Resolve, failure))
    }

    /// Asks for the addresses of a name, or says why not, in words.
    async fn look_up(&self, name: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
        if let Some(nameserver) = self.settings.nameserver {
            let port = self.settings.ports.get(&port).copied().unwrap_or(port);
            let found = SystemDns { nameserver: Some(nameserver) }.addresses(name).await?;
            return Ok(found
                .into_iter()
                .take(MAX_ADDRESSES)
                .map(|ip| SocketAddr::new(ip, port))
                .collect());
        }
        let found =
            tokio::net::lookup_host((name, port)).await.map_err(|error| error.to_string())?;
        Ok(found.take(MAX_ADDRESSES).collect())
    }

    /// Shakes hands.
    pub(crate) async fn handshake(
        &self,
        tcp: TcpStream,
        host: &str,
        port: u16,
        accepted: Option<Fingerprint>,
    ) -> Result<Stream, Error> {
        let failed = |failure| Error::new(host, port, Stage::Handshake, failure);
        let name = host.trim_matches(['[', ']']).trim_end_matches('.');
        let name = idna::domain_to_ascii(name).unwrap_or_else(|_| name.to_owned());
        let name = ServerName::try_from(name)
            .map_err(|error| failed(Failure::Unresolved(error.to_string())))?;
        let (config, witness) = self.trust.config(accepted).map_err(failed)?;
        let after = self.settings.handshake_timeout;
        let handshake = TlsConnector::from(Arc::new(config)).connect(name, tcp);
        let tls = match tokio::time::timeout(after, handshake).await {
            Err(_) => return Err(failed(Failure::TimedOut(after))),
            Ok(Ok(tls)) => tls,
            Ok(Err(error)) => return Err(failed(explain(error, &witness))),
        };
        let session = tls.get_ref().1;
        let seen =
            witness.seen().ok_or_else(|| failed(Failure::Tls("no certificate came".to_owned())))?;
        let version = match session.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
            other => format!("{other:?}"),
        };
        let cipher = session
            .negotiated_cipher_suite()
            .map(|suite| format!("{:?}", suite.suite()))
            .unwrap_or_default();
        let security = Security {
            version,
            cipher,
            fingerprint: seen.fingerprint,
            by_exception: seen.by_exception,
        };
        Ok(Stream::tls(tls, security))
    }
}

/// Sets what makes a socket quick and honest; one without these options works too.
fn tune(tcp: &TcpStream) {
    // Commands are small and flushed whole.
    let _ = tcp.set_nodelay(true);
    let keepalive =
        socket2::TcpKeepalive::new().with_time(KEEPALIVE_AFTER).with_interval(KEEPALIVE_EVERY);
    let _ = socket2::SockRef::from(tcp).set_tcp_keepalive(&keepalive);
}

/// Returns a host's name as the settings spell it.
fn plain_name(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Says what failed in a handshake: the certificate, the protocol or the network.
fn explain(error: std::io::Error, witness: &crate::trust::Witness) -> Failure {
    if let Some(seen) = witness.seen()
        && let Some(problem) = seen.problem
    {
        return Failure::Certificate {
            problem,
            certificate: Box::new(Certificate::read(&seen.der)),
        };
    }
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(inner)) => {
            let der = witness.seen().map(|seen| seen.der).unwrap_or_default();
            Failure::Certificate {
                problem: CertificateProblem::Other(inner.to_string()),
                certificate: Box::new(Certificate::read(&der)),
            }
        }
        Some(inner) => Failure::Tls(inner.to_string()),
        None => Failure::Io(error),
    }
}

/// Puts the families in turn, IPv6 first, each in the resolver's order.
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let (six, four): (Vec<_>, Vec<_>) = addresses.into_iter().partition(SocketAddr::is_ipv6);
    let longest = six.len().max(four.len());
    (0..longest)
        .flat_map(|index| [six.get(index).copied(), four.get(index).copied()])
        .flatten()
        .collect()
}

/// Tries the addresses one after the other without waiting for the last one to fail; the first that answers wins.
async fn race(addresses: Vec<SocketAddr>) -> std::io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut trying = FuturesUnordered::new();
    let mut failure = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
    loop {
        let more = waiting.next();
        let has_more = more.is_some();
        trying.extend(more.map(TcpStream::connect));
        if trying.is_empty() {
            return Err(failure);
        }
        tokio::select! {
            Some(result) = trying.next() => match result {
                Ok(tcp) => return Ok(tcp),
                Err(error) => failure = error,
            },
            () = tokio::time::sleep(STAGGER), if has_more => {}
        }
    }
}

/// Tells whether a name that a proxy resolves may be on the public internet: the proxy's own network has names too.
fn may_be_public(name: &str) -> bool {
    /// Ends of names that are never public (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`).
    const LOCAL: [&str; 6] =
        [".local", ".localhost", ".internal", ".home.arpa", ".lan", ".intranet"];
    match name.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(ip) => is_public(ip),
        Err(_) => name.contains('.') && !LOCAL.iter().any(|end| name.ends_with(end)),
    }
}

/// Returns whether an address is on the public internet, as far as the known ranges tell.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let special =
                a == 0 || a >= 240 || (a == 198 && (18..20).contains(&b)) || (a == 192 && b == 0);
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_multicast()
                || shared
                || special)
        }
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(mapped) => is_public(IpAddr::V4(mapped)),
            // 2000::/3 is all that is given out; 2002::/16 and 64:ff9b::/96 carry IPv4 addresses inside.
            None => ip
                .segments()
                .first()
                .is_some_and(|first| first & 0xe000 == 0x2000 && *first != 0x2002),
        },
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::{interleave, is_public, race};

    #[tokio::test]
    async fn an_address_that_refuses_does_not_stop_the_next() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open = listener.local_addr().unwrap();
        let closed = TcpListener::bind("[::1]:0").await.and_then(|listener| listener.local_addr());
        let closed = closed.unwrap_or_else(|_| "127.0.0.1:1".parse().unwrap());
        assert_eq!(race(vec![closed, open]).await.unwrap().peer_addr().unwrap(), open);
        assert!(race(vec![closed]).await.is_err());
        assert!(race(Vec::new()).await.is_err());
    }

    #[test]
    fn families_take_turns() {
        let parse =
            |list: &[&str]| list.iter().map(|address| address.parse().unwrap()).collect::<Vec<_>>();
        let mixed = parse(&["1.1.1.1:1", "2.2.2.2:1", "3.3.3.3:1", "[2001::1]:1"]);
        assert_eq!(
            interleave(mixed),
            parse(&["[2001::1]:1", "1.1.1.1:1", "2.2.2.2:1", "3.3.3.3:1"])
        );
    }

    #[test]
    fn private_addresses_are_known() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "93.184.216.34", "2606:4700::1111"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
