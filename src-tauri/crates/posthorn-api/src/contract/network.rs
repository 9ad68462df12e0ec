//! The way to the servers.

use super::contract;

contract! {
    /// Which proxy is used.
    #[derive(Copy, Eq)]
    pub enum ProxyMode {
        /// What the system's environment says (`ALL_PROXY`, `HTTPS_PROXY`, `NO_PROXY`).
        System,
        /// None.
        Direct,
        /// The one that is set here.
        Manual,
    }

    /// How a proxy is spoken to.
    #[derive(Copy, Eq)]
    pub enum ProxyKind {
        /// SOCKS5 (RFC 1928).
        Socks5,
        /// HTTP CONNECT (RFC 9110).
        Http,
    }

    /// The way to the servers.
    pub struct Network {
        /// Which proxy is used.
        pub mode: ProxyMode,
        /// How the proxy that is set here is spoken to.
        pub kind: ProxyKind,
        /// Its host; empty when none was ever set.
        pub host: String,
        /// Its port, 1 to 65535.
        pub port: u16,
        /// Who asks there; empty for nobody in particular.
        pub user: String,
        /// A password is kept for it.
        pub has_password: bool,
        /// The environment or the setting leads mail through a proxy now.
        pub is_proxied: bool,
    }

    /// Chooses the way to the servers.
    pub struct SetNetwork {
        /// Which proxy is used.
        pub mode: ProxyMode,
        /// How it is spoken to.
        pub kind: ProxyKind,
        /// Its host.
        pub host: String,
        /// Its port, 1 to 65535.
        pub port: u16,
        /// Who asks there; empty for nobody in particular.
        pub user: String,
        /// The password there; null keeps it.
        pub password: Option<String>,
    }
}
