//! Journey: a computer without certificates of authorities. The engine opens all the same, no server is believed, no
//! password leaves, and the sentence says why.

use posthorn_engine_tests::{Ask, Incoming, Ports, Server, account, provider_with};
use posthorn_testkit::{Certificate, MailServerOptions};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_believed_and_the_engine_opens() -> anyhow::Result<()> {
    let options = MailServerOptions { certificate: Certificate::Good, ..Default::default() };
    let provider = provider_with(options)?;
    let folder = tempfile::tempdir()?;
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "")?;
    let (file, directory) = (empty.to_string_lossy(), folder.path().to_string_lossy());
    let environment = [("SSL_CERT_FILE", &*file), ("SSL_CERT_DIR", &*directory)];
    let server = Server::start_with(&folder.path().join("profile"), &environment)?;

    let ports =
        Ports { incoming: provider.dovecot.imaps_port(), outgoing: provider.exim.smtps_port() };
    let mut draft = account("anna", Incoming::Imap, ports);
    for side in ["incoming", "outgoing"] {
        draft["config"][side]["encryption"] = json!("tls");
    }
    let saved = server.ask("accounts.add", draft).await?;
    assert!(saved["account"].is_null(), "{saved}");
    for side in ["incoming", "outgoing"] {
        let problem = &saved["verification"][side];
        assert_eq!(problem["code"], "certificateIssuer", "{saved}");
        assert!(
            problem["message"].as_str().is_some_and(|text| text.contains("no trusted")),
            "{saved}"
        );
    }
    assert!(!provider.dovecot.log()?.contains("Login"), "nobody logged in");
    Ok(())
}
