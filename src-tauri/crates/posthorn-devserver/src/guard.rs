//! Refuses requests that do not come from where they should: a page elsewhere that was pointed at this port (DNS
//! rebinding shows in `Host`), or a foreign page that calls it (shows in `Origin`).

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Whom a port answers.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    hosts: Arc<[String]>,
    origins: Arc<[String]>,
}

impl Guard {
    /// Returns the guard of a port. `origins` are further pages that may call, such as a development server's.
    pub(crate) fn new(address: SocketAddr, origins: &[String]) -> Self {
        let hosts = [address.to_string(), format!("localhost:{}", address.port())];
        let own = hosts.iter().map(|host| format!("http://{host}"));
        Self { origins: own.chain(origins.iter().cloned()).collect(), hosts: hosts.into() }
    }

    fn allows(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("\0"));
        let host = text(header::HOST).is_some_and(|host| self.hosts.iter().any(|own| own == host));
        host && text(header::ORIGIN)
            .is_none_or(|origin| self.origins.iter().any(|own| own == origin))
    }
}

/// Lets a request pass, or answers 403.
pub(crate) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if guard.allows(request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "This Host or Origin is not served.\n").into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::Guard;

    #[test]
    fn only_own_names_pass() {
        let guard =
            Guard::new("127.0.0.1:4000".parse().unwrap(), &["http://localhost:5173".to_owned()]);
        let cases: &[(&[(&str, &str)], bool)] = &[
            (&[("host", "127.0.0.1:4000")], true),
            (&[("host", "localhost:4000")], true),
            (&[("host", "127.0.0.1:4000"), ("origin", "http://127.0.0.1:4000")], true),
            (&[("host", "127.0.0.1:4000"), ("origin", "http://localhost:5173")], true),
            (&[("host", "127.0.0.1:4000"), ("origin", "https://evil.example")], false),
            (&[("host", "127.0.0.1:4000"), ("origin", "null")], false),
            (&[("host", "evil.example:4000")], false),
            (&[("host", "127.0.0.1:4001")], false),
            (&[], false),
        ];
        for (headers, expected) in cases {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| {
                    (
                        HeaderName::from_bytes(name.as_bytes()).unwrap(),
                        HeaderValue::from_str(value).unwrap(),
                    )
                })
                .collect();
            assert_eq!(guard.allows(&map), *expected, "{headers:?}");
        }
    }
}
