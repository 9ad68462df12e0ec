//! The steps of the search, each telling what it asks and what came of it.

use posthorn_model::{Encryption, Protocol};
use tokio::time::Instant;

use super::{
    Candidate, Discovery, DiscoveryOptions, Mailbox, Provider, Reporter, Step, StepOutcome,
    StepReport, autoconfig, dns, guess, provider,
};

/// One step under way.
pub(super) struct Search<'a, 'b> {
    pub(super) address: &'a Mailbox,
    pub(super) options: &'a DiscoveryOptions,
    pub(super) report: Reporter<'b>,
}

impl Search<'_, '_> {
    /// Goes one way and says what it found.
    pub(super) async fn take(&mut self, step: Step) -> Discovery {
        match step {
            Step::Known => self.known(),
            Step::Provider => {
                self.by_table(step, vec![self.address.domain.clone()], provider::by_domain)
            }
            Step::Autoconfig => self.autoconfig().await,
            Step::Srv => self.srv().await,
            Step::Mx => self.mx().await,
            Step::Guess => self.guess().await,
        }
    }

    fn tell(&mut self, step: Step, host: &str, outcome: StepOutcome, began: Instant) {
        let ms =
            if outcome == StepOutcome::Asking { 0 } else { began.elapsed().as_millis() as u64 };
        (self.report)(StepReport { step, host: host.to_owned(), outcome, ms });
    }

    /// Tells what came of a step that was answered.
    fn answered(&mut self, step: Step, host: &str, found: &Discovery, began: Instant) {
        let outcome = if found.is_empty() { StepOutcome::Nothing } else { StepOutcome::Found };
        self.tell(step, host, outcome, began);
    }

    fn known(&mut self) -> Discovery {
        let Some(servers) = self.options.known.get(&self.address.domain) else {
            return Discovery::default();
        };
        let mut found = Discovery::default();
        for server in servers {
            let list = if server.protocol == Protocol::Smtp {
                &mut found.outgoing
            } else {
                &mut found.incoming
            };
            list.push(Candidate {
                server: server.clone(),
                user_name: self.address.whole.clone(),
                found_by: Step::Known,
            });
        }
        let domain = self.address.domain.clone();
        self.answered(Step::Known, &domain, &found, Instant::now());
        found
    }

    /// Looks names up in the table of providers.
    fn by_table(
        &mut self,
        step: Step,
        names: Vec<String>,
        find: fn(&str) -> Option<&'static Provider>,
    ) -> Discovery {
        let began = Instant::now();
        for name in &names {
            if let Some(provider) = find(name) {
                self.tell(step, name, StepOutcome::Found, began);
                return provider.discovery(self.address);
            }
        }
        let name = names.first().cloned().unwrap_or_default();
        self.tell(step, &name, StepOutcome::Nothing, began);
        Discovery::default()
    }

    async fn autoconfig(&mut self) -> Discovery {
        let domain = &self.address.domain;
        let query: String =
            url::form_urlencoded::byte_serialize(self.address.whole.as_bytes()).collect();
        let urls = [
            format!("https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={query}"),
            format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"),
        ];
        for url in urls {
            let began = Instant::now();
            // What is shown and logged has no address in it.
            let shown = url.split('?').next().unwrap_or_default().to_owned();
            self.tell(Step::Autoconfig, &shown, StepOutcome::Asking, began);
            match self.options.fetcher.fetch(&url).await {
                Ok(bytes) => {
                    let found = autoconfig::parse(&bytes, &self.address.whole).unwrap_or_default();
                    self.answered(Step::Autoconfig, &shown, &found, began);
                    if found.is_complete() {
                        return found;
                    }
                }
                Err(error) => {
                    self.tell(Step::Autoconfig, &shown, StepOutcome::Failed(error), began);
                }
            }
        }
        Discovery::default()
    }

    async fn srv(&mut self) -> Discovery {
        let services = [
            ("_imaps", Protocol::Imap, Encryption::Tls),
            ("_imap", Protocol::Imap, Encryption::StartTls),
            ("_pop3s", Protocol::Pop3, Encryption::Tls),
            ("_pop3", Protocol::Pop3, Encryption::StartTls),
            ("_submissions", Protocol::Smtp, Encryption::Tls),
            ("_submission", Protocol::Smtp, Encryption::StartTls),
        ];
        let began = Instant::now();
        let names =
            services.map(|(service, ..)| format!("{service}._tcp.{}.", self.address.domain));
        let shown = format!("_imaps._tcp.{} …", self.address.domain);
        self.tell(Step::Srv, &shown, StepOutcome::Asking, began);
        let answers =
            futures::future::join_all(names.iter().map(|name| self.options.dns.srv(name))).await;
        let (mut found, mut failure) = (Discovery::default(), None);
        for ((_, protocol, encryption), answer) in services.into_iter().zip(answers) {
            match answer {
                Ok(records) => {
                    found.add(dns::candidates(records, protocol, encryption, &self.address.whole));
                }
                Err(error) => failure = Some(error),
            }
        }
        match failure {
            Some(error) if found.is_empty() => {
                self.tell(Step::Srv, &shown, StepOutcome::Failed(error), began);
            }
            _ => self.answered(Step::Srv, &shown, &found, began),
        }
        found
    }

    async fn mx(&mut self) -> Discovery {
        let began = Instant::now();
        let domain = self.address.domain.clone();
        self.tell(Step::Mx, &domain, StepOutcome::Asking, began);
        match self.options.dns.mx(&format!("{domain}.")).await {
            Ok(mut records) => {
                records.sort_by_key(|record| record.preference);
                let hosts: Vec<_> = records.into_iter().map(|record| record.host).collect();
                self.by_table(Step::Mx, hosts, provider::by_mx)
            }
            Err(error) => {
                self.tell(Step::Mx, &domain, StepOutcome::Failed(error), began);
                Discovery::default()
            }
        }
    }

    async fn guess(&mut self) -> Discovery {
        let began = Instant::now();
        let domain = self.address.domain.clone();
        self.tell(Step::Guess, &domain, StepOutcome::Asking, began);
        let open = guess::knock(self.address, self.options).await;
        for candidate in &open {
            let shown = format!("{}:{}", candidate.server.host, candidate.server.port);
            self.tell(Step::Guess, &shown, StepOutcome::Found, began);
        }
        let (outgoing, incoming) =
            open.into_iter().partition(|candidate| candidate.server.protocol == Protocol::Smtp);
        let found = Discovery { incoming, outgoing, ..Discovery::default() };
        if found.is_empty() {
            self.tell(Step::Guess, &domain, StepOutcome::Nothing, began);
        }
        found
    }
}
