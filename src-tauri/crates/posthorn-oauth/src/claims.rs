//! Who signed in, by the ID token that came with the tokens.
//!
//! The token came from the token endpoint over TLS, which stands for its signature (OpenID Connect Core 3.1.3.7, rule 6).
//! What it says is used for a sentence to the user alone; the mail server decides whose mail it gives.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Longest ID token that is looked into, bytes; real ones have one or two thousand.
const MAX_TOKEN: usize = 32 << 10;

/// Returns the address in an ID token; nothing where there is none.
pub(crate) fn address(token: &str) -> Option<String> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let payload = token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    // Microsoft says the sign-in name as `preferred_username`, older tenants as `upn`.
    ["email", "preferred_username", "upn"].iter().find_map(|claim| {
        let text = claims.get(claim)?.as_str()?;
        let is_address = text.contains('@')
            && text.len() <= 320
            && !text.chars().any(|letter| letter.is_control() || letter == ' ');
        is_address.then(|| text.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::address;

    fn token(claims: &str) -> String {
        let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
        format!("e30.{payload}.sig")
    }

    #[test]
    fn the_address_is_read_or_there_is_none() {
        let table = [
            (token(r#"{"email":"ann@x.org"}"#), Some("ann@x.org")),
            (token(r#"{"preferred_username":"ann@x.org","sub":"1"}"#), Some("ann@x.org")),
            (token(r#"{"email":"not one","upn":"b@x.org"}"#), Some("b@x.org")),
            (token(r#"{"email":"a b@x.org"}"#), None),
            (token(r#"{"email":7}"#), None),
            (token("[]"), None),
            ("x.y".to_owned(), None),
            (String::new(), None),
        ];
        for (token, wanted) in table {
            assert_eq!(address(&token).as_deref(), wanted, "{token}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_token_makes_it_panic(token in ".{0,200}") {
            let _ = address(&token);
        }
    }
}
