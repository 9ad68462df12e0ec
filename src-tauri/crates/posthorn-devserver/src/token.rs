//! The secret of one start: 256 random bits, compared in constant time, never printed by accident.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Random bytes of a token.
const BYTES: usize = 32;

/// What a caller must show.
#[derive(Clone)]
pub(crate) struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token")
    }
}

impl Token {
    /// Makes a new one.
    pub(crate) fn random() -> anyhow::Result<Self> {
        let mut bytes = [0_u8; BYTES];
        getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Returns the text that is told to the one who started the server.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Tells whether these are the same, without telling how much of them is.
    pub(crate) fn is(&self, offered: &str) -> bool {
        let (own, offered) = (self.0.as_bytes(), offered.as_bytes());
        own.len() == offered.len()
            && own.iter().zip(offered).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
    }

    /// Reads the header `Authorization: Bearer …`.
    pub(crate) fn is_in(&self, headers: &axum::http::HeaderMap) -> bool {
        let value =
            headers.get(axum::http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        value
            .and_then(|value| value.strip_prefix("Bearer "))
            .is_some_and(|offered| self.is(offered.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn tokens_differ_and_are_long() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert!(one.is(one.text()) && !one.is(other.text()));
        assert!(!one.is("") && !one.is(&format!("{}x", one.text())));
        assert_eq!(one.text().len(), 43, "256 bits in base64");
        assert_eq!(format!("{one:?}"), "Token");
    }
}
