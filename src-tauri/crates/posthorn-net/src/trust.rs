//! Whom we believe: the system's authorities, authorities given by option, and one certificate accepted by the user.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::{fmt, io};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::{CertificateProblem, Error, Failure, Stage};

/// The SHA-256 of a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Returns the fingerprint of a certificate in DER.
    pub fn of(certificate: &[u8]) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, certificate);
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        Self(bytes)
    }

    /// Reads what [`fmt::Display`] writes; colons may be left out.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text
            .chars()
            .filter(|character| *character != ':')
            .map(|character| character.to_digit(16).map(|digit| digit as u8))
            .collect::<Option<_>>()?;
        let pairs =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit));
        let bytes: Vec<u8> = if digits.len() == 64 { pairs.collect() } else { return None };
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            write!(formatter, "{}{byte:02X}", if index == 0 { "" } else { ":" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// The authorities that are believed. The system's are read once, before the first handshake; where there are none,
/// that handshake says so, and the next one looks again.
#[derive(Clone, Debug)]
pub struct Trust {
    extra: Vec<CertificateDer<'static>>,
    verifier: Arc<OnceLock<Arc<Verifier>>>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    /// Believes the system's authorities and `extra` ones (DER).
    pub fn with_extra(extra: Vec<CertificateDer<'static>>) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        // Whoever else uses rustls in this process then finds the same provider; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { extra, verifier: Arc::default(), provider }
    }

    fn verifier(&self) -> Result<Arc<Verifier>, Failure> {
        if let Some(verifier) = self.verifier.get() {
            return Ok(Arc::clone(verifier));
        }
        let provider = Arc::clone(&self.provider);
        let verifier = Verifier::new_with_extra_roots(self.extra.iter().cloned(), provider)
            .map_err(|error| Failure::NoTrust(error.to_string()))?;
        Ok(Arc::clone(self.verifier.get_or_init(|| Arc::new(verifier))))
    }

    /// Believes the system's authorities and those in PEM files, which are read now.
    pub fn with_files<P: AsRef<Path>>(files: &[P]) -> Result<Self, Error> {
        let mut extra = Vec::new();
        for file in files {
            extra.extend(read_pem(file.as_ref()).map_err(|error| {
                let text = format!("{}: {error}", file.as_ref().display());
                Error::new("", 0, Stage::Handshake, Failure::NoTrust(text))
            })?);
        }
        Ok(Self::with_extra(extra))
    }

    /// Returns what a handshake needs, and where it leaves the certificate that it saw.
    pub(crate) fn config(
        &self,
        pin: Option<Fingerprint>,
    ) -> Result<(ClientConfig, Arc<Witness>), Failure> {
        let witness = Arc::new(Witness { inner: self.verifier()?, pin, seen: Mutex::default() });
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| Failure::Tls(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Witness>::clone(&witness))
            .with_no_client_auth();
        Ok((config, witness))
    }
}

fn read_pem(file: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, format!("{error:?}"));
    let bytes = std::fs::read(file)?;
    let found: Vec<_> =
        CertificateDer::pem_slice_iter(&bytes).collect::<Result<_, _>>().map_err(invalid)?;
    if found.is_empty() {
        Err(io::Error::new(io::ErrorKind::InvalidData, "no certificate in it"))
    } else {
        Ok(found)
    }
}

/// What a handshake has seen of the server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) fingerprint: Fingerprint,
    /// The certificate; empty when it is trusted.
    pub(crate) der: Vec<u8>,
    /// `None` when it is trusted.
    pub(crate) problem: Option<CertificateProblem>,
    /// Whether it is trusted by the user's exception alone.
    pub(crate) by_exception: bool,
}

/// The system's verifier, with the user's exception behind it and a memory of what it saw.
#[derive(Debug)]
pub(crate) struct Witness {
    inner: Arc<Verifier>,
    pin: Option<Fingerprint>,
    seen: Mutex<Option<Seen>>,
}

impl Witness {
    pub(crate) fn seen(&self) -> Option<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let fingerprint = Fingerprint::of(end_entity);
        let verdict = self.inner.verify_server_cert(end_entity, intermediates, host, ocsp, now);
        let is_pinned = self.pin == Some(fingerprint);
        let problem = match (&verdict, self.pin) {
            (Err(_), _) if is_pinned => None,
            (Err(_), Some(accepted)) => Some(CertificateProblem::Changed { accepted }),
            (Err(error), None) => Some(problem(error)),
            (Ok(_), _) => None,
        };
        let by_exception = verdict.is_err() && is_pinned;
        let der = if problem.is_some() { end_entity.to_vec() } else { Vec::new() };
        let seen = Seen { fingerprint, der, problem, by_exception };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        if by_exception { Ok(ServerCertVerified::assertion()) } else { verdict }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Puts rustls' verdict into our words.
fn problem(error: &rustls::Error) -> CertificateProblem {
    let rustls::Error::InvalidCertificate(error) = error else {
        return CertificateProblem::Other(error.to_string());
    };
    match error {
        // A bad signature in the chain: the issuer has the name of an authority that we trust, and is not it.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            CertificateProblem::UnknownIssuer
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateProblem::WrongHost
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateProblem::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateProblem::NotYetValid
        }
        CertificateError::Revoked => CertificateProblem::Revoked,
        // A self-signed certificate that is also a CA's: nobody vouches for it either.
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            CertificateProblem::UnknownIssuer
        }
        other => CertificateProblem::Other(other.to_string()),
    }
}
