//! Dovecot and Exim together, as one provider.

use anyhow::Result;

use crate::{CertificateAuthority, DOMAIN, Dovecot, DovecotOptions, Exim, EximOptions};

/// What the good certificate is good for.
const GOOD_FOR: [&str; 6] =
    ["localhost", "127.0.0.1", "*.srv.test", "*.page.test", "*.guess.test", "*.hoster.test"];

/// Which certificate both servers show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificate {
    /// No TLS at all.
    #[default]
    None,
    /// Good, for `localhost`, `127.0.0.1` and the hosts of [`crate::Domains`], from the test authority.
    Good,
    /// For another host.
    WrongName,
    /// Ran out in 2021.
    Expired,
}

/// What differs from the defaults.
#[derive(Clone, Debug, Default)]
pub struct MailServerOptions {
    /// TLS of both servers.
    pub certificate: Certificate,
    /// Dovecot's part; its certificate is replaced by the one above.
    pub dovecot: DovecotOptions,
}

/// A provider with any number of users in the domain [`DOMAIN`].
#[derive(Debug)]
pub struct MailServer {
    /// Submission; ended before the server that it delivers to.
    pub exim: Exim,
    /// IMAP, POP3 and LMTP.
    pub dovecot: Dovecot,
    /// Who signed the certificate; also there without TLS.
    pub authority: CertificateAuthority,
    /// Whether both servers offer TLS.
    pub has_tls: bool,
}

impl MailServer {
    /// Starts both servers and waits until they listen.
    pub fn start(options: MailServerOptions) -> Result<Self> {
        let authority = CertificateAuthority::create()?;
        let certificate = match options.certificate {
            Certificate::None => None,
            Certificate::Good => Some(authority.issue(&GOOD_FOR)?),
            Certificate::WrongName => Some(authority.issue(&["mail.example.invalid"])?),
            Certificate::Expired => Some(authority.issue_expired(&["localhost", "127.0.0.1"])?),
        };
        let has_tokens = options.dovecot.introspection_url.is_some();
        let dovecot =
            Dovecot::start(DovecotOptions { certificate: certificate.clone(), ..options.dovecot })?;
        let auth_socket = has_tokens.then(|| dovecot.auth_socket());
        let exim = Exim::start(EximOptions {
            certificate,
            auth_socket,
            ..EximOptions::delivering_to(dovecot.lmtp_port())
        })?;
        Ok(Self { exim, dovecot, authority, has_tls: options.certificate != Certificate::None })
    }

    /// Returns a user's address.
    pub fn address(user: &str) -> String {
        format!("{user}@{DOMAIN}")
    }
}
