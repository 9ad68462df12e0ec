//! Journey: a computer without certificates of authorities. The engine opens, says what is wrong, sends nothing.

use posthorn_engine_tests::{Ask, Incoming, Ports, Server, account};
use posthorn_testkit::{Certificate, MailServer, MailServerOptions};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_believed_and_nothing_breaks() -> anyhow::Result<()> {
    let options = MailServerOptions { certificate: Certificate::Good, ..Default::default() };
    let provider = MailServer::start(options)?;
    let folder = tempfile::tempdir()?;
    let nothing = folder.path().join("nothing");
    std::fs::create_dir(&nothing)?;
    let empty = nothing.join("empty.pem");
    std::fs::write(&empty, "")?;
    let (file, directory) = (empty.to_string_lossy(), nothing.to_string_lossy());
    let environment = [("SSL_CERT_FILE", &*file), ("SSL_CERT_DIR", &*directory)];
    let server = Server::start_with(&folder.path().join("profile"), &environment)?;
    Ok(())
}
