//! Finding servers and logging in, with every step told while it happens.

use std::collections::BTreeSet;

use posthorn_net::discovery::{self, Advice, DiscoveryOptions, Step, StepOutcome, StepReport};
use posthorn_sync::{Side, VerifyStep};

use super::keys::Keys;
use super::{config, pin};
use crate::contract::{
    AccountDraft, Discover, Discovery, DiscoveryStep, Error, Event, ProviderAdvice, Server,
    SignInProvider, StepState, Verification,
};
use crate::engine::Engine;
use crate::error::Result;
use posthorn_model::Protocol;

/// Hosts of the pages on which Chinese providers give their authorisation codes.
const CODE_PAGES: [&str; 5] = ["qq.com", "163.com", "126.com", "yeah.net", "sina.com"];
/// Providers that file sent mail by themselves.
const FILES_SENT: [&str; 3] = ["gmail", "google", "outlook"];

fn step_name(step: Step, host: &str) -> &'static str {
    match step {
        Step::Autoconfig if host.contains("/.well-known/") => "wellKnown",
        Step::Known | Step::Provider => "provider",
        Step::Autoconfig => "autoconfig",
        Step::Srv => "srv",
        Step::Mx => "mx",
        Step::Guess => "dial",
    }
}

/// Numbers steps: what is asked again keeps its number, so that its line is replaced.
#[derive(Debug, Default)]
struct Steps(Vec<(String, String)>);

impl Steps {
    fn number(&mut self, step: &str, host: &str) -> u32 {
        let key = (step.to_owned(), host.to_owned());
        let index = self.0.iter().position(|known| *known == key).unwrap_or_else(|| {
            self.0.push(key);
            self.0.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }
}

fn told(ticket: &str, steps: &mut Steps, report: StepReport) -> Event {
    let step = step_name(report.step, &report.host);
    let (state, detail) = match report.outcome {
        StepOutcome::Asking => (StepState::Running, String::new()),
        StepOutcome::Found => (StepState::Found, String::new()),
        StepOutcome::Nothing => (StepState::Nothing, String::new()),
        StepOutcome::Failed(words) => (StepState::Failed, words),
    };
    let elapsed_ms = (state != StepState::Running).then_some(report.ms);
    let index = steps.number(step, &report.host);
    let step = DiscoveryStep {
        ticket: ticket.to_owned(),
        index,
        step: step.to_owned(),
        host: report.host,
        state,
        detail,
        elapsed_ms,
    };
    Event::DiscoveryStepped { step }
}

/// Finds the servers of an address; steps arrive as events.
pub(crate) async fn accounts_discover(engine: &Engine, request: Discover) -> Result<Discovery> {
    let options = DiscoveryOptions {
        known: engine.known_servers().clone(),
        ..DiscoveryOptions::new(engine.dialer().clone())
    };
    let mut steps = Steps::default();
    let mut report = |report: StepReport| engine.tell(told(&request.ticket, &mut steps, report));
    let found = discovery::discover(&request.email, &options, &mut report).await;
    let found =
        found.ok_or_else(|| Error::invalid("This is not an address").with(&request.email))?;
    let (advice, advice_url) = match found.provider.map(|provider| provider.advice) {
        None | Some(Advice::Password) => (ProviderAdvice::None, ""),
        Some(Advice::AppPassword { url, .. })
            if CODE_PAGES.iter().any(|page| url.contains(page)) =>
        {
            (ProviderAdvice::AuthorisationCode, url)
        }
        Some(Advice::AppPassword { url, .. } | Advice::Bridge { url, .. }) => {
            (ProviderAdvice::AppPassword, url)
        }
        Some(Advice::NoPasswords) => (ProviderAdvice::NoPasswords, ""),
    };
    let candidate = |protocol: Protocol| {
        let candidates = found.incoming.iter().chain(&found.outgoing);
        candidates.into_iter().find(|one| one.server.protocol == protocol)
    };
    let first = |protocol: Protocol| {
        candidate(protocol).map(|one| Server {
            protocol: one.server.protocol.into(),
            host: one.server.host.clone(),
            port: one.server.port,
            encryption: one.server.encryption.into(),
            username: one.user_name.clone(),
        })
    };
    let offered =
        [Protocol::Imap, Protocol::Pop3, Protocol::Smtp].into_iter().filter_map(candidate);
    let unproven = offered.filter(|one| one.needs_consent(&found.domain));
    let unproven: BTreeSet<String> = unproven.map(|one| one.server.host.clone()).collect();
    let sign_in = signs_in(engine, &found);
    Ok(Discovery {
        sign_in,
        provider: found.provider.map(|provider| provider.name.to_owned()).unwrap_or_default(),
        advice,
        advice_url: advice_url.to_owned(),
        imap: first(Protocol::Imap),
        pop3: first(Protocol::Pop3),
        smtp: first(Protocol::Smtp),
        server_files_sent: found
            .provider
            .is_some_and(|provider| FILES_SENT.iter().any(|id| provider.id.contains(id))),
        unproven_hosts: unproven.into_iter().collect(),
    })
}

/// Returns who signs the address in through the browser: the one that a file names for its domain, else by its provider.
fn signs_in(engine: &Engine, found: &discovery::Discovery) -> Option<SignInProvider> {
    let providers = engine.sync().tokens().providers();
    let id = match found.provider.map(|provider| provider.id) {
        Some("gmail" | "google-workspace") => Some("google"),
        Some("microsoft") => Some("microsoft"),
        _ => None,
    };
    let known = id.and_then(|id| providers.get(id).ok());
    providers.by_domain(&found.domain).or(known).map(SignInProvider::from)
}

/// Logs in on both servers and tells each step. Returns also the largest message that the outgoing server takes, bytes.
pub(crate) async fn verify(
    engine: &Engine,
    draft: &AccountDraft,
    keys: &Keys,
) -> Result<(Verification, Option<u64>)> {
    let before = match draft.id.map(posthorn_model::AccountId) {
        Some(id) => {
            let stored =
                engine.store().read(move |tx| posthorn_store::account::get(tx, id)).await?;
            Some(stored.settings)
        }
        None => None,
    };
    let mut settings = config::to_settings(&draft.config, before.as_ref());
    pin::accept(draft, &mut settings)?;
    let (incoming, outgoing) = (settings.incoming, settings.outgoing);
    let tell = |step: VerifyStep| {
        let (side, host, state, detail) = match step {
            VerifyStep::Trying { side, host } => (side, host, StepState::Running, String::new()),
            VerifyStep::Succeeded { side, host, security } => {
                (side, host, StepState::Found, security)
            }
            VerifyStep::Failed { side, problem } => {
                (side, problem.host, StepState::Failed, problem.message)
            }
        };
        let (index, name) = if side == Side::Incoming { (0, "incoming") } else { (1, "outgoing") };
        let step = DiscoveryStep {
            ticket: draft.ticket.clone(),
            index,
            step: name.to_owned(),
            host,
            state,
            detail,
            elapsed_ms: None,
        };
        engine.tell(Event::DiscoveryStepped { step });
    };
    let dialer = engine.dialer();
    let verified = posthorn_sync::verify(
        dialer,
        (&incoming, &keys.credential(Side::Incoming)),
        (&outgoing, &keys.credential(Side::Outgoing)),
        tell,
    )
    .await;
    let told = Verification {
        incoming: verified.incoming.map(Error::from),
        outgoing: verified.outgoing.map(Error::from),
    };
    Ok((told, verified.message_size))
}
