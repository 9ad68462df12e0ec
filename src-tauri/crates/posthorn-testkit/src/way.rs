//! A proxy as companies and anonymisers have it: SOCKS5 (RFC 1928) and HTTP CONNECT on one port, told apart by the first
//! byte. Every name leads to this computer, so that a test sees that the proxy resolved it and nobody else.

use std::io::{Read as _, Result as IoResult, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What everybody who asks must know.
#[derive(Clone, Debug, Default)]
pub struct WayOptions {
    /// User name and password; none: everybody may.
    pub login: Option<(String, String)>,
    /// Refuses every way: 5 by SOCKS5, 502 by CONNECT.
    pub is_shut: bool,
}

/// A proxy. It ends with the process that started it.
#[derive(Debug)]
pub struct WayProxy {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl WayProxy {
    /// Starts a proxy on a free port of this computer.
    pub fn start(options: WayOptions) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for tcp in listener.incoming() {
                let Ok(tcp) = tcp else { return };
                let (options, seen) = (options.clone(), Arc::clone(&seen));
                std::thread::spawn(move || {
                    // Whoever asks wrongly is left.
                    let _ = serve(tcp, &options, &seen);
                });
            }
        });
        Ok(Self { port, asked })
    }

    /// Returns its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns what it was asked for so far, as `KIND HOST:PORT`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(mut tcp: TcpStream, options: &WayOptions, seen: &Mutex<Vec<String>>) -> IoResult<()> {
    let mut first = [0];
    tcp.read_exact(&mut first)?;
    let (port, yes, no): (_, &[u8], &[u8]) = if first == [5] {
        let Some((host, port)) = by_socks(&mut tcp, options)? else { return Ok(()) };
        note(seen, "socks", &host, port);
        (port, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0], &[5, 5, 0, 1, 0, 0, 0, 0, 0, 0])
    } else {
        let Some((host, port)) = by_connect(&mut tcp, options)? else { return Ok(()) };
        note(seen, "connect", &host, port);
        (port, b"HTTP/1.1 200 Go\r\n\r\n", b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
    };
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok().filter(|_| !options.is_shut);
    let Some(server) = server else { return tcp.write_all(no) };
    tcp.write_all(yes)?;
    let (mut back, mut out) = (server.try_clone()?, tcp.try_clone()?);
    let returning = std::thread::spawn(move || {
        let _ = std::io::copy(&mut back, &mut out);
        let _ = out.shutdown(Shutdown::Both);
    });
    let mut server = server;
    let _ = std::io::copy(&mut tcp, &mut server);
    let _ = server.shutdown(Shutdown::Both);
    let _ = returning.join();
    Ok(())
}

fn note(seen: &Mutex<Vec<String>>, kind: &str, host: &str, port: u16) {
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{kind} {host}:{port}"));
}

fn bytes(tcp: &mut TcpStream, count: usize) -> IoResult<Vec<u8>> {
    let mut bytes = vec![0; count];
    tcp.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads a length in one octet, and as many octets.
fn field(tcp: &mut TcpStream) -> IoResult<String> {
    let length = bytes(tcp, 1)?.first().copied().unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes(tcp, usize::from(length))?).into_owned())
}

fn by_socks(tcp: &mut TcpStream, options: &WayOptions) -> IoResult<Option<(String, u16)>> {
    let methods = field(tcp)?.into_bytes();
    let wanted = u8::from(options.login.is_some()) * 2;
    if !methods.contains(&wanted) {
        tcp.write_all(&[5, 0xff])?;
        return Ok(None);
    }
    tcp.write_all(&[5, wanted])?;
    if let Some(login) = &options.login {
        bytes(tcp, 1)?;
        let is_right = (field(tcp)?, field(tcp)?) == *login;
        tcp.write_all(&[1, u8::from(!is_right)])?;
        if !is_right {
            return Ok(None);
        }
    }
    let request = bytes(tcp, 4)?;
    let host = match request.get(3) {
        Some(1) => {
            let ip: Vec<String> = bytes(tcp, 4)?.iter().map(u8::to_string).collect();
            ip.join(".")
        }
        Some(3) => field(tcp)?,
        _ => return Ok(None),
    };
    let port = bytes(tcp, 2)?.iter().fold(0, |port, byte| port << 8 | u16::from(*byte));
    Ok(Some((host, port)))
}

fn by_connect(tcp: &mut TcpStream, options: &WayOptions) -> IoResult<Option<(String, u16)>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(bytes(tcp, 1)?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    if let Some((user, password)) = &options.login {
        let wanted = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        if !head.contains(&wanted) {
            tcp.write_all(b"HTTP/1.1 407 Who\r\n\r\n")?;
            return Ok(None);
        }
    }
    // The first byte, `C`, is read already.
    let target = head.strip_prefix("ONNECT ").and_then(|rest| rest.split(' ').next());
    let Some((host, port)) = target.and_then(|target| target.rsplit_once(':')) else {
        return Ok(None);
    };
    Ok(port.parse().ok().map(|port| (host.to_owned(), port)))
}
