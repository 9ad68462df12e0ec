//! Discovery against a network of our own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use posthorn_model::{Encryption, Protocol, ServerAddress};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use super::{
    Advice, Discovery, DiscoveryOptions, Dns, Fetcher, MxRecord, Probe, SrvRecord, Step,
    StepOutcome, StepReport, discover,
};
use crate::tests::authority::Authority;

/// Answers from tables; notes what was asked.
#[derive(Default)]
struct Network {
    srv: HashMap<&'static str, Vec<SrvRecord>>,
    mx: HashMap<&'static str, Vec<MxRecord>>,
    pages: HashMap<&'static str, &'static str>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Dns for Network {
    async fn srv(&self, name: &str) -> Result<Vec<SrvRecord>, String> {
        self.asked.lock().unwrap().push(name.to_owned());
        Ok(self.srv.get(name).cloned().unwrap_or_default())
    }

    async fn mx(&self, name: &str) -> Result<Vec<MxRecord>, String> {
        self.asked.lock().unwrap().push(name.to_owned());
        self.mx.get(name).cloned().ok_or_else(|| "the resolver is asleep".to_owned())
    }
}

#[async_trait]
impl Fetcher for Network {
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, String> {
        self.asked.lock().unwrap().push(url.to_owned());
        self.pages.get(url).map(|page| page.as_bytes().to_vec()).ok_or_else(|| "404".to_owned())
    }
}

fn options(network: &Arc<Network>) -> DiscoveryOptions {
    DiscoveryOptions {
        dns: Arc::<Network>::clone(network),
        fetcher: Arc::<Network>::clone(network),
        probes: Vec::new(),
        ..DiscoveryOptions::new(Authority::new().dialer(&[]))
    }
}

async fn search(address: &str, options: &DiscoveryOptions) -> (Discovery, Vec<StepReport>) {
    let mut steps = Vec::new();
    let found = discover(address, options, &mut |report| steps.push(report)).await.unwrap();
    (found, steps)
}

fn srv(port: u16, host: &str) -> Vec<SrvRecord> {
    vec![SrvRecord { priority: 0, weight: 1, port, host: host.to_owned() }]
}

#[tokio::test]
async fn known_providers_ask_nobody() {
    let network = Arc::new(Network::default());
    let cases = [
        ("ann@gmail.com", "imap.gmail.com", "ann@gmail.com", 465),
        ("ann@Yandex.ru", "imap.yandex.com", "ann", 465),
        ("12345@qq.com", "imap.qq.com", "12345@qq.com", 465),
        ("ann@icloud.com", "imap.mail.me.com", "ann@icloud.com", 587),
        ("ann@yeah.net", "imap.yeah.net", "ann@yeah.net", 465),
    ];
    for (address, host, user_name, port) in cases {
        let (found, steps) = search(address, &options(&network)).await;
        assert_eq!(
            (found.incoming[0].server.host.as_str(), found.incoming[0].user_name.as_str()),
            (host, user_name)
        );
        assert_eq!(found.outgoing[0].server.port, port);
        assert!(matches!(found.provider.unwrap().advice, Advice::AppPassword { .. }));
        assert_eq!(
            steps.iter().map(|step| (step.step, step.outcome.clone())).collect::<Vec<_>>(),
            [(Step::Provider, StepOutcome::Found)]
        );
    }
    let (found, _) = search("ann@hotmail.com", &options(&network)).await;
    assert_eq!(found.provider.map(|provider| provider.advice), Some(Advice::NoPasswords));
    assert!(network.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_callers_own_table_comes_first() {
    let network = Arc::new(Network::default());
    let server = |protocol| ServerAddress {
        protocol,
        host: "127.0.0.1".to_owned(),
        port: 1,
        encryption: Encryption::Tls,
    };
    let known = HashMap::from([(
        "posthorn.test".to_owned(),
        vec![server(Protocol::Imap), server(Protocol::Smtp)],
    )]);
    let (found, _) =
        search("ann@Posthorn.Test", &DiscoveryOptions { known, ..options(&network) }).await;
    assert!(found.is_complete() && network.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn autoconfiguration_is_asked_at_both_places() {
    let page = "<clientConfig><emailProvider><incomingServer type='imap'><hostname>imap.x.example</hostname><port>993</port><socketType>SSL</socketType></incomingServer><outgoingServer type='smtp'><hostname>smtp.x.example</hostname><port>465</port><socketType>SSL</socketType></outgoingServer></emailProvider></clientConfig>";
    let pages =
        HashMap::from([("https://x.example/.well-known/autoconfig/mail/config-v1.1.xml", page)]);
    let network = Arc::new(Network { pages, ..Network::default() });
    let (found, steps) = search("a+b@x.example", &options(&network)).await;
    assert_eq!(found.incoming[0].server.host, "imap.x.example");
    let first = "https://autoconfig.x.example/mail/config-v1.1.xml?emailaddress=a%2Bb%40x.example";
    assert_eq!(network.asked.lock().unwrap()[0], first);
    assert!(steps.iter().all(|step| !step.host.contains("a%2Bb")));
    assert!(steps.iter().any(|step| step.outcome == StepOutcome::Failed("404".to_owned())));
}

#[tokio::test]
async fn srv_records_are_followed_and_a_dot_means_no() {
    let srv = HashMap::from([
        ("_imaps._tcp.x.example.", srv(993, "Mail.X.example.")),
        ("_pop3s._tcp.x.example.", srv(0, ".")),
        ("_submissions._tcp.x.example.", srv(465, "bad host!")),
        ("_submission._tcp.x.example.", srv(587, "mail.x.example.")),
    ]);
    let network = Arc::new(Network { srv, ..Network::default() });
    let (found, _) = search("ann@x.example", &options(&network)).await;
    let hosts = |list: &[super::Candidate]| {
        list.iter().map(|found| (found.server.host.clone(), found.server.port)).collect::<Vec<_>>()
    };
    assert_eq!(hosts(&found.incoming), [("mail.x.example".to_owned(), 993)]);
    assert_eq!(hosts(&found.outgoing), [("mail.x.example".to_owned(), 587)]);
    assert_eq!(found.outgoing[0].server.encryption, Encryption::StartTls);
    let domains = [
        ("X.example", true),
        ("mail.x.example", true),
        ("ail.x.example", false),
        ("other.example", false),
    ];
    for (domain, is_within) in domains {
        assert_eq!(found.incoming[0].needs_consent(domain), !is_within, "{domain}");
        // What the domain's own page says, over HTTPS, is no DNS answer.
        let told = super::Candidate { found_by: Step::Autoconfig, ..found.incoming[0].clone() };
        assert!(!told.needs_consent(domain));
    }
}

#[tokio::test]
async fn who_receives_the_mail_tells_the_provider() {
    let record = |host: &str| vec![MxRecord { preference: 1, host: host.to_owned() }];
    let mx = HashMap::from([
        ("firm.example.", record("ASPMX.L.GOOGLE.com.")),
        ("office.example.", record("office-example.mail.protection.outlook.com.")),
        ("tricky.example.", record("notgoogle.com.")),
        ("china.example.", record("mxbiz1.qq.com.")),
    ]);
    let network = Arc::new(Network { mx, ..Network::default() });
    let cases = [
        ("firm.example", Some("google-workspace")),
        ("office.example", Some("microsoft")),
        ("tricky.example", None),
        ("china.example", Some("exmail")),
        ("unknown.example", None),
    ];
    for (domain, id) in cases {
        let (found, steps) = search(&format!("ann@{domain}"), &options(&network)).await;
        assert_eq!(found.provider.map(|provider| provider.id), id, "{domain}");
        if domain == "unknown.example" {
            assert!(steps.iter().any(
                |step| matches!(&step.outcome, StepOutcome::Failed(why) if why.contains("asleep"))
            ));
        }
    }
}

/// Greets everybody with `greeting`.
async fn greet(greeting: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            let _ = tcp.write_all(greeting.as_bytes()).await;
        }
    });
    port
}

#[tokio::test]
async fn only_doors_that_speak_the_right_protocol_open() {
    let (imap, web, smtp) =
        (greet("* OK hi\r\n").await, greet("HTTP/1.1 400\r\n").await, greet("220 hi\r\n").await);
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let probe = |protocol, port| Probe {
        prefix: "mail.".to_owned(),
        protocol,
        port,
        encryption: Encryption::StartTls,
    };
    let probes = vec![
        probe(Protocol::Imap, web),
        probe(Protocol::Imap, silent.local_addr().unwrap().port()),
        probe(Protocol::Pop3, imap),
        probe(Protocol::Imap, imap),
        probe(Protocol::Smtp, smtp),
    ];
    let network = Arc::new(Network::default());
    let dialer = Authority::new().dialer(&["mail.x.example"]);
    let options = DiscoveryOptions {
        probes,
        dialer,
        probe_timeout: Duration::from_millis(300),
        ..options(&network)
    };
    let (found, _) = search("ann@x.example", &options).await;
    assert_eq!(found.incoming.iter().map(|found| found.server.port).collect::<Vec<_>>(), [imap]);
    assert_eq!(found.outgoing.iter().map(|found| found.server.port).collect::<Vec<_>>(), [smtp]);
}

#[test]
fn the_table_of_providers_is_sound() {
    let mut domains: Vec<&str> = Vec::new();
    for provider in super::providers() {
        domains.extend(provider.domains);
        if let Advice::AppPassword { url, note } | Advice::Bridge { url, note } = provider.advice {
            assert!(url.starts_with("https://") && note.ends_with('.'), "{}", provider.id);
        }
    }
    let count = domains.len();
    domains.sort_unstable();
    domains.dedup();
    assert_eq!(domains.len(), count);
}

#[tokio::test]
async fn what_is_no_address_asks_nobody() {
    let network = Arc::new(Network::default());
    for address in [
        "",
        "ann",
        "@x",
        "ann@",
        "ann@x y",
        "a b@x.example",
        "ann@x..example",
        "ann@x.example/../y",
    ] {
        assert_eq!(discover(address, &options(&network), &mut |_| ()).await, None, "{address}");
    }
    assert!(network.asked.lock().unwrap().is_empty());
}

#[test]
fn a_search_can_run_in_a_task_of_its_own() {
    fn check<F: Future + Send>(_future: fn() -> F) {}
    check(|| async {
        let options = options(&Arc::default());
        discover("ann@x.example", &options, &mut |_| ()).await
    });
}
