//! SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding.
//!
//! The password never leaves; both sides prove that they know it. Invariant: [`Scram::is_proved`] holds only after
//! the server's signature was compared, in constant time.

use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac, pbkdf2};
use zeroize::Zeroizing;

use crate::Error;
use crate::prepare::prepare;

/// Fewest rounds of stretching that are accepted: RFC 7677 section 4 demands as many of every server. With fewer, what
/// is shown here would be worth stealing.
const MIN_ITERATIONS: u32 = 4_096;
/// Most rounds: half a second of work. OWASP's advice of 2023 is 600,000; more is an attack on our time.
const MAX_ITERATIONS: u32 = 1_000_000;
/// Octets of randomness in our part of the nonce.
const NONCE: usize = 18;
/// Octets of a server's message; real ones have about 100.
const MAX_MESSAGE: usize = 4_096;
/// No channel binding, no other identity: what both messages say about it.
const HEADER: &str = "n,,";

enum Stage {
    /// The server's salt is awaited.
    Salt,
    /// The server's signature is awaited.
    Signature { server_key: hmac::Key, signed: String },
    /// The server proved itself.
    Proved,
}

/// One SCRAM exchange.
pub(crate) struct Scram {
    password: Zeroizing<String>,
    /// The first message without its header.
    bare: String,
    nonce: String,
    stage: Stage,
}

impl Scram {
    pub(crate) fn new(user: &str, password: &str) -> Result<Self, Error> {
        let mut random = [0; NONCE];
        getrandom::fill(&mut random).map_err(|error| Error::Random(error.to_string()))?;
        Self::with_nonce(user, password, STANDARD.encode(random))
    }

    fn with_nonce(user: &str, password: &str, nonce: String) -> Result<Self, Error> {
        if user.bytes().any(|byte| byte < b' ') {
            return Err(Error::Unsendable("a name with control characters"));
        }
        let user = prepare(user).replace('=', "=3D").replace(',', "=2C");
        let bare = format!("n={user},r={nonce}");
        Ok(Self { password: prepare(password), bare, nonce, stage: Stage::Salt })
    }

    pub(crate) fn first(&self) -> Vec<u8> {
        format!("{HEADER}{}", self.bare).into_bytes()
    }

    pub(crate) fn is_proved(&self) -> bool {
        matches!(self.stage, Stage::Proved)
    }

    pub(crate) fn answer(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Error> {
        if challenge.len() > MAX_MESSAGE {
            return Err(Error::Malformed("it is too long"));
        }
        let text = std::str::from_utf8(challenge).map_err(|_| Error::Malformed("it is no text"))?;
        match &self.stage {
            Stage::Salt => self.prove(text),
            Stage::Signature { server_key, signed } => {
                check(text, server_key, signed)?;
                self.stage = Stage::Proved;
                Ok(Vec::new())
            }
            Stage::Proved => Err(Error::Malformed("it goes on after its end")),
        }
    }

    /// Answers `r=nonce,s=salt,i=iterations` with the proof.
    fn prove(&mut self, text: &str) -> Result<Vec<u8>, Error> {
        let (nonce, salt, iterations) = parameters(text)?;
        if !nonce.starts_with(&self.nonce) || nonce.len() == self.nonce.len() {
            return Err(Error::Malformed("its nonce is not ours continued"));
        }
        let mut salted = Zeroizing::new([0; digest::SHA256_OUTPUT_LEN]);
        let password = self.password.as_bytes();
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, &salt, password, &mut *salted);
        let salted = hmac::Key::new(hmac::HMAC_SHA256, &*salted);
        let client_key = hmac::sign(&salted, b"Client Key");
        let stored_key = digest::digest(&digest::SHA256, client_key.as_ref());
        let last = format!("c={},r={nonce}", STANDARD.encode(HEADER));
        let signed = format!("{},{text},{last}", self.bare);
        let stored_key = hmac::Key::new(hmac::HMAC_SHA256, stored_key.as_ref());
        let signature = hmac::sign(&stored_key, signed.as_bytes());
        let proof: Vec<u8> =
            client_key.as_ref().iter().zip(signature.as_ref()).map(|(a, b)| a ^ b).collect();
        let server_key = hmac::sign(&salted, b"Server Key");
        let server_key = hmac::Key::new(hmac::HMAC_SHA256, server_key.as_ref());
        self.stage = Stage::Signature { server_key, signed };
        Ok(format!("{last},p={}", STANDARD.encode(proof)).into_bytes())
    }
}

fn parameters(text: &str) -> Result<(&str, Vec<u8>, NonZeroU32), Error> {
    if let Some(reason) = text.strip_prefix("e=") {
        return Err(Error::Ended(reason.chars().take(80).collect()));
    }
    let mut parts = text.split(',');
    let mut next = |name: &str| {
        parts
            .next()
            .and_then(|part| part.strip_prefix(name))
            .ok_or(Error::Malformed("a part is missing"))
    };
    let (nonce, salt, iterations) = (next("r=")?, next("s=")?, next("i=")?);
    let salt = STANDARD.decode(salt).map_err(|_| Error::Malformed("its salt is not base64"))?;
    let count: u32 =
        iterations.parse().map_err(|_| Error::Malformed("its iterations are no number"))?;
    match NonZeroU32::new(count) {
        Some(rounds) if (MIN_ITERATIONS..=MAX_ITERATIONS).contains(&count) => {
            Ok((nonce, salt, rounds))
        }
        _ => Err(Error::Iterations(count)),
    }
}

/// Checks `v=signature`.
fn check(text: &str, server_key: &hmac::Key, signed: &str) -> Result<(), Error> {
    if let Some(reason) = text.strip_prefix("e=") {
        return Err(Error::Ended(reason.chars().take(80).collect()));
    }
    let signature = text.split(',').next().and_then(|part| part.strip_prefix("v="));
    let signature = signature.ok_or(Error::Malformed("its signature is missing"))?;
    let signature =
        STANDARD.decode(signature).map_err(|_| Error::Malformed("its signature is not base64"))?;
    hmac::verify(server_key, signed.as_bytes(), &signature).map_err(|_| Error::Unproved)
}

#[cfg(test)]
mod tests {
    use super::Scram;
    use crate::Error;

    const SERVER_FIRST: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    fn begun() -> Scram {
        Scram::with_nonce("user", "pencil", "rOprNGfwEbeRWgbNEkqO".to_owned()).unwrap()
    }

    #[test]
    fn the_example_of_rfc_7677_is_spoken_exactly() {
        let mut scram = begun();
        assert_eq!(scram.first(), b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let proof = scram.answer(SERVER_FIRST.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(proof).unwrap(),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        assert!(!scram.is_proved());
        let last = scram.answer(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").unwrap();
        assert!(last.is_empty() && scram.is_proved());
        assert!(scram.answer(b"v=again").is_err());
    }

    #[test]
    fn a_server_that_cannot_sign_is_not_believed() {
        let mut scram = begun();
        scram.answer(SERVER_FIRST.as_bytes()).unwrap();
        let forged = scram.answer(b"v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        assert_eq!(forged, Err(Error::Unproved));
        assert!(!scram.is_proved());
    }

    #[test]
    fn odd_first_messages_are_refused() {
        let table = [
            (
                "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                Error::Malformed("its nonce is not ours continued"),
            ),
            (
                "r=rOprNGfwEbeRWgbNEkqO,s=AAAA,i=4096",
                Error::Malformed("its nonce is not ours continued"),
            ),
            ("r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=1", Error::Iterations(1)),
            ("r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4294967295", Error::Iterations(u32::MAX)),
            (
                "r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=99999999999",
                Error::Malformed("its iterations are no number"),
            ),
            ("r=rOprNGfwEbeRWgbNEkqOx,s=?,i=4096", Error::Malformed("its salt is not base64")),
            ("m=x,r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4096", Error::Malformed("a part is missing")),
            ("e=unknown-user", Error::Ended("unknown-user".to_owned())),
            ("", Error::Malformed("a part is missing")),
        ];
        for (message, wanted) in table {
            assert_eq!(begun().answer(message.as_bytes()), Err(wanted), "{message}");
        }
        assert!(begun().answer(&[0xff; 3]).is_err());
        assert!(begun().answer(&[b'a'; 5_000]).is_err());
    }

    #[test]
    fn names_with_signs_of_the_grammar_are_escaped() {
        let scram = Scram::with_nonce("a=b,c", "x", "n".to_owned()).unwrap();
        assert_eq!(scram.first(), b"n,,n=a=3Db=2Cc,r=n");
        assert!(Scram::new("a\r", "x").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_message_makes_it_panic_or_proves_anything(one in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..80), other in ".{0,80}") {
            let mut scram = begun();
            let _ = scram.answer(&one);
            let _ = scram.answer(other.as_bytes());
            proptest::prop_assert!(!scram.is_proved());
        }
    }
}
