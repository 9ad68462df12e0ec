//! Any document gives at most a few servers, each with TLS and a plain host name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posthorn_model::Encryption;

fuzz_target!(|document: &[u8]| {
    let Some(found) = posthorn_net::discovery::parse_autoconfig(document, "ann@example.org") else {
        return;
    };
    for candidate in found.incoming.iter().chain(&found.outgoing) {
        let host = &candidate.server.host;
        assert!(host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte)), "{host:?}");
        assert_ne!(candidate.server.encryption, Encryption::Plaintext);
        assert!(!candidate.user_name.contains(['\r', '\n', '\0']));
    }
});
