//! `Authentication-Results` (RFC 8601): what a receiving server found out about a message's sender.
//!
//! Anybody can write such a field; only the one that the user's own server put on top can be believed, and that is the
//! caller's business: [`Authentication::server`] says who claims to have written it.

/// Results of one field that are read; servers write about five.
const MAX_RESULTS: usize = 50;
/// Bytes of one field that are read.
const MAX_BYTES: usize = 8 * 1024;

/// What came out of one check (RFC 8601 section 2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// The domain says that it probably does not (SPF `softfail`).
    SoftFail,
    /// Everything else: not checked, no policy, an error.
    Unknown,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticationResult {
    /// `spf`, `dkim`, `dmarc`, `arc`, … in lower case.
    pub method: String,
    /// What came out.
    pub outcome: Outcome,
    /// The domain that it is about (`header.d`, `header.from`, `smtp.mailfrom`) in lower case; empty when not said.
    pub domain: String,
}

/// One field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authentication {
    /// `authserv-id` in lower case: who claims to have checked.
    pub server: String,
    /// The checks, in order.
    pub results: Vec<AuthenticationResult>,
}

/// Which check says that the sender is not who the message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticationFailure {
    /// DMARC: the domain's own policy does not hold.
    Dmarc,
    /// SPF: sent from a server that the domain does not name, and nothing was signed.
    Spf,
    /// DKIM: a signature does not fit, and nothing else speaks for it.
    Dkim,
}

impl Authentication {
    /// Reads a field's value; `None` when it names no server.
    pub fn parse(value: &str) -> Option<Self> {
        let value: String = value.chars().take(MAX_BYTES).collect();
        let plain = without_comments(&value);
        let mut pieces = split_outside_quotes(&plain, ';').into_iter();
        let server = pieces.next()?;
        let server = server.split_whitespace().next()?.trim_matches('"').to_ascii_lowercase();
        if server.is_empty() || server.contains('=') {
            return None;
        }
        let results = pieces.take(MAX_RESULTS).filter_map(|piece| result(&piece)).collect();
        Some(Self { server, results })
    }

    /// Returns which check failed, the one that says most; `None` when none did or others speak for the sender.
    pub fn failure(&self) -> Option<AuthenticationFailure> {
        let has = |method: &str, outcome: Outcome| {
            self.results.iter().any(|known| known.method == method && known.outcome == outcome)
        };
        if has("dmarc", Outcome::Pass) {
            return None;
        }
        if has("dmarc", Outcome::Fail) {
            return Some(AuthenticationFailure::Dmarc);
        }
        if has("spf", Outcome::Fail) && !has("dkim", Outcome::Pass) {
            return Some(AuthenticationFailure::Spf);
        }
        (has("dkim", Outcome::Fail) && !has("dkim", Outcome::Pass) && !has("spf", Outcome::Pass))
            .then_some(AuthenticationFailure::Dkim)
    }
}

/// Takes comments away, also nested ones; what stands in quotes is none.
fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let (mut depth, mut is_quoted, mut is_escaped) = (0_u32, false, false);
    for c in text.chars() {
        let was_escaped = std::mem::take(&mut is_escaped);
        match c {
            '\\' if !was_escaped && (is_quoted || depth > 0) => {
                is_escaped = true;
                continue;
            }
            '"' if depth == 0 && !was_escaped => is_quoted = !is_quoted,
            '(' if !is_quoted && !was_escaped => {
                depth += 1;
                continue;
            }
            ')' if depth > 0 && !was_escaped => {
                depth -= 1;
                plain.push(' ');
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            plain.push(c);
        }
    }
    plain
}

fn split_outside_quotes(text: &str, at: char) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut is_quoted = false;
    for c in text.chars() {
        is_quoted ^= c == '"';
        if c == at && !is_quoted {
            pieces.push(String::new());
        } else if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

fn result(piece: &str) -> Option<AuthenticationResult> {
    // White space may stand around the equals sign.
    let piece = piece.split('=').map(str::trim).collect::<Vec<_>>().join("=");
    let mut words = piece.split_whitespace();
    let (method, outcome) = words.next()?.split_once('=')?;
    let method = method.split('/').next()?.trim().to_ascii_lowercase();
    let outcome = match outcome.to_ascii_lowercase().as_str() {
        "pass" => Outcome::Pass,
        "fail" | "hardfail" => Outcome::Fail,
        "softfail" => Outcome::SoftFail,
        _ => Outcome::Unknown,
    };
    let domain = words
        .filter_map(|word| word.split_once('='))
        .find(|(name, _)| {
            ["header.d", "header.from", "smtp.mailfrom", "header.i"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
        })
        .map(|(_, value)| value.trim_matches('"'))
        .map(|value| value.rsplit('@').next().unwrap_or(value).to_ascii_lowercase());
    Some(AuthenticationResult { method, outcome, domain: domain.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::{Authentication, AuthenticationFailure, Outcome};

    #[test]
    fn fields_of_real_servers_are_read() {
        for (value, server, failure) in [
            (
                "mx.google.com; dkim=pass header.i=@a.example header.s=x; spf=pass (google.com: domain of x) smtp.mailfrom=x@a.example; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=a.example",
                "mx.google.com",
                None,
            ),
            (
                "mx.google.com; spf=fail smtp.mailfrom=x@a.example; dmarc=fail (p=QUARANTINE dis=QUARANTINE) header.from=a.example",
                "mx.google.com",
                Some(AuthenticationFailure::Dmarc),
            ),
            (
                "MX.Example.ORG 1; spf = fail ; dkim=none",
                "mx.example.org",
                Some(AuthenticationFailure::Spf),
            ),
            ("mx.example.org; spf=fail; dkim=pass header.d=a.example", "mx.example.org", None),
            ("mx.example.org; spf=softfail; dkim=neutral", "mx.example.org", None),
            (
                "mx.example.org; dkim=fail (body; hash = wrong) reason=\"a; dmarc=fail\"",
                "mx.example.org",
                Some(AuthenticationFailure::Dkim),
            ),
            ("mx.example.org; dkim=fail; spf=pass", "mx.example.org", None),
            ("mx.example.org; none", "mx.example.org", None),
            (
                "(a (nested; dmarc=fail) comment) \"mx.example.org\" ; dkim/1=pass",
                "mx.example.org",
                None,
            ),
        ] {
            let read = Authentication::parse(value).unwrap();
            assert_eq!((read.server.as_str(), read.failure()), (server, failure), "{value}");
        }
        for nothing in ["", ";", "dmarc=fail", "(only a comment"] {
            assert_eq!(Authentication::parse(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_result_says_what_it_is_about() {
        let read = Authentication::parse(
            "mx; dkim=pass header.i=@List.Example; spf=temperror smtp.mailfrom=\"x@b.example\"",
        )
        .unwrap();
        let told: Vec<_> = read
            .results
            .iter()
            .map(|one| (one.method.as_str(), one.outcome, one.domain.as_str()))
            .collect();
        assert_eq!(
            told,
            [("dkim", Outcome::Pass, "list.example"), ("spf", Outcome::Unknown, "b.example")]
        );
    }
}
