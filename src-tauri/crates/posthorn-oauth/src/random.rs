//! What nobody can guess: the state and the verifier of one sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use posthorn_net::Secret;

use crate::Error;

/// Octets of randomness: 43 characters in base64url, as RFC 7636 section 4.1 recommends.
const OCTETS: usize = 32;

/// Returns 43 characters that nobody can guess.
pub(crate) fn word() -> Result<String, Error> {
    let mut bytes = zeroize::Zeroizing::new([0; OCTETS]);
    getrandom::fill(&mut *bytes).map_err(|error| Error::Random(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(*bytes))
}

/// Returns the challenge of a verifier by the method `S256` (RFC 7636 section 4.2).
pub(crate) fn challenge(verifier: &Secret) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, verifier.expose().as_bytes());
    URL_SAFE_NO_PAD.encode(digest.as_ref())
}

#[cfg(test)]
mod tests {
    use posthorn_net::Secret;

    use super::{challenge, word};

    #[test]
    fn the_example_of_rfc_7636_appendix_b_is_computed_exactly() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn words_have_the_length_of_a_verifier_and_differ() {
        let (one, other) = (word().unwrap(), word().unwrap());
        assert!(one.len() == 43 && one != other, "{one} {other}");
    }
}
