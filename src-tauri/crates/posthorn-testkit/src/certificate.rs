//! Our own certificate authority, made anew for each server folder.

use anyhow::{Context as _, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

/// An authority that only tests trust.
#[derive(Debug)]
pub struct CertificateAuthority {
    pem: String,
    der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its private key, as servers read them.
#[derive(Clone, Debug)]
pub struct ServerCertificate {
    /// Certificate in PEM, the leaf alone.
    pub certificate_pem: String,
    /// The same in DER, for fingerprints.
    pub certificate_der: Vec<u8>,
    /// Private key in PEM (PKCS #8).
    pub key_pem: String,
}

impl CertificateAuthority {
    /// Makes a new authority with a new key.
    pub fn create() -> Result<Self> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Posthorn test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().context("making a key")?;
        let certificate = params.self_signed(&key).context("signing the authority")?;
        Ok(Self {
            pem: certificate.pem(),
            der: certificate.der().to_vec(),
            issuer: Issuer::new(params, key),
        })
    }

    /// Returns the authority's certificate in PEM, for `--trust-ca`.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Returns the authority's certificate in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Issues a certificate for these DNS names and IP addresses, valid today.
    pub fn issue(&self, names: &[&str]) -> Result<ServerCertificate> {
        self.sign(names, 2020, 2049)
    }

    /// Issues a certificate whose time ran out in 2021.
    pub fn issue_expired(&self, names: &[&str]) -> Result<ServerCertificate> {
        self.sign(names, 2020, 2021)
    }

    /// Issues a certificate whose time begins in 2048.
    pub fn issue_early(&self, names: &[&str]) -> Result<ServerCertificate> {
        self.sign(names, 2048, 2049)
    }

    /// Makes a certificate that vouches for itself.
    pub fn self_signed(names: &[&str]) -> Result<ServerCertificate> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).context("naming the server")?;
        params.distinguished_name.push(DnType::CommonName, "A server of its own");
        let key = KeyPair::generate().context("making a key")?;
        let certificate = params.self_signed(&key).context("signing the server")?;
        Ok(ServerCertificate {
            certificate_pem: certificate.pem(),
            certificate_der: certificate.der().to_vec(),
            key_pem: key.serialize_pem(),
        })
    }

    fn sign(&self, names: &[&str], from: i32, until: i32) -> Result<ServerCertificate> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).context("naming the server")?;
        params.distinguished_name.push(DnType::CommonName, "Posthorn test server");
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().context("making a key")?;
        let certificate = params.signed_by(&key, &self.issuer).context("signing the server")?;
        Ok(ServerCertificate {
            certificate_pem: certificate.pem(),
            certificate_der: certificate.der().to_vec(),
            key_pem: key.serialize_pem(),
        })
    }
}
