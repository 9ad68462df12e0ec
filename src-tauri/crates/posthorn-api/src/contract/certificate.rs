//! Certificates that the user is asked about, and those that were accepted.

use super::{Server, ServerSide, contract};

contract! {
    /// What a certificate says. Nothing in it is proved but the fingerprint.
    #[derive(Eq)]
    pub struct Certificate {
        /// SHA-256 of the whole, in pairs of hexadecimal digits with colons.
        pub fingerprint: String,
        /// Whom it was made for; empty where it does not say.
        pub subject: String,
        /// Who made it; empty where it does not say.
        pub issuer: String,
        /// Hosts and addresses that it is for; empty when it names none.
        pub names: Vec<String>,
        /// From when it is valid; null where it cannot be read.
        pub not_before_at: Option<i64>,
        /// Until when; null where it cannot be read.
        pub not_after_at: Option<i64>,
    }

    /// Asks for the certificate that a server shows. Nothing secret is sent there.
    pub struct LookAtCertificate {
        /// The server.
        pub server: Server,
        /// Fingerprint that the user accepted for it; empty when there is none.
        pub accepted: String,
    }

    /// How a server presents itself.
    pub struct PresentedCertificate {
        /// What is wrong; null when nothing is.
        pub problem: Option<super::Error>,
        /// The certificate; null where nothing is wrong with one.
        pub certificate: Option<Certificate>,
    }

    /// Accepts exactly this certificate for one server of an account, or takes that back.
    pub struct PinCertificate {
        /// Account.
        pub id: i64,
        /// Which of its servers.
        pub side: ServerSide,
        /// The fingerprint; empty takes back what was accepted.
        pub fingerprint: String,
    }

    /// A certificate that the user accepted.
    #[derive(Eq)]
    pub struct Pin {
        /// For which server of the account.
        pub side: ServerSide,
        /// SHA-256, in pairs of hexadecimal digits with colons.
        pub fingerprint: String,
    }
}
