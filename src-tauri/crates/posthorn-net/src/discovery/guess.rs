//! Knocking at the usual names: a server that greets in the right protocol is a candidate.

use futures::StreamExt as _;
use posthorn_model::{Encryption, Protocol, ServerAddress};
use tokio::io::AsyncReadExt as _;

use super::{Candidate, DiscoveryOptions, Mailbox, Step};

/// Doors knocked at together: polite to a small server and quick enough.
const AT_ONCE: usize = 6;

/// One door: `{prefix}{domain}:{port}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// What stands before the domain, with its dot; empty for the domain itself.
    pub prefix: String,
    /// The protocol that is expected there.
    pub protocol: Protocol,
    /// TCP port.
    pub port: u16,
    /// The protection that is expected there.
    pub encryption: Encryption,
}

/// Returns the usual doors, the best first.
pub(super) fn usual() -> Vec<Probe> {
    let rows: [(&[&str], Protocol, u16, Encryption); 6] = [
        (&["imap.", "mail.", ""], Protocol::Imap, 993, Encryption::Tls),
        (&["imap.", "mail."], Protocol::Imap, 143, Encryption::StartTls),
        (&["pop.", "pop3.", "mail."], Protocol::Pop3, 995, Encryption::Tls),
        (&["pop.", "mail."], Protocol::Pop3, 110, Encryption::StartTls),
        (&["smtp.", "mail.", ""], Protocol::Smtp, 465, Encryption::Tls),
        (&["smtp.", "mail."], Protocol::Smtp, 587, Encryption::StartTls),
    ];
    let probe = |prefix: &&str, protocol, port, encryption| Probe {
        prefix: (*prefix).to_owned(),
        protocol,
        port,
        encryption,
    };
    rows.iter()
        .flat_map(|(prefixes, protocol, port, encryption)| {
            prefixes.iter().map(move |prefix| probe(prefix, *protocol, *port, *encryption))
        })
        .collect()
}

/// Knocks at all doors. Returns those that opened, in the order of the options.
pub(super) async fn knock(address: &Mailbox, options: &DiscoveryOptions) -> Vec<Candidate> {
    let mut doors = Vec::with_capacity(options.probes.len());
    for probe in &options.probes {
        let host = format!("{}{}", probe.prefix, address.domain);
        let server = ServerAddress {
            protocol: probe.protocol,
            host,
            port: probe.port,
            encryption: probe.encryption,
        };
        doors.push(visit(server, options));
    }
    let open: Vec<_> = futures::stream::iter(doors).buffered(AT_ONCE).collect().await;
    open.into_iter()
        .flatten()
        .map(|server| Candidate { server, user_name: address.whole.clone(), found_by: Step::Guess })
        .collect()
}

/// Returns the server where it opens in time.
async fn visit(server: ServerAddress, options: &DiscoveryOptions) -> Option<ServerAddress> {
    let greeted = tokio::time::timeout(options.probe_timeout, greets(&server, options)).await;
    (greeted == Ok(true)).then_some(server)
}

/// Returns whether the right protocol greets there. A certificate that is not trusted does not count.
async fn greets(server: &ServerAddress, options: &DiscoveryOptions) -> bool {
    let expected: &[u8] = match server.protocol {
        Protocol::Imap => b"* ",
        Protocol::Pop3 => b"+OK",
        Protocol::Smtp => b"220",
        Protocol::Local => return false,
    };
    let Ok(mut stream) = options.dialer.dial(server, None).await else { return false };
    let mut greeting = vec![0; expected.len()];
    stream.read_exact(&mut greeting).await.is_ok() && greeting == expected
}
