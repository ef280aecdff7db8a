//! The TCP connection below STARTTLS, from which nothing is read ahead.
//!
//! What came in clear text must not count once TLS has begun (RFC 3207, 4.2): somebody on the way could add replies to the one to
//! STARTTLS, and a reader that has them in its buffer would take them for the server's. Read byte by byte, the line ends where it
//! ends, and whatever follows meets the TLS handshake, which fails on it.

use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// The first byte of a TLS handshake (RFC 8446, 5.1), with which no command begins.
const HANDSHAKE: u8 = 0x16;

/// A TCP connection that gives a byte at a time until TLS begins.
#[derive(Debug)]
pub(super) struct Wire {
    tcp: TcpStream,
    has_tls: bool,
}

impl Wire {
    /// Connects to the first address of a host that answers within that time.
    ///
    /// # Errors
    /// Where none does.
    pub(super) async fn connect(host: &str, port: u16, patience: Duration) -> io::Result<Wire> {
        let mut last = io::ErrorKind::NotFound.into();
        for address in lookup_host((host, port)).await? {
            match timeout(patience, TcpStream::connect(address)).await {
                Ok(Ok(tcp)) => return Ok(Wire { tcp, has_tls: false }),
                Ok(Err(error)) => last = error,
                Err(_) => last = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(last)
    }

    fn inner(self: Pin<&mut Self>) -> Pin<&mut TcpStream> {
        Pin::new(&mut self.get_mut().tcp)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.has_tls || out.remaining() == 0 {
            return self.inner().poll_read(context, out);
        }
        let mut byte = [0];
        let mut single = ReadBuf::new(&mut byte);
        ready!(self.inner().poll_read(context, &mut single))?;
        out.put_slice(single.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.has_tls |= bytes.first() == Some(&HANDSHAKE);
        self.inner().poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_shutdown(context)
    }
}
