//! Domains whose servers are found in different ways: a name server of our own over UDP, and a web server over HTTPS.
//!
//! | domain | what it has |
//! |---|---|
//! | `srv.test` | SRV records (RFC 6186, RFC 8314) that point into the domain itself |
//! | `outside.test` | SRV records that point to `mail.hoster.test`, another domain |
//! | `page.test` | a page at `autoconfig.page.test` |
//! | `guess.test` | hosts `imap.`, `smtp.` and `mail.` and no word about them; needs the ports of [`Domains::ports`] |
//! | `wrong.test` | SRV records that point to a host for which the certificate is not good |
//! | `google.test` | an MX record that points to Google |
//! | `nothing.test` | nothing |
//!
//! All hosts are 127.0.0.1; users and passwords are those of the one [`MailServer`] behind them.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, MX, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::MailServer;

/// Longest question and request that is read; ours are a tenth of it.
const REQUEST_LIMIT: usize = 4096;
/// Seconds that an answer may be kept: none, every test asks anew.
const KEEP: u32 = 0;

/// A name server and a web server; both end when this is dropped.
#[derive(Debug)]
pub struct Domains {
    names: SocketAddr,
    web: SocketAddr,
    imaps: u16,
    pop3s: u16,
    smtps: u16,
    asked: Arc<Mutex<Vec<String>>>,
    /// Absent only while this is dropped.
    runtime: Option<Runtime>,
}

/// Ports of the mail server.
#[derive(Clone, Copy, Debug)]
struct Ports {
    imaps: u16,
    pop3s: u16,
    smtps: u16,
}

impl Domains {
    /// Starts both for the hosts of a mail server with a good certificate.
    pub fn around(server: &MailServer) -> Result<Self> {
        let ports = Ports {
            imaps: server.dovecot.imaps_port(),
            pop3s: server.dovecot.pop3s_port(),
            smtps: server.exim.smtps_port(),
        };
        let certificate = server.authority.issue(&["autoconfig.page.test"])?;
        let chain = vec![
            CertificateDer::from_pem_slice(certificate.certificate_pem.as_bytes())
                .map_err(|error| anyhow::anyhow!("the certificate: {error:?}"))?,
        ];
        let key = PrivateKeyDer::from_pem_slice(certificate.key_pem.as_bytes())
            .map_err(|error| anyhow::anyhow!("the key: {error:?}"))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("a runtime for the name server")?;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (names, web) = {
            // Binding needs the runtime's context; nothing here waits.
            let _context = runtime.enter();
            let names = UdpSocket::from_std(bound_udp()?)?;
            let web = TcpListener::from_std(bound_tcp()?)?;
            (names, web)
        };
        let (names_at, web_at) = (names.local_addr()?, web.local_addr()?);
        runtime.spawn(answer_names(names, ports, Arc::clone(&asked)));
        runtime.spawn(serve_page(web, TlsAcceptor::from(Arc::new(config)), ports));
        let Ports { imaps, pop3s, smtps } = ports;
        Ok(Self {
            names: names_at,
            web: web_at,
            imaps,
            pop3s,
            smtps,
            asked,
            runtime: Some(runtime),
        })
    }

    /// Returns where names are asked.
    pub fn nameserver(&self) -> SocketAddr {
        self.names
    }

    /// Returns which ports stand for the well-known ones, which tests cannot bind.
    pub fn ports(&self) -> [(u16, u16); 4] {
        [(443, self.web.port()), (993, self.imaps), (995, self.pop3s), (465, self.smtps)]
    }

    /// Returns what was asked so far, as `name TYPE` in small letters.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Domains {
    fn drop(&mut self) {
        // A test drops this inside a runtime of its own, where waiting for another's end is not allowed.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn bound_udp() -> Result<std::net::UdpSocket> {
    let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn bound_tcp() -> Result<std::net::TcpListener> {
    let socket = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

async fn answer_names(socket: UdpSocket, ports: Ports, asked: Arc<Mutex<Vec<String>>>) {
    let mut buffer = [0; REQUEST_LIMIT];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let question = buffer.get(..length).unwrap_or_default();
        if let Some(answer) = answer(question, ports, &asked) {
            // A question whose answer is lost is asked again.
            drop(socket.send_to(&answer, from).await);
        }
    }
}

/// Returns the answer to a question in DNS's wire format (RFC 1035).
fn answer(question: &[u8], ports: Ports, asked: &Mutex<Vec<String>>) -> Option<Vec<u8>> {
    let mut message = Message::from_vec(question).ok()?;
    let query = message.queries.first()?.clone();
    let name = query.name().to_ascii().to_ascii_lowercase();
    asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(format!("{name} {}", query.query_type()));
    let records = records(&name, query.query_type(), ports)?;
    message = message.into_response();
    match records {
        Some(records) => {
            for data in records {
                message.add_answer(Record::from_rdata(query.name().clone(), KEEP, data));
            }
        }
        None => message.metadata.response_code = ResponseCode::NXDomain,
    }
    message.to_vec().ok()
}

/// Returns the records of a name: none where it has none of this type, nothing where it does not exist.
#[expect(
    clippy::option_option,
    reason = "a name that does not exist is another answer than one without records"
)]
fn records(name: &str, kind: RecordType, ports: Ports) -> Option<Option<Vec<RData>>> {
    let name = name.trim_end_matches('.');
    let labels: Vec<&str> = name.split('.').collect();
    let domain = labels.get(labels.len().saturating_sub(2)..)?.join(".");
    let target = match domain.as_str() {
        "srv.test" => "mail.srv.test.",
        "outside.test" => "mail.hoster.test.",
        "wrong.test" => "mail.wrong.test.",
        _ => "",
    };
    let service = match labels.first().copied() {
        Some("_imaps") => Some(ports.imaps),
        Some("_pop3s") => Some(ports.pop3s),
        Some("_submissions") => Some(ports.smtps),
        _ => None,
    };
    let is_host = labels.len() == 3
        && match domain.as_str() {
            "srv.test" | "wrong.test" | "hoster.test" => labels.first() == Some(&"mail"),
            "page.test" => ["autoconfig", "mail"].contains(labels.first()?),
            "guess.test" => ["imap", "smtp", "mail"].contains(labels.first()?),
            _ => false,
        };
    let found = match (kind, service) {
        (RecordType::SRV, Some(port)) if !target.is_empty() => {
            vec![RData::SRV(SRV::new(0, 1, port, Name::from_ascii(target).ok()?))]
        }
        (RecordType::MX, _) if name == "google.test" => {
            vec![RData::MX(MX::new(1, Name::from_ascii("aspmx.l.google.com.").ok()?))]
        }
        (RecordType::A, _) if is_host => vec![RData::A(A(Ipv4Addr::LOCALHOST))],
        _ if is_host || name == "google.test" => Vec::new(),
        _ => return Some(None),
    };
    Some(Some(found))
}

async fn serve_page(listener: TcpListener, acceptor: TlsAcceptor, ports: Ports) {
    while let Ok((tcp, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move { drop(answer_page(tcp, acceptor, ports).await) });
    }
}

async fn answer_page(tcp: TcpStream, acceptor: TlsAcceptor, ports: Ports) -> Result<()> {
    let mut stream = acceptor.accept(tcp).await?;
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") && request.len() < REQUEST_LIMIT {
        if stream.read_buf(&mut request).await? == 0 {
            break;
        }
    }
    let is_page = request.starts_with(b"GET /mail/config-v1.1.xml");
    let (status, body) =
        if is_page { ("200 OK", page(ports)) } else { ("404 Not Found", String::new()) };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await?;
    Ok(())
}

/// The domain's own description of its servers.
fn page(ports: Ports) -> String {
    let server = |tag: &str, kind: &str, port: u16| {
        format!(
            "<{tag} type='{kind}'><hostname>mail.%EMAILDOMAIN%</hostname><port>{port}</port>\
             <socketType>SSL</socketType><username>%EMAILADDRESS%</username></{tag}>"
        )
    };
    format!(
        "<?xml version='1.0'?><clientConfig version='1.1'><emailProvider id='page.test'>{}{}{}</emailProvider></clientConfig>",
        server("incomingServer", "imap", ports.imaps),
        server("incomingServer", "pop3", ports.pop3s),
        server("outgoingServer", "smtp", ports.smtps),
    )
}
