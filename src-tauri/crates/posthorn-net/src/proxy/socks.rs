//! SOCKS5 (RFC 1928) with user and password (RFC 1929). The proxy resolves names.

use std::net::IpAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::{Proxy, refused};
use crate::Failure;

/// The version that this is.
const VERSION: u8 = 5;
/// No authentication.
const OPEN: u8 = 0;
/// User and password (RFC 1929).
const PASSWORD: u8 = 2;

pub(super) async fn open(
    proxy: &Proxy,
    tcp: &mut TcpStream,
    host: &str,
    port: u16,
) -> Result<(), Failure> {
    greet(proxy, tcp).await?;
    let mut request = vec![VERSION, 1, 0];
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            request.push(1);
            request.extend(ip.octets());
        }
        Ok(IpAddr::V6(ip)) => {
            request.push(4);
            request.extend(ip.octets());
        }
        Err(_) => {
            request.push(3);
            request.extend(field(host)?);
        }
    }
    request.extend(port.to_be_bytes());
    tcp.write_all(&request).await.map_err(Failure::Io)?;
    let [version, reply, _, kind] = read(tcp).await?;
    if version != VERSION {
        return Err(refused("it does not speak SOCKS5", false));
    }
    // Said before the address, which a proxy that refuses may leave out.
    if reply != 0 {
        let (said, is_transient) = words(reply);
        return Err(refused(said, is_transient));
    }
    let rest = match kind {
        1 => 4,
        4 => 16,
        3 => {
            let [length] = read(tcp).await?;
            usize::from(length)
        }
        _ => return Err(refused("its answer cannot be understood", false)),
    };
    let mut bound = vec![0; rest + 2];
    tcp.read_exact(&mut bound).await.map_err(Failure::Io)?;
    Ok(())
}

/// Agrees on the way of signing in, and signs in.
async fn greet(proxy: &Proxy, tcp: &mut TcpStream) -> Result<(), Failure> {
    let greeting: &[u8] =
        if proxy.user.is_empty() { &[VERSION, 1, OPEN] } else { &[VERSION, 2, OPEN, PASSWORD] };
    tcp.write_all(greeting).await.map_err(Failure::Io)?;
    match read(tcp).await? {
        [VERSION, OPEN] => Ok(()),
        [VERSION, PASSWORD] if !proxy.user.is_empty() => {
            let mut request = Zeroizing::new(vec![1]);
            request.extend(field(&proxy.user)?);
            request.extend(field(proxy.password.expose())?);
            tcp.write_all(&request).await.map_err(Failure::Io)?;
            match read(tcp).await? {
                [_, 0] => Ok(()),
                [_, _] => Err(refused("it refused the user name or password", false)),
            }
        }
        [VERSION, _] => Err(refused("it wants a user name and password", false)),
        [_, _] => Err(refused("it does not speak SOCKS5", false)),
    }
}

async fn read<const N: usize>(tcp: &mut TcpStream) -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    tcp.read_exact(&mut bytes).await.map_err(Failure::Io)?;
    Ok(bytes)
}

/// Returns a text with its length, one octet, before it.
fn field(text: &str) -> Result<Vec<u8>, Failure> {
    let length = u8::try_from(text.len());
    let length = length.map_err(|_| refused("a name is too long for it", false))?;
    Ok(std::iter::once(length).chain(text.bytes()).collect())
}

/// Says what a reply means (RFC 1928 section 6), and whether time may heal it.
fn words(reply: u8) -> (&'static str, bool) {
    match reply {
        2 => ("it does not allow this connection", false),
        3 => ("it cannot reach the network", true),
        4 => ("it cannot reach the host", true),
        5 => ("the server refused its connection", true),
        6 => ("its connection took too long", true),
        7 | 8 => ("it cannot do this", false),
        _ => ("it failed", true),
    }
}
