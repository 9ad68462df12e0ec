//! From an address to its servers, one visible step after the other.
//!
//! Order: what the caller knows already, the table of providers, autoconfiguration at the domain, SRV (RFC 6186, RFC 8314), the
//! table again by MX, then knocking at the usual names. The first step that finds both directions ends the search.
//! Nothing found here is trusted with a password yet: the account is verified by a real login before it is saved.

mod autoconfig;
mod dns;
mod guess;
mod provider;
mod search;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use posthorn_model::ServerAddress;

pub use autoconfig::parse as parse_autoconfig;
pub use dns::{Dns, MxRecord, SrvRecord, SystemDns};
pub use guess::Probe;
pub use provider::{Advice, Provider, message_limit, providers};

use crate::{Dialer, http};

/// A server that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is.
    pub server: ServerAddress,
    /// The name to log in with.
    pub user_name: String,
    /// Which way it was found.
    pub found_by: Step,
}

impl Candidate {
    /// Returns whether only a DNS answer, which can be forged, says that this server of another domain belongs to the address:
    /// it is shown, and agreed to, before a password goes to it (RFC 6186 section 6).
    pub fn needs_consent(&self, domain: &str) -> bool {
        self.found_by == Step::Srv && !self.is_within(domain)
    }

    /// Returns whether the server bears the address's own domain.
    fn is_within(&self, domain: &str) -> bool {
        let domain = domain.to_ascii_lowercase();
        let host = self.server.host.to_ascii_lowercase();
        host == domain || host.strip_suffix(&domain).is_some_and(|front| front.ends_with('.'))
    }
}

/// One way to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Given by the caller's options.
    Known,
    /// The table of providers, by the address's domain.
    Provider,
    /// Autoconfiguration at the domain.
    Autoconfig,
    /// SRV records.
    Srv,
    /// The table of providers, by who receives the domain's mail.
    Mx,
    /// Knocking at the usual names.
    Guess,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// It has begun.
    Asking,
    /// It found servers.
    Found,
    /// It was answered, with nothing.
    Nothing,
    /// It could not be asked, in words.
    Failed(String),
}

/// One line of the search, as it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// Which way.
    pub step: Step,
    /// Whom was asked: a host, a URL or a record's name.
    pub host: String,
    /// What came of it.
    pub outcome: StepOutcome,
    /// Milliseconds since the step began; 0 for [`StepOutcome::Asking`].
    pub ms: u64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// IMAP and POP3 servers, the best first.
    pub incoming: Vec<Candidate>,
    /// Submission servers, the best first.
    pub outgoing: Vec<Candidate>,
    /// The provider, where the table knows it; with what the user must know about passwords.
    pub provider: Option<&'static Provider>,
    /// The address's domain in lower case and ASCII.
    pub domain: String,
}

impl Discovery {
    /// Returns whether both directions were found.
    pub fn is_complete(&self) -> bool {
        !self.incoming.is_empty() && !self.outgoing.is_empty()
    }

    fn is_empty(&self) -> bool {
        self.incoming.is_empty() && self.outgoing.is_empty() && self.provider.is_none()
    }

    /// Adds what another step found behind what is here.
    fn add(&mut self, other: Self) {
        for (to, from) in
            [(&mut self.incoming, other.incoming), (&mut self.outgoing, other.outgoing)]
        {
            for candidate in from {
                if !to.iter().any(|known| known.server == candidate.server) {
                    to.push(candidate);
                }
            }
        }
        self.provider = self.provider.or(other.provider);
    }
}

/// Fetches documents; the tests have their own.
#[async_trait]
pub trait Fetcher: Send + Sync {
    /// Returns the bytes at a URL, or why not, in words.
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, String>;
}

/// Fetches over HTTPS within the limits of autoconfiguration.
#[derive(Clone, Debug)]
pub struct HttpsFetcher(pub Dialer);

#[async_trait]
impl Fetcher for HttpsFetcher {
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, String> {
        let document = http::get(&self.0, url, http::Limits::AUTOCONFIG).await;
        // The URL is shown beside it and names the host already.
        document.map(|document| document.bytes.to_vec()).map_err(|error| error.failure.to_string())
    }
}

/// How to search.
#[derive(Clone)]
pub struct DiscoveryOptions {
    /// Opens connections for knocking.
    pub dialer: Dialer,
    /// Asks for records.
    pub dns: Arc<dyn Dns>,
    /// Fetches documents.
    pub fetcher: Arc<dyn Fetcher>,
    /// Where to knock.
    pub probes: Vec<Probe>,
    /// How long one knock may take.
    pub probe_timeout: Duration,
    /// Domains in lower case whose servers the caller knows: the demo's and the tests'. Nobody is asked about them.
    pub known: HashMap<String, Vec<ServerAddress>>,
}

impl DiscoveryOptions {
    /// Returns the options for the real network.
    pub fn new(dialer: Dialer) -> Self {
        Self {
            fetcher: Arc::new(HttpsFetcher(dialer.clone())),
            dns: if dialer.has_proxy() {
                Arc::new(dns::NoDns)
            } else {
                Arc::new(SystemDns { nameserver: dialer.settings().nameserver })
            },
            dialer,
            probes: guess::usual(),
            probe_timeout: Duration::from_secs(8),
            known: HashMap::new(),
        }
    }
}

/// Tells the caller how it goes.
pub type Reporter<'a> = &'a mut (dyn FnMut(StepReport) + Send);

/// Finds the servers of `address`. `None` where it is no address; an incomplete discovery where nothing answered.
pub async fn discover(
    address: &str,
    options: &DiscoveryOptions,
    report: Reporter<'_>,
) -> Option<Discovery> {
    let address = Mailbox::parse(address)?;
    let mut found = Discovery { domain: address.domain.clone(), ..Discovery::default() };
    for step in [Step::Known, Step::Provider, Step::Autoconfig, Step::Srv, Step::Mx, Step::Guess] {
        let mut search = search::Search { address: &address, options, report: &mut *report };
        found.add(search.take(step).await);
        let is_answered =
            found.provider.is_some_and(|provider| provider.advice == Advice::NoPasswords);
        if found.is_complete() || is_answered {
            break;
        }
    }
    Some(found)
}

/// The address, taken apart.
pub(crate) struct Mailbox {
    pub(crate) whole: String,
    pub(crate) local: String,
    /// In lower case and ASCII.
    pub(crate) domain: String,
}

impl Mailbox {
    fn parse(address: &str) -> Option<Self> {
        let address = address.trim();
        let (local, domain) = address.rsplit_once('@')?;
        let domain = idna::domain_to_ascii(domain).ok()?.to_ascii_lowercase();
        let is_sound = !local.is_empty()
            && !address.chars().any(|character| character.is_control() || character == ' ');
        (is_sound && is_host(&domain)).then(|| Self {
            whole: address.to_owned(),
            local: local.to_owned(),
            domain,
        })
    }
}

/// Returns whether a text can be a host's name.
pub(crate) fn is_host(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests;
