//! A listener that can go away and come back, and connections that can be reset: what a server in trouble does to its callers.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Listens at one address while it is up; while it is down nobody can connect, and what was connected is closed.
pub struct Door {
    address: SocketAddr,
    listener: Option<TcpListener>,
    is_up: watch::Receiver<bool>,
}

impl Door {
    /// A door at an address that was free, and what opens and closes it.
    pub async fn open() -> (Door, watch::Sender<bool>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (opens, is_up) = watch::channel(true);
        (Door { address, listener: Some(listener), is_up }, opens)
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            if !*self.is_up.borrow_and_update() {
                self.listener = None;
                if self.is_up.wait_for(|is_up| *is_up).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
            if self.listener.is_none() {
                self.listener = Some(TcpListener::bind(self.address).await.unwrap());
            }
            let listener = self.listener.as_ref().unwrap();
            tokio::select! {
                accepted = listener.accept() => if let Ok((stream, from)) = accepted {
                    return (Line::new(stream, self.is_up.clone()), from);
                },
                changed = self.is_up.changed() => if changed.is_err() {
                    std::future::pending::<()>().await;
                },
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// A connection.
pub struct Line {
    stream: TcpStream,
    cut: Cut,
    /// Ends when the door is closed.
    closed: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Line {
    fn new(stream: TcpStream, mut is_up: watch::Receiver<bool>) -> Line {
        let closed = Box::pin(async move {
            // Nobody who could close it any more: it stays open.
            if is_up.wait_for(|is_up| !*is_up).await.is_err() {
                std::future::pending::<()>().await;
            }
        });
        Line { stream, cut: Cut::default(), closed }
    }
}

/// Resets a connection instead of letting anything more be written to it.
#[derive(Clone, Default)]
pub struct Cut(Arc<AtomicBool>);

impl Cut {
    /// Whatever is answered next is not sent.
    pub fn cut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_cut(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Connected<IncomingStream<'_, Door>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Cut {
        stream.io().cut.clone()
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.closed.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        if self.cut.is_cut() {
            // With nothing lingering the end of the connection is a reset.
            self.stream.set_zero_linger()?;
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        Poll::Ready(Ok(()))
    }
}
