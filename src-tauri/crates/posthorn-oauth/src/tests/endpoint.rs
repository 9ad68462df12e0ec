//! A token endpoint on this computer, and a provider that leads to it.

use std::sync::{Arc, Mutex};

use posthorn_net::{DialSettings, Dialer, Trust};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::{Provider, Providers};

/// A token endpoint: it answers with what `answer` makes of a form, once `gate` lets it.
pub(super) struct Endpoint {
    pub(super) provider: Provider,
    pub(super) providers: Providers,
    /// Forms that came, in their order.
    pub(super) forms: Arc<Mutex<Vec<String>>>,
    /// One permit lets one answer out.
    pub(super) gate: Arc<Semaphore>,
}

pub(super) fn dialer() -> Dialer {
    Dialer::new(Trust::with_extra(Vec::new()), DialSettings::default())
}

/// Reads a whole request; returns its body.
async fn read(tcp: &mut tokio::net::TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0_usize) {
                return Some(body.to_owned());
            }
        }
        let mut part = [0; 1000];
        let read = tcp.read(&mut part).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
    }
}

impl Endpoint {
    pub(super) async fn start(
        answer: impl Fn(&str, usize) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (forms, gate) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Semaphore::new(1000)));
        let (seen, open, answer) = (forms.clone(), gate.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut tcp, _)) = listener.accept().await {
                let (seen, open, answer) = (seen.clone(), open.clone(), answer.clone());
                tokio::spawn(async move {
                    let Some(form) = read(&mut tcp).await else { return };
                    let number = {
                        let mut seen = seen.lock().unwrap();
                        seen.push(form.clone());
                        seen.len()
                    };
                    open.acquire().await.unwrap().forget();
                    let (status, body) = answer(&form, number);
                    let head =
                        format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", body.len());
                    let _ = tcp.write_all(format!("{head}{body}").as_bytes()).await;
                });
            }
        });
        let text = format!(
            r#"{{"own":[{{"id":"own","name":"Own","clientId":"posthorn","scopes":["openid","offline_access"],"allowLoopbackHttp":true,
               "authorizationEndpoint":"http://127.0.0.1:{port}/auth","tokenEndpoint":"http://127.0.0.1:{port}/token"}}]}}"#
        );
        let providers = Providers::parse(&text).unwrap();
        Self { provider: providers.get("own").unwrap().clone(), providers, forms, gate }
    }

    pub(super) fn count(&self) -> usize {
        self.forms.lock().unwrap().len()
    }
}
