//! What a certificate says, for the person who is asked whether to trust it.
//!
//! Nothing here is believed: the words come from whoever answered. They are shown, bounded and without control
//! characters, beside the fingerprint, which alone names the certificate.

use posthorn_model::Timestamp;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate, X509Name};

use crate::Fingerprint;

/// Names that are shown; a certificate for more hosts is a large hoster's.
const MAX_NAMES: usize = 50;
/// Characters of one name.
const MAX_NAME: usize = 200;

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// SHA-256 of the whole.
    pub fingerprint: Fingerprint,
    /// Whom it was made for, as it says.
    pub subject: String,
    /// Who made it, as it says; the subject's own words where it vouches for itself.
    pub issuer: String,
    /// Hosts and addresses that it is for; empty when it names none.
    pub names: Vec<String>,
    /// From when it is valid. `None` where it cannot be read.
    pub not_before: Option<Timestamp>,
    /// Until when. `None` where it cannot be read.
    pub not_after: Option<Timestamp>,
}

impl Certificate {
    /// Reads a certificate in DER. One that cannot be read has a fingerprint all the same.
    pub fn read(der: &[u8]) -> Self {
        let mut certificate = Self {
            fingerprint: Fingerprint::of(der),
            subject: String::new(),
            issuer: String::new(),
            names: Vec::new(),
            not_before: None,
            not_after: None,
        };
        let Ok((_, parsed)) = X509Certificate::from_der(der) else { return certificate };
        certificate.subject = name(parsed.subject());
        certificate.issuer = name(parsed.issuer());
        let time = |seconds: i64| Some(Timestamp::from_seconds(seconds));
        certificate.not_before = time(parsed.validity().not_before.timestamp());
        certificate.not_after = time(parsed.validity().not_after.timestamp());
        if let Ok(Some(alternative)) = parsed.subject_alternative_name() {
            let names = alternative.value.general_names.iter().filter_map(|name| match name {
                GeneralName::DNSName(host) => Some(clean(host)),
                GeneralName::IPAddress(bytes) => address(bytes),
                _ => None,
            });
            certificate.names = names.take(MAX_NAMES).collect();
        }
        certificate
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(bytes).ok().map(|four| std::net::IpAddr::from(four).to_string());
    four.or_else(|| {
        let six = <[u8; 16]>::try_from(bytes).ok()?;
        Some(std::net::IpAddr::from(six).to_string())
    })
}

/// Returns the common name, else the organisation, else the whole.
fn name(of: &X509Name<'_>) -> String {
    let common =
        of.iter_common_name().chain(of.iter_organization()).find_map(|part| part.as_str().ok());
    clean(&common.map_or_else(|| of.to_string(), str::to_owned))
}

fn clean(text: &str) -> String {
    let clean = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    clean.take(MAX_NAME).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::Certificate;
    use crate::Fingerprint;

    #[test]
    fn what_it_says_is_read() {
        let names = ["mail.example", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
        let mut params = rcgen::CertificateParams::new(names).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, "A\nmail server");
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        let certificate = Certificate::read(made.der());
        assert_eq!(certificate.fingerprint, Fingerprint::of(made.der()));
        assert_eq!(certificate.names, ["mail.example", "127.0.0.1", "::1"]);
        assert_eq!(
            (certificate.subject.as_str(), certificate.issuer.as_str()),
            ("A mail server", "A mail server")
        );
        assert_eq!(certificate.not_before.map(|at| at.0), Some(1_577_836_800_000));
        assert_eq!(certificate.not_after.map(|at| at.0), Some(1_609_459_200_000));
    }

    #[test]
    fn what_is_none_has_a_fingerprint_all_the_same() {
        let certificate = Certificate::read(b"no certificate");
        assert_eq!(certificate.fingerprint, Fingerprint::of(b"no certificate"));
        assert!(certificate.subject.is_empty() && certificate.not_after.is_none());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let _ = Certificate::read(&bytes);
        }
    }
}
