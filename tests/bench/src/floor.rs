//! Floors: the same bytes read from the same server and dropped. No client can be faster than these.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use tokio::time::Instant;

/// Reads until a line that `ends` accepts; answers with the bytes read. Literals are read by their length.
fn read_answer(stream: &mut BufReader<TcpStream>, ends: impl Fn(&[u8]) -> bool) -> Result<u64> {
    let mut total = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = stream.read_until(b'\n', &mut line)?;
        if read == 0 {
            bail!("the server closed the connection");
        }
        total += read as u64;
        if let Some(length) = literal_length(&line) {
            total += std::io::copy(&mut stream.by_ref().take(length), &mut std::io::sink())?;
        } else if ends(&line) {
            return Ok(total);
        }
    }
}

fn literal_length(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line.strip_suffix(b"}\r\n")?).ok()?;
    text.rsplit_once('{')?.1.parse().ok()
}

fn connect(port: u16) -> Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).context("the server does not answer")?;
    stream.set_read_timeout(Some(Duration::from_mins(2)))?;
    stream.set_nodelay(true)?;
    Ok(BufReader::with_capacity(1 << 16, stream))
}

/// Logs in and has these commands done, one after the other.
fn imap_session(port: u16, user: &str, commands: &[&str]) -> Result<BufReader<TcpStream>> {
    let mut stream = connect(port)?;
    read_answer(&mut stream, |line| line.starts_with(b"* OK"))?;
    let login = format!("LOGIN {user} test");
    for command in std::iter::once(&login.as_str()).chain(commands) {
        write!(stream.get_mut(), "a {command}\r\n")?;
        read_answer(&mut stream, |line| line.starts_with(b"a "))?;
    }
    Ok(stream)
}

/// Has IMAP commands done in a session of their own: what another client does.
pub(crate) fn imap_commands(port: u16, user: &str, commands: &[&str]) -> Result<()> {
    imap_session(port, user, commands).map(drop)
}

/// Seconds and bytes of one IMAP FETCH of everything, dropped.
pub(crate) fn imap_fetch(port: u16, user: &str, items: &str) -> Result<(f64, u64)> {
    let mut stream = imap_session(port, user, &["SELECT INBOX"])?;
    let begun = Instant::now();
    write!(stream.get_mut(), "b UID FETCH 1:* {items}\r\n")?;
    let bytes = read_answer(&mut stream, |line| line.starts_with(b"b "))?;
    Ok((begun.elapsed().as_secs_f64(), bytes))
}

/// Seconds and bytes of POP3 RETR of `messages`, pipelined, dropped.
pub(crate) fn pop3_retr(port: u16, user: &str, messages: usize) -> Result<(f64, u64)> {
    let mut stream = connect(port)?;
    let status = |line: &[u8]| line.starts_with(b"+OK");
    read_answer(&mut stream, status)?;
    for command in [format!("USER {user}"), "PASS test".to_owned()] {
        write!(stream.get_mut(), "{command}\r\n")?;
        read_answer(&mut stream, status)?;
    }
    let begun = Instant::now();
    let mut writer = stream.get_ref().try_clone()?;
    let asking = std::thread::spawn(move || -> std::io::Result<()> {
        for number in 1..=messages {
            write!(writer, "RETR {number}\r\n")?;
        }
        Ok(())
    });
    let mut bytes = 0;
    for _ in 0..messages {
        bytes += read_answer(&mut stream, |line| line == b".\r\n")?;
    }
    let elapsed = begun.elapsed().as_secs_f64();
    asking.join().map_err(|_| anyhow::anyhow!("the asking thread ended badly"))??;
    Ok((elapsed, bytes))
}
