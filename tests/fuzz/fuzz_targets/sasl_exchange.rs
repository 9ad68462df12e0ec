//! Whatever a server says while one signs in: an answer or an error; and who cannot know the password proves nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posthorn_sasl::{Credentials, Exchange, Mechanism};

fuzz_target!(|input: &[u8]| {
    let Some((choice, challenges)) = input.split_first() else { return };
    let names = ["SCRAM-SHA-256", "PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"];
    let mechanism = Mechanism::parse(names[usize::from(*choice) % names.len()]).unwrap();
    let password = Credentials::Password { user: "ann", password: "p=,\u{e4}ss" };
    let Ok(mut exchange) = Exchange::new(mechanism, &password) else { return };
    let first = exchange.first();
    for challenge in challenges.split(|byte| *byte == b'\n') {
        // The server may know what it was told: the nonce, which it must say again.
        let said = first.as_ref().map_or(&[][..], |message| message.as_slice());
        let nonce = said.rsplit(|byte| *byte == b'=').next().unwrap_or_default();
        let challenge = match challenge.strip_prefix(b"\x01") {
            Some(rest) => [b"r=", nonce, rest].concat(),
            None => challenge.to_vec(),
        };
        if exchange.answer(&challenge).is_err() {
            break;
        }
    }
    if mechanism == Mechanism::ScramSha256 {
        assert!(exchange.finish().is_err(), "nobody has proved to know the password");
    }
    let _ = exchange.report().len();
});
