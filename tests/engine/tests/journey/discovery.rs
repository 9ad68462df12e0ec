//! Journey: servers are found by DNS, by the domain's own page and by their usual names, and an account is made of them.

use std::collections::HashMap;

use posthorn_api::{Engine, Options, SecretsKind};
use posthorn_testkit::{Certificate, Domains, MailServer, MailServerOptions, PASSWORD};
use serde_json::{Value, json};

async fn open(
    folder: &tempfile::TempDir,
    server: &MailServer,
    domains: &Domains,
) -> anyhow::Result<Engine> {
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, server.authority.pem())?;
    let options = Options {
        profile: folder.path().join("profile"),
        secrets: SecretsKind::Memory,
        trust_ca: vec![authority],
        nameserver: Some(domains.nameserver()),
        ports: HashMap::from(domains.ports()),
        ..Options::default()
    };
    Ok(Engine::open(options).await?)
}

fn hosts(found: &Value) -> [Option<&str>; 3] {
    ["/imap/host", "/pop3/host", "/smtp/host"]
        .map(|path| found.pointer(path).and_then(Value::as_str))
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_are_found_in_each_way() -> anyhow::Result<()> {
    let options = MailServerOptions { certificate: Certificate::Good, ..Default::default() };
    let server = MailServer::start(options)?;
    let domains = Domains::around(&server)?;
    let folder = tempfile::tempdir()?;
    let engine = open(&folder, &server, &domains).await?;
    let all = |host| [Some(host); 3];
    let table = [
        ("srv.test", all("mail.srv.test"), &[][..]),
        ("outside.test", all("mail.hoster.test"), &["mail.hoster.test"][..]),
        // Two pages were looked for; the first is there, over HTTPS, so that what it names needs no consent.
        ("page.test", all("mail.page.test"), &[]),
        (
            "guess.test",
            [Some("imap.guess.test"), Some("mail.guess.test"), Some("smtp.guess.test")],
            &[],
        ),
        ("nothing.test", [None; 3], &[]),
    ];
    for (domain, expected, unproven) in table {
        let request = json!({ "email": format!("anna@{domain}"), "ticket": "t" });
        let found = engine.dispatch("accounts.discover", request).await?;
        assert_eq!(hosts(&found), expected, "{domain}: {found}");
        assert_eq!(found["unprovenHosts"], json!(unproven), "{domain}");
        if domain == "nothing.test" {
            continue;
        }
        let mut draft = posthorn_engine_tests::account(
            "anna",
            posthorn_engine_tests::Incoming::Imap,
            posthorn_engine_tests::Ports { incoming: 1, outgoing: 1 },
        );
        draft["config"]["email"] = json!(format!("anna@{domain}"));
        draft["config"]["incoming"] = found["imap"].clone();
        draft["config"]["outgoing"] = found["smtp"].clone();
        draft["incomingPassword"] = json!(PASSWORD);
        let saved = engine.dispatch("accounts.add", draft).await?;
        assert!(!saved["account"].is_null(), "{domain}: {saved}");
    }
    let google = json!({ "email": "anna@google.test", "ticket": "t" });
    let google = engine.dispatch("accounts.discover", google).await?;
    assert_eq!(
        (&google["provider"], &google["advice"]),
        (&json!("Google Workspace"), &json!("appPassword")),
        "{google}"
    );
    let asked = domains.asked();
    for question in ["_imaps._tcp.srv.test. SRV", "google.test. MX", "autoconfig.page.test. A"] {
        assert!(asked.iter().any(|one| one == question), "{question} in {asked:?}");
    }

    // A host that shows somebody else's certificate gets no password.
    let request = json!({ "email": "anna@wrong.test", "ticket": "t" });
    let found = engine.dispatch("accounts.discover", request).await?;
    let mut draft = posthorn_engine_tests::account(
        "anna",
        posthorn_engine_tests::Incoming::Imap,
        posthorn_engine_tests::Ports { incoming: 1, outgoing: 1 },
    );
    draft["config"]["incoming"] = found["imap"].clone();
    draft["config"]["outgoing"] = found["smtp"].clone();
    let saved = engine.dispatch("accounts.add", draft).await?;
    assert_eq!(saved["verification"]["incoming"]["code"], "certificateHost", "{saved}");
    assert_eq!(saved["verification"]["incoming"]["detail"], "mail.wrong.test");
    assert!(saved["account"].is_null());
    engine.shutdown().await;
    Ok(())
}
