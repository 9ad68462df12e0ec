//! The token endpoint (RFC 6749 sections 4.1.3, 5 and 6): a code or a refresh token goes there, tokens come back.

use std::fmt;
use std::time::Duration;

use posthorn_net::http::{self, Limits, Schemes};
use posthorn_net::{Dialer, Secret};
use serde_json::Value;
use url::form_urlencoded::Serializer;
use zeroize::Zeroize as _;

use crate::error::words;
use crate::{Client, Error, Provider, claims};

/// How long an access token lives of which nobody says how long: half of what Google and Microsoft give.
const USUAL_LIFE: Duration = Duration::from_mins(30);
/// Longest life that is believed: what says more is asked for again after a day.
const LONGEST_LIFE: Duration = Duration::from_hours(24);
/// Longest token, bytes. Microsoft's have about 2,500.
const MAX_TOKEN: usize = 16 << 10;

/// What a sign-in gave.
#[derive(Clone)]
pub struct Grant {
    /// Id of the provider.
    pub provider: String,
    /// What is shown to mail servers.
    pub access: Secret,
    /// How long that is good for, from the moment when it came.
    pub life: Duration,
    /// What brings the next access token.
    pub refresh: Secret,
    /// The address that signed in. `None` where the provider does not say.
    pub address: Option<String>,
}

impl fmt::Debug for Grant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Grant")
            .field("provider", &self.provider)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// What the token endpoint gave.
pub(crate) struct Given {
    pub(crate) access: Secret,
    pub(crate) life: Duration,
    /// A new refresh token; absent where the old one stays.
    pub(crate) refresh: Option<Secret>,
    pub(crate) address: Option<String>,
}

/// Turns the code that came back from the browser into tokens.
pub(crate) async fn redeem(
    dialer: &Dialer,
    provider: &Provider,
    code: &Secret,
    verifier: &Secret,
    redirect: &str,
) -> Result<Given, Error> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", redirect),
        ("code_verifier", verifier.expose()),
    ];
    ask(dialer, provider, &fields).await
}

/// Turns a refresh token into an access token.
pub(crate) async fn renew(
    dialer: &Dialer,
    provider: &Provider,
    refresh: &Secret,
) -> Result<Given, Error> {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
    ask(dialer, provider, &fields).await
}

/// Returns this program's name at a provider.
pub(crate) fn client(provider: &Provider) -> Result<&Client, Error> {
    provider.client.as_ref().ok_or_else(|| Error::NoClient(provider.name.clone()))
}

async fn ask(
    dialer: &Dialer,
    provider: &Provider,
    fields: &[(&str, &str)],
) -> Result<Given, Error> {
    let client = client(provider)?;
    let mut form = encode(client, fields);
    let schemes = if provider.is_loopback { Schemes::HttpsOrLoopback } else { Schemes::Https };
    let limits = Limits { schemes, ..Limits::TOKEN };
    let answered = http::exchange_form(dialer, provider.token.as_str(), &form, limits).await;
    form.zeroize();
    let answered = answered?;
    read(answered.status, &answered.bytes)
}

/// Returns the form with who asks.
fn encode(client: &Client, fields: &[(&str, &str)]) -> String {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(fields).append_pair("client_id", &client.id);
    if let Some(secret) = &client.secret {
        form.append_pair("client_secret", secret.expose());
    }
    form.finish()
}

/// Reads an answer.
fn read(status: u16, bytes: &[u8]) -> Result<Given, Error> {
    let answer: Value = serde_json::from_slice(bytes).unwrap_or(Value::Null);
    if !(200..300).contains(&status) {
        return Err(refusal(status, &answer));
    }
    let token = |name: &str| {
        let text = answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())?;
        // RFC 6749 appendix A.12: printable ASCII, which is also what may go into a SASL message.
        let is_token = text.len() <= MAX_TOKEN && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_token.then(|| Secret::new(text))
    };
    let kind = answer.get("token_type").and_then(Value::as_str).unwrap_or("Bearer");
    if !kind.eq_ignore_ascii_case("Bearer") {
        return Err(Error::Malformed("its tokens are of another kind"));
    }
    let seconds = answer.get("expires_in").and_then(|value| {
        // Some say it as a text.
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    });
    let life = seconds.map_or(USUAL_LIFE, Duration::from_secs).min(LONGEST_LIFE);
    Ok(Given {
        access: token("access_token").ok_or(Error::Malformed("it holds no access token"))?,
        life,
        refresh: token("refresh_token"),
        address: answer.get("id_token").and_then(Value::as_str).and_then(claims::address),
    })
}

/// Says what a refusal means (RFC 6749 section 5.2).
fn refusal(status: u16, answer: &Value) -> Error {
    let field = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    let (code, description) = (field("error"), field("error_description"));
    let said = match (code, description) {
        ("", _) => format!("HTTP {status}"),
        (code, "") => words(code),
        (code, description) => words(&format!("{code}: {description}")),
    };
    match code {
        // The other three are OpenID Connect's and Microsoft's: the user has to be there.
        "invalid_grant" | "interaction_required" | "login_required" | "consent_required" => {
            Error::Revoked(said)
        }
        _ => {
            let is_transient = status >= 500
                || status == 429
                || matches!(code, "temporarily_unavailable" | "server_error" | "slow_down");
            Error::Refused { said, is_transient }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{USUAL_LIFE, read};
    use crate::Error;

    #[test]
    fn answers_are_read_or_refused_in_words() {
        let given = read(
            200,
            br#"{"access_token":"a.b","token_type":"bearer","expires_in":"3599","refresh_token":"r"}"#,
        )
        .unwrap();
        assert_eq!((given.access.expose(), given.life), ("a.b", Duration::from_secs(3599)));
        assert_eq!(given.refresh.unwrap().expose(), "r");
        let given = read(200, br#"{"access_token":"a"}"#).unwrap();
        assert!(given.life == USUAL_LIFE && given.refresh.is_none() && given.address.is_none());
        for text in [
            "",
            "[]",
            r#"{"access_token":""}"#,
            r#"{"access_token":"a\u0001b"}"#,
            r#"{"access_token":"a","token_type":"mac"}"#,
        ] {
            assert!(matches!(read(200, text.as_bytes()), Err(Error::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        let table = [
            (
                400,
                r#"{"error":"invalid_grant","error_description":"Token has been\nrevoked."}"#,
                (false, true),
            ),
            (400, r#"{"error":"interaction_required"}"#, (false, true)),
            (401, r#"{"error":"invalid_client"}"#, (false, false)),
            (400, r#"{"error":"temporarily_unavailable"}"#, (true, false)),
            (503, "<html>", (true, false)),
            (429, "", (true, false)),
            (302, "", (false, false)),
            (404, "", (false, false)),
        ];
        for (status, text, wanted) in table {
            let error = read(status, text.as_bytes()).err().unwrap();
            assert_eq!(
                (error.is_transient(), error.needs_credentials()),
                wanted,
                "{status} {text}"
            );
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_makes_it_panic(status in 100_u16..600, bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = read(status, &bytes);
        }
    }
}
