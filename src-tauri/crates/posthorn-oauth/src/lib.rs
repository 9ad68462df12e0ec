//! Signing in through the browser: OAuth 2.0 for native applications (RFC 8252), and keeping accounts signed in.
//!
//! * [`Providers`] knows Google, Microsoft and the providers of a file, each with the client id that was configured.
//! * [`SignIn`] is one sign-in: an address for the system's browser, a listener on 127.0.0.1 for what comes back, and the
//!   exchange of the code for a [`Grant`].
//! * [`Tokens`] keeps accounts signed in: it gives access tokens, renews them before they expire, one renewal at a time
//!   for an account, and writes down each new refresh token before the access token that came with it is used.
//!
//! Invariants: a secret goes to the provider's token endpoint over TLS and to the secret store, nowhere else; nothing here
//! prints one. What comes back from the browser is believed only with the state that was sent (RFC 6749 section 10.12),
//! and a code is worth something only with the verifier that never left (PKCE, S256). A refresh token that the provider
//! refused is not shown to it again.
//!
//! What it does not do: open the browser, log in to a mail server, decide when to ask the user.

mod claims;
mod error;
mod exchange;
mod provider;
mod random;
mod redirect;
mod sign_in;
mod tokens;

pub use error::Error;
pub use exchange::Grant;
pub use provider::{Client, Provider, Providers};
pub use redirect::Pages;
pub use sign_in::SignIn;
pub use tokens::{Tokens, secret_key};

#[cfg(test)]
mod tests;
