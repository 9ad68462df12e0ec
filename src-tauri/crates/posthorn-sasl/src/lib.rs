//! The client's side of SASL (RFC 4422) for all mail protocols: which mechanism, and what to say in it.
//!
//! A protocol names what the server offers, [`choose`] picks the strongest mechanism that the credentials and the
//! connection allow, and an [`Exchange`] answers the server's challenges until the server says yes or no. How messages
//! are framed (base64 lines, an initial response or none) is the protocol's business; bytes here are decoded ones.
//!
//! Invariants: a mechanism that shows the secret is never chosen where whoever listens could read it, unless the
//! caller says that the user allowed it. A server that must prove that it knows the password (SCRAM) is believed only
//! after it did. What contains a secret is wiped from memory when it is dropped, and nothing here can print one.
//!
//! It does no I/O, keeps no tokens and refreshes none.
//!
//! ```
//! use posthorn_sasl::{Credentials, Exchange, Exposure, Mechanism, choose};
//!
//! let credentials = Credentials::Password { user: "ann", password: "secret" };
//! let offered = ["PLAIN", "LOGIN"];
//! assert_eq!(choose(offered, &credentials, Exposure::Refused), None);
//! assert_eq!(choose(offered, &credentials, Exposure::Harmless), Some(Mechanism::Plain));
//!
//! let mut exchange = Exchange::new(Mechanism::Plain, &credentials)?;
//! assert_eq!(exchange.first().as_deref().map(Vec::as_slice), Some(&b"\0ann\0secret"[..]));
//! exchange.finish()?;
//! # Ok::<(), posthorn_sasl::Error>(())
//! ```

mod error;
mod exchange;
mod mechanism;
mod prepare;
mod scram;

pub use error::Error;
pub use exchange::{Exchange, Message};
pub use mechanism::{Credentials, Exposure, Mechanism, choose};
