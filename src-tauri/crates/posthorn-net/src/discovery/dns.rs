//! SRV and MX records.

use std::net::{IpAddr, SocketAddr};

use async_trait::async_trait;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use posthorn_model::{Encryption, Protocol, ServerAddress};

use super::{Candidate, Discovery, Step, is_host};

/// An SRV record (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SrvRecord {
    /// The lower one is tried first.
    pub priority: u16,
    /// Among equals, the higher one is preferred.
    pub weight: u16,
    /// TCP port.
    pub port: u16,
    /// The host. Empty or `.` says: not offered here.
    pub host: String,
}

/// An MX record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MxRecord {
    /// The lower one is tried first.
    pub preference: u16,
    /// The host.
    pub host: String,
}

/// Asks for records; the tests have their own. Names end with a dot. No records is `Ok` and empty.
#[async_trait]
pub trait Dns: Send + Sync {
    /// Returns the SRV records of a name, or why not, in words.
    async fn srv(&self, name: &str) -> Result<Vec<SrvRecord>, String>;
    /// Returns the MX records of a name, or why not, in words.
    async fn mx(&self, name: &str) -> Result<Vec<MxRecord>, String>;
}

/// Asks nobody: a proxy stands between, and a question about a name would go around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoDns;

const AROUND: &str = "a proxy stands between, and this question would go around it";

#[async_trait]
impl Dns for NoDns {
    async fn srv(&self, _: &str) -> Result<Vec<SrvRecord>, String> {
        Err(AROUND.to_owned())
    }

    async fn mx(&self, _: &str) -> Result<Vec<MxRecord>, String> {
        Err(AROUND.to_owned())
    }
}

/// The resolvers that this computer is configured with.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemDns {
    /// Asked in their place: the tests'.
    pub nameserver: Option<SocketAddr>,
}

impl SystemDns {
    fn resolver(self) -> Result<TokioResolver, String> {
        let builder = match self.nameserver {
            Some(address) => {
                let mut server = NameServerConfig::udp(address.ip());
                server.connections.iter_mut().for_each(|one| one.port = address.port());
                let config = ResolverConfig::from_name_servers(vec![server]);
                Ok(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()))
            }
            // Read each time: a laptop changes its network between two searches.
            None => TokioResolver::builder_tokio(),
        };
        builder
            .and_then(hickory_resolver::ResolverBuilder::build)
            .map_err(|error| error.to_string())
    }

    /// Returns the addresses of a name, or why not, in words. No addresses is `Ok` and empty.
    pub(crate) async fn addresses(self, name: &str) -> Result<Vec<IpAddr>, String> {
        // The name is whole: the system's search list is not tried.
        let name = format!("{}.", name.trim_end_matches('.'));
        let lookup = self.resolver()?.lookup_ip(name).await;
        settle(lookup.map(|lookup| lookup.iter().collect()))
    }
}

/// Turns "no such records" into an empty answer.
fn settle<T>(result: Result<Vec<T>, NetError>) -> Result<Vec<T>, String> {
    match result {
        Err(error) if error.is_no_records_found() => Ok(Vec::new()),
        other => other.map_err(|error| error.to_string()),
    }
}

#[async_trait]
impl Dns for SystemDns {
    async fn srv(&self, name: &str) -> Result<Vec<SrvRecord>, String> {
        let lookup = self.resolver()?.srv_lookup(name).await;
        settle(lookup.map(|lookup| {
            let records = lookup.answers().iter().filter_map(|record| match &record.data {
                RData::SRV(srv) => Some(SrvRecord {
                    priority: srv.priority,
                    weight: srv.weight,
                    port: srv.port,
                    host: srv.target.to_ascii(),
                }),
                _ => None,
            });
            records.collect()
        }))
    }

    async fn mx(&self, name: &str) -> Result<Vec<MxRecord>, String> {
        let lookup = self.resolver()?.mx_lookup(name).await;
        settle(lookup.map(|lookup| {
            let records = lookup.answers().iter().filter_map(|record| match &record.data {
                RData::MX(mx) => {
                    Some(MxRecord { preference: mx.preference, host: mx.exchange.to_ascii() })
                }
                _ => None,
            });
            records.collect()
        }))
    }
}

/// Turns SRV records into servers, the preferred ones first.
pub(super) fn candidates(
    mut records: Vec<SrvRecord>,
    protocol: Protocol,
    encryption: Encryption,
    user_name: &str,
) -> Discovery {
    records.sort_by_key(|record| (record.priority, u16::MAX - record.weight));
    let mut found = Discovery::default();
    let list = if protocol == Protocol::Smtp { &mut found.outgoing } else { &mut found.incoming };
    for record in records {
        let host = record.host.trim_end_matches('.').to_ascii_lowercase();
        if record.port > 0 && is_host(&host) {
            let server = ServerAddress { protocol, host, port: record.port, encryption };
            list.push(Candidate { server, user_name: user_name.to_owned(), found_by: Step::Srv });
        }
    }
    found
}
