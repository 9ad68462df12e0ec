//! Anna's account, as tests of the engine have it.

use posthorn_model::{Encryption, Protocol, ServerAddress};
use posthorn_store::account::{AccountSettings, Login, PopPolicy};

/// An account at these ports of this computer.
pub(crate) fn settings(protocol: Protocol, incoming: u16, outgoing: u16) -> AccountSettings {
    let login = |protocol, port| Login {
        server: ServerAddress {
            protocol,
            host: "127.0.0.1".to_owned(),
            port,
            encryption: Encryption::Plaintext,
        },
        user: "anna".to_owned(),
        fingerprint: String::new(),
    };
    AccountSettings {
        name: "Anna".to_owned(),
        email: "anna@posthorn.test".to_owned(),
        sender_name: "Anna".to_owned(),
        incoming: login(protocol, incoming),
        outgoing: login(Protocol::Smtp, outgoing),
        is_enabled: true,
        color: String::new(),
        mark: String::new(),
        pop_policy: PopPolicy::Leave,
        pop_size_limit: 0,
        pop_keep_starred: false,
        pop_apop: false,
        pop_rests_at_start: false,
        check_minutes: 0,
        keep_days: 0,
        server_files_sent: false,
    }
}
