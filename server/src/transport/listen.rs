//! Accepts sockets: bounded in number, TLS told by the first byte, each served by a task of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::stream::{Stream, TLS_HANDSHAKE_BYTE, first_byte, is_loopback, prepare};
use super::{Shared, http, tcp};

/// How long accepting pauses when the system has no more file descriptors.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(100);

/// Which protocol a port speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    /// HTTP with WebSocket.
    Http,
    /// Lines of JSON.
    Lines,
}

/// How a socket arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// Under TLS, or in the clear where that is allowed.
    Fine,
    /// In the clear from another machine although there is a certificate.
    MustUseTls,
}

/// What all listeners of a server share.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) shared: Arc<Shared>,
    pub(crate) tls: Option<Arc<rustls::ServerConfig>>,
    pub(crate) places: Arc<Semaphore>,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// One connection's place among those allowed; a stop waits for it. A WebSocket takes it along from HTTP.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    _task: TaskTrackerToken,
}

/// Accepts until told to stop.
pub(crate) async fn accept_loop(listener: TcpListener, port: Port, gate: Gate) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = gate.stop.cancelled() => return,
        };
        match accepted {
            Ok((socket, peer)) => admit(socket, peer, port, &gate),
            Err(e) if is_of_one_connection(&e) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                tokio::select! {
                    () = tokio::time::sleep(EXHAUSTED_PAUSE) => {}
                    () = gate.stop.cancelled() => return,
                }
            }
        }
    }
}

/// The peer went away before it was accepted; the listener itself is well.
fn is_of_one_connection(e: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(e.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

fn admit(socket: TcpStream, peer: SocketAddr, port: Port, gate: &Gate) {
    let Ok(place) = Arc::clone(&gate.places).try_acquire_owned() else {
        tracing::warn!("connection refused: there are as many as allowed");
        return;
    };
    let gate = gate.clone();
    let tasks = gate.tasks.clone();
    let place = Arc::new(Place { _permit: place, _task: tasks.token() });
    tasks.spawn(async move {
        // Boxed apart: the handshake's memory goes when it is done, idle connections stay small.
        let secured = Box::pin(secure(socket, peer, &gate)).await;
        match (secured, port) {
            (Ok((stream, security)), Port::Http) => {
                http::serve(stream, http::From { peer, _place: place }, security, gate.shared, gate.stop).await;
            }
            (Ok((stream, security)), Port::Lines) => {
                tcp::serve(stream, peer, security, gate.shared).await;
                drop(place);
            }
            (Err(error), _) => tracing::debug!(%peer, %error, "no connection"),
        }
    });
}

async fn secure(socket: TcpStream, peer: SocketAddr, gate: &Gate) -> io::Result<(Stream, Security)> {
    let limits = &gate.shared.limits;
    prepare(&socket, limits.heartbeat * 2)?;
    let Some(tls) = &gate.tls else { return Ok((Stream::Plain(socket), Security::Fine)) };
    let handshake = async {
        if first_byte(&socket).await? == TLS_HANDSHAKE_BYTE {
            let stream = TlsAcceptor::from(Arc::clone(tls)).accept(socket).await?;
            return Ok((Stream::Tls(Box::new(stream)), Security::Fine));
        }
        let security = if is_loopback(peer) { Security::Fine } else { Security::MustUseTls };
        Ok((Stream::Plain(socket), security))
    };
    tokio::select! {
        secured = tokio::time::timeout(limits.head_deadline, handshake) => {
            secured.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
        }
        () = gate.stop.cancelled() => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}
