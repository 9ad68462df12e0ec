//! HTTP CONNECT (RFC 9110 section 9.3.6), with Basic authentication where a user is set.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::{Proxy, refused};
use crate::Failure;

/// Longest head of an answer, bytes.
const MAX_HEAD: usize = 16 << 10;

pub(super) async fn open(
    proxy: &Proxy,
    tcp: &mut TcpStream,
    host: &str,
    port: u16,
) -> Result<(), Failure> {
    let host = if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let is_sendable = |text: &str| text.bytes().all(|byte| byte > b' ' && byte != 0x7f);
    if !is_sendable(&host) || proxy.user.contains(':') {
        return Err(refused("a name cannot be sent to it", false));
    }
    let mut request = Zeroizing::new(format!(
        "CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: Posthorn\r\n"
    ));
    if !proxy.user.is_empty() {
        let pair = Zeroizing::new(format!("{}:{}", proxy.user, proxy.password.expose()));
        request.push_str("Proxy-Authorization: Basic ");
        request.push_str(&STANDARD.encode(pair.as_bytes()));
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    tcp.write_all(request.as_bytes()).await.map_err(Failure::Io)?;
    let head = read_head(tcp).await?;
    let line = head.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    let is_http = words.next().is_some_and(|word| word.starts_with("HTTP/1."));
    match words.next().and_then(|word| word.parse::<u16>().ok()) {
        Some(200..=299) if is_http => Ok(()),
        Some(407) if is_http => {
            Err(refused("it wants a user name and password, or refused them", false))
        }
        Some(status) if is_http => {
            // The proxy could not reach the server, or is ill itself: both pass.
            let is_transient = status >= 500 || status == 429;
            Err(refused(format!("it answered {status}"), is_transient))
        }
        _ => Err(refused("it does not speak HTTP", false)),
    }
}

/// Reads the head of the answer, byte by byte: what follows belongs to the server.
async fn read_head(tcp: &mut TcpStream) -> Result<String, Failure> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tcp.read_u8().await.map_err(Failure::Io)?);
        if head.len() > MAX_HEAD {
            return Err(refused("its answer is too long", false));
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
