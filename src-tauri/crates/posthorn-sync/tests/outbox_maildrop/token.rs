//! A provider of access tokens on this computer, of which one is good at a time: it gives the good one to whoever asks
//! (RFC 6749 section 6), and tells mail servers which one that is (RFC 7662).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use posthorn_oauth::Providers;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::rig::SignIn;

/// Longest request that is read, bytes.
const MAX_REQUEST: usize = 64 << 10;

/// The provider; it ends with the test's runtime.
#[derive(Clone, Debug)]
pub(crate) struct TokenServer {
    port: u16,
    /// Number of the token that is good.
    good: Arc<AtomicU64>,
}

impl TokenServer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let good = Arc::new(AtomicU64::new(1));
        let own = good.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, own.clone()));
            }
        });
        Self { port, good }
    }

    /// Makes every token that was given until now wrong.
    pub(crate) fn revoke(&self) {
        self.good.fetch_add(1, Ordering::SeqCst);
    }

    /// Returns where a mail server asks whose a token is.
    pub(crate) fn introspection_url(&self) -> String {
        format!("http://127.0.0.1:{}/whose", self.port)
    }

    /// Returns how an account signs in with its tokens.
    pub(crate) fn sign_in(&self) -> SignIn {
        let base = format!("http://127.0.0.1:{}", self.port);
        let file = format!(
            r#"{{"own":[{{"id":"own","name":"Own","clientId":"posthorn","scopes":["openid"],"allowLoopbackHttp":true,
               "authorizationEndpoint":"{base}/auth","tokenEndpoint":"{base}/token"}}]}}"#
        );
        SignIn { providers: Providers::parse(&file).unwrap(), provider: "own" }
    }
}

/// Reads a whole request; absent where it breaks off.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    while bytes.len() < MAX_REQUEST {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0_usize) {
                return Some(text);
            }
        }
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(part.get(..count)?);
    }
    None
}

async fn answer(mut stream: TcpStream, good: Arc<AtomicU64>) {
    let Some(request) = request(&mut stream).await else { return };
    let token = format!("token-{}", good.load(Ordering::SeqCst));
    let body = if request.starts_with("POST /token") {
        format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":3600}}"#)
    } else {
        let is_good = request.split(['=', '&', '\n']).any(|word| word.trim() == token);
        format!(r#"{{"active":{is_good},"username":"anna"}}"#)
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    // Whoever has gone asks again.
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
}
