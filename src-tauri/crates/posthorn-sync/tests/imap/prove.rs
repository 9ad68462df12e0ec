//! The proof of an account before it is saved, against real servers inside TLS.

use posthorn_model::{Encryption, Protocol, ServerAddress};
use posthorn_net::{DialSettings, Dialer, Secret, Trust};
use posthorn_store::account::Login;
use posthorn_sync::{Credential, ProblemKind, VerifyStep, verify};
use posthorn_testkit::{Certificate, MailServer, MailServerOptions, PASSWORD};

fn login(protocol: Protocol, port: u16, encryption: Encryption) -> Login {
    Login {
        server: ServerAddress { protocol, host: "localhost".to_owned(), port, encryption },
        user: "anna@posthorn.test".to_owned(),
        fingerprint: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_real_logins_prove_an_account() {
    let options =
        MailServerOptions { certificate: Certificate::Good, ..MailServerOptions::default() };
    let servers = MailServer::start(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, servers.authority.pem()).unwrap();
    let dialer = Dialer::new(Trust::with_files(&[authority]).unwrap(), DialSettings::default());
    let imap = login(Protocol::Imap, servers.dovecot.imaps_port(), Encryption::Tls);
    let pop3 = login(Protocol::Pop3, servers.dovecot.pop3_port(), Encryption::StartTls);
    let smtp = login(Protocol::Smtp, servers.exim.smtps_port(), Encryption::Tls);
    let [right, wrong] = [PASSWORD, "wrong"].map(|text| Credential::Password(Secret::new(text)));
    for incoming in [&imap, &pop3] {
        let mut steps = Vec::new();
        let proof =
            verify(&dialer, (incoming, &right), (&smtp, &right), |step| steps.push(step)).await;
        assert_eq!((proof.incoming, proof.outgoing), (None, None));
        let safe = |step: &&VerifyStep| matches!(step, VerifyStep::Succeeded { security, .. } if security.starts_with("TLS 1."));
        assert_eq!((steps.len(), steps.iter().filter(safe).count()), (4, 2), "{steps:?}");
    }
    let proof = verify(&dialer, (&imap, &wrong), (&smtp, &wrong), |_| {}).await;
    let kinds = [proof.incoming, proof.outgoing].map(|problem| problem.map(|problem| problem.kind));
    assert_eq!(kinds, [Some(ProblemKind::Credentials); 2]);
    let nobody = login(Protocol::Imap, 1, Encryption::Tls);
    let proof = verify(&dialer, (&nobody, &right), (&smtp, &right), |_| {}).await;
    assert_eq!(
        proof.incoming.map(|problem| (problem.kind, problem.host)),
        Some((ProblemKind::Offline, "localhost".to_owned()))
    );
    assert_eq!(proof.outgoing, None);
    let untrusting = Dialer::new(Trust::with_extra(Vec::new()), DialSettings::default());
    let proof = verify(&untrusting, (&imap, &right), (&smtp, &right), |_| {}).await;
    assert_eq!(proof.incoming.map(|problem| problem.kind), Some(ProblemKind::CertificateIssuer));
}
