//! The byte stream that the protocol crates speak over: TCP or TLS, writes collected until a flush.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::{fmt, io};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, BufWriter, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::Fingerprint;

/// What protects a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Security {
    /// `TLS 1.2` or `TLS 1.3`.
    pub version: String,
    /// The cipher suite in rustls' spelling.
    pub cipher: String,
    /// The fingerprint of the server's certificate.
    pub fingerprint: Fingerprint,
    /// Whether the certificate is trusted by the user's exception alone.
    pub by_exception: bool,
}

enum Channel {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection.
pub struct Stream {
    channel: BufWriter<Channel>,
    security: Option<Security>,
    peer: Option<SocketAddr>,
}

impl Stream {
    pub(crate) fn plain(tcp: TcpStream) -> Self {
        let peer = tcp.peer_addr().ok();
        Self { channel: BufWriter::new(Channel::Plain(tcp)), security: None, peer }
    }

    pub(crate) fn tls(tls: TlsStream<TcpStream>, security: Security) -> Self {
        let peer = tls.get_ref().0.peer_addr().ok();
        let channel = BufWriter::new(Channel::Tls(Box::new(tls)));
        Self { channel, security: Some(security), peer }
    }

    /// Returns what protects the connection. `None`: nothing does.
    pub fn security(&self) -> Option<&Security> {
        self.security.as_ref()
    }

    /// Returns who is at the other end of the wire: the server, or the proxy on the way to it
    /// ([`crate::Dialer::is_direct`]). `None` where the system could not say.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Gives the socket back for a handshake. Fails where there is TLS already.
    pub(crate) async fn into_tcp(mut self) -> io::Result<TcpStream> {
        self.channel.flush().await?;
        match self.channel.into_inner() {
            Channel::Plain(tcp) => Ok(tcp),
            Channel::Tls(_) => {
                Err(io::Error::new(io::ErrorKind::InvalidInput, "the connection has TLS already"))
            }
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Stream").field("security", &self.security).finish_non_exhaustive()
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().channel).poll_read(context, out)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().channel).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().channel).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().channel).poll_shutdown(context)
    }
}

impl AsyncRead for Channel {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_read(context, out),
            Self::Tls(tls) => Pin::new(tls).poll_read(context, out),
        }
    }
}

impl AsyncWrite for Channel {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write(context, bytes),
            Self::Tls(tls) => Pin::new(tls).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_flush(context),
            Self::Tls(tls) => Pin::new(tls).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_shutdown(context),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(context),
        }
    }
}
