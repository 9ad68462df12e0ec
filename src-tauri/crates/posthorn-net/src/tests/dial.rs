//! Connections: trusted, untrusted, excepted, upgraded, refused.

use posthorn_model::{Encryption, Protocol, ServerAddress};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::authority::{Authority, dialer};
use crate::{CertificateProblem, Failure, Fingerprint, Stage, Trust};

fn address(host: &str, port: u16, encryption: Encryption) -> ServerAddress {
    ServerAddress { protocol: Protocol::Imap, host: host.to_owned(), port, encryption }
}

/// Serves TLS until the test ends: each connection is told `hello` and echoed four bytes.
async fn serve(authority: &Authority, host: &str) -> (u16, Fingerprint) {
    let (acceptor, fingerprint) = authority.acceptor(host);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let Ok(mut tls) = acceptor.accept(tcp).await else { continue };
            let mut bytes = [0; 4];
            let _ = tls.write_all(b"hello").await;
            let _ = tls.read_exact(&mut bytes).await;
            let _ = tls.write_all(&bytes).await;
            let _ = tls.flush().await;
        }
    });
    (port, fingerprint)
}

#[tokio::test]
async fn a_trusted_server_is_spoken_to_and_described() {
    let authority = Authority::new();
    let (port, fingerprint) = serve(&authority, "mail.example").await;
    let dialer = authority.dialer(&["mail.example"]);
    let mut stream =
        dialer.dial(&address("Mail.Example.", port, Encryption::Tls), None).await.unwrap();
    let mut bytes = [0; 9];
    stream.write_all(b"ping").await.unwrap();
    stream.flush().await.unwrap();
    stream.read_exact(&mut bytes).await.unwrap();
    assert_eq!(&bytes, b"helloping");
    let security = stream.security().unwrap();
    assert_eq!(
        (security.version.as_str(), security.fingerprint, security.by_exception),
        ("TLS 1.3", fingerprint, false)
    );
    assert!(security.cipher.starts_with("TLS13_"), "{}", security.cipher);
}

#[tokio::test]
async fn an_untrusted_certificate_is_named_and_can_be_excepted_alone() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (port, fingerprint) = serve(&authority, "mail.example").await;
    let dialer = dialer(Trust::with_extra(vec![other.certificate()]), &["mail.example"]);
    let server = address("mail.example", port, Encryption::Tls);
    let error = dialer.dial(&server, None).await.unwrap_err();
    let (problem, certificate) = error.certificate().unwrap();
    assert_eq!(
        (problem, certificate.fingerprint),
        (&CertificateProblem::UnknownIssuer, fingerprint)
    );
    assert_eq!(certificate.names, ["mail.example"]);
    assert!(
        error.is_permanent() && error.to_string().starts_with(&format!("mail.example:{port}: "))
    );
    let stream = dialer.dial(&server, Some(fingerprint)).await.unwrap();
    assert!(stream.security().unwrap().by_exception);
    // The server takes one connection at a time.
    drop(stream);
    let accepted = Fingerprint([7; 32]);
    let error = dialer.dial(&server, Some(accepted)).await.unwrap_err();
    let (problem, certificate) = error.certificate().unwrap();
    assert_eq!(problem, &CertificateProblem::Changed { accepted });
    assert_eq!(certificate.fingerprint, fingerprint);
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused() {
    let authority = Authority::new();
    let (port, _) = serve(&authority, "other.example").await;
    let error = authority
        .dialer(&["mail.example"])
        .dial(&address("mail.example", port, Encryption::Tls), None)
        .await;
    assert_eq!(
        error.unwrap_err().certificate().map(|(problem, _)| problem.clone()),
        Some(CertificateProblem::WrongHost)
    );
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_is_known_by_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let made = rcgen::generate_simple_self_signed(vec!["mail.example".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = rustls::ServerConfig::builder_with_provider(
        rustls::crypto::ring::default_provider().into(),
    )
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(vec![made.cert.der().clone()], key)
    .unwrap();
    tokio::spawn(async move {
        let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
        while let Ok((tcp, _)) = listener.accept().await {
            let _ = acceptor.accept(tcp).await;
        }
    });
    let error = Authority::new()
        .dialer(&["mail.example"])
        .dial(&address("mail.example", port, Encryption::Tls), None)
        .await;
    assert_eq!(
        error.unwrap_err().certificate().map(|(problem, _)| problem.clone()),
        Some(CertificateProblem::UnknownIssuer)
    );
}

#[tokio::test]
async fn a_plain_stream_is_upgraded_once() {
    let authority = Authority::new();
    let (acceptor, _) = authority.acceptor("mail.example");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 4];
        tcp.read_exact(&mut bytes).await.unwrap();
        let mut tls = acceptor.accept(tcp).await.unwrap();
        tls.write_all(b"safe").await.unwrap();
        tls.flush().await.unwrap();
        let _ = tls.read(&mut bytes).await;
    });
    let dialer = authority.dialer(&["mail.example"]);
    let server = address("mail.example", port, Encryption::StartTls);
    let mut stream = dialer.dial(&server, None).await.unwrap();
    assert_eq!(stream.security(), None);
    // Not flushed: the upgrade must not leave it behind.
    stream.write_all(b"stls").await.unwrap();
    let mut stream = dialer.upgrade(stream, &server, None).await.unwrap();
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes).await.unwrap();
    assert_eq!(&bytes, b"safe");
    assert!(dialer.upgrade(stream, &server, None).await.is_err());
}

#[tokio::test]
async fn failures_say_where_and_whether_to_try_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = listener.local_addr().unwrap().port();
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let dialer = Authority::new().dialer(&["mail.example"]);
    let error =
        dialer.dial(&address("mail.example", closed, Encryption::Tls), None).await.unwrap_err();
    assert!(
        error.stage == Stage::Connect && error.is_transient() && !error.needs_credentials(),
        "{error}"
    );
    let error =
        dialer.dial(&address("mail.example", silent, Encryption::Tls), None).await.unwrap_err();
    assert!(
        error.stage == Stage::Handshake && matches!(*error.failure, Failure::TimedOut(_)),
        "{error}"
    );
    let error =
        dialer.dial(&address("no such name", 1, Encryption::Plaintext), None).await.unwrap_err();
    assert!(error.stage == Stage::Resolve && error.is_transient(), "{error}");
}

#[test]
fn fingerprints_are_read_as_they_are_written() {
    let fingerprint = Fingerprint::of(b"abc");
    let text = fingerprint.to_string();
    assert!(text.starts_with("BA:78:16:BF:"), "{text}");
    assert_eq!(Fingerprint::parse(&text), Some(fingerprint));
    assert_eq!(Fingerprint::parse(&text.replace(':', "").to_lowercase()), Some(fingerprint));
    for wrong in ["", "BA:78", "xy", "é"] {
        assert_eq!(Fingerprint::parse(wrong), None);
    }
}

#[test]
fn authorities_are_read_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("ca.pem"), folder.path().join("bad.pem"));
    let pem = rcgen::generate_simple_self_signed(vec!["x.example".to_owned()]).unwrap().cert.pem();
    std::fs::write(&good, pem).unwrap();
    std::fs::write(&bad, "nothing").unwrap();
    assert!(Trust::with_files(&[&good]).is_ok());
    assert!(Trust::with_files(&[&bad]).is_err());
    assert!(Trust::with_files(&[folder.path().join("missing")]).is_err());
}
