//! A certificate authority of our own, servers that it vouches for, and dialers that believe it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::{DialSettings, Dialer, Fingerprint, Trust};

/// An authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Returns an acceptor for a host, and its certificate's fingerprint.
    pub(crate) fn acceptor(&self, host: &str) -> (TlsAcceptor, Fingerprint) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![host.to_owned()])
            .unwrap()
            .signed_by(&key, &self.0)
            .unwrap();
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(
                    vec![certificate.der().clone()],
                    PrivateKeyDer::Pkcs8(key.serialize_der().into()),
                )
                .unwrap();
        (TlsAcceptor::from(Arc::new(config)), Fingerprint::of(certificate.der()))
    }

    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    /// Returns a dialer that believes this authority and finds `hosts` on loopback.
    pub(crate) fn dialer(&self, hosts: &[&str]) -> Dialer {
        dialer(Trust::with_extra(vec![self.certificate()]), hosts)
    }
}

/// Returns a dialer that finds `hosts` on loopback.
pub(crate) fn dialer(trust: Trust, hosts: &[&str]) -> Dialer {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let hosts: HashMap<_, _> = hosts.iter().map(|host| ((*host).to_owned(), loopback)).collect();
    let handshake_timeout = Duration::from_millis(500);
    Dialer::new(trust, DialSettings { handshake_timeout, hosts, ..DialSettings::default() })
}
