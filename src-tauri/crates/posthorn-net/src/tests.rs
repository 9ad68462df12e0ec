//! Real sockets on loopback, certificates made on the spot, and a real Secret Service.

pub(crate) mod authority;
mod dial;
mod fetch;
mod keychain;
