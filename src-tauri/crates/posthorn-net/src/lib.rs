//! Dialling: TLS, timeouts, backoff, discovery, secrets that cannot be printed.
//!
//! * [`Dialer`] connects to a [`posthorn_model::ServerAddress`] and gives a [`Stream`] that the protocol crates speak over.
//! * [`Secret`] holds a password; a [`SecretStore`] keeps it in the keychain or in an encrypted file.
//! * [`backoff`] says how long to wait before the next try.
//! * [`http`] fetches one document: autoconfiguration, or a remote picture that the user allowed.
//! * [`discovery`] finds the servers of an address, step by step.
//!
//! Invariants: TLS is 1.2 at least; without it only where the address says [`posthorn_model::Encryption::Plaintext`] or
//! the caller upgrades next. A secret cannot be printed or serialized. Nothing is contacted that the caller did not name.
//! What it does not do: speak IMAP, POP3 or SMTP, retry, keep state on disk besides the encrypted file.

pub mod backoff;
mod certificate;
mod dial;
pub mod discovery;
mod error;
pub mod http;
pub mod portal;
mod proxy;
mod secret;
mod stream;
mod trust;

pub use certificate::Certificate;
pub use dial::{DialSettings, Dialer};
pub use error::{CertificateProblem, Error, Failure, Stage};
pub use proxy::{Proxy, ProxyChoice, ProxyKind};
pub use secret::{Secret, SecretError, SecretKind, SecretSource, SecretStore, choose};
pub use stream::{Security, Stream};
pub use trust::{Fingerprint, Trust};

#[cfg(test)]
mod tests;
