//! From an endpoint to an open WebSocket: addresses in order, each given a short head start before the next is tried
//! beside it (as in RFC 8305), the first that speaks our protocol wins.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin as Pinned;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use crypto::Pin;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error as WsError;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use view::Failure;

use super::tls;
use crate::config::Endpoint;
use crate::driver::is_loopback;

/// An open WebSocket, over TLS or (on loopback) plain TCP.
pub(super) type Socket = WebSocketStream<Box<dyn Wire>>;

/// The TCP connection underneath, which counts what the system has taken from us: a connection is stuck when bytes wait
/// and this stands still, however slow the line is.
struct Counted {
    tcp: TcpStream,
    taken: Arc<AtomicU64>,
}

/// What dialling gives.
pub(super) struct Dialled {
    pub(super) socket: Socket,
    /// Bytes that the system has taken from us so far.
    pub(super) taken: Arc<AtomicU64>,
}

/// Bytes both ways.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// The head start of one address before the next (RFC 8305 recommends 250 ms).
const STAGGER: Duration = Duration::from_millis(250);
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);
const TCP_TIMEOUT: Duration = Duration::from_secs(5);
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// What the system may hold for us. It tells of room only when a third of this is free, so a large buffer makes a slow
/// line look like one that stands still: with the system's own choice of megabytes, 30 KB/s would.
const SEND_BUFFER_BYTES: u32 = 64 * 1024;
/// Most addresses tried for one endpoint, after names were resolved.
const CANDIDATES_MAX: usize = 16;
/// A `changes` frame holds up to 200 rows with contents of up to 32 KiB, escaped.
const MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Dials.
///
/// # Errors
/// `Unreachable`, `TimedOut`, `WrongPin`, `Untrusted`, `NotAServer`, `BadAddress`; the most telling of all addresses.
pub(super) async fn dial(endpoint: &Endpoint) -> Result<Dialled, Failure> {
    race(endpoint, attempt).await
}

/// Opens a connection for requests over HTTP, under the same rules; and the name to ask for.
///
/// # Errors
/// As [`dial`].
pub(super) async fn dial_http(endpoint: &Endpoint) -> Result<(Box<dyn Wire>, String), Failure> {
    race(endpoint, |host, at, tls, pin| async move {
        let (tcp, _) = connect(at).await?;
        let wire = timeout(HANDSHAKE_TIMEOUT, secured(tcp, &host, at, tls, pin)).await;
        wire.unwrap_or(Err(Failure::TimedOut)).map(|wire| (wire, format!("{host}:{}", at.port())))
    })
    .await
}

async fn race<T, F>(
    endpoint: &Endpoint,
    attempt: impl Fn(String, SocketAddr, bool, Option<Pin>) -> F,
) -> Result<T, Failure>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let pin = match &endpoint.pin {
        Some(text) => Some(Pin::parse(text).ok_or(Failure::BadAddress)?),
        None => None,
    };
    let candidates = resolve(endpoint).await?;
    let mut attempts = JoinSet::new();
    let mut worst = Failure::Unreachable;
    let mut waiting = candidates.into_iter();
    loop {
        if let Some((host, at)) = waiting.next() {
            attempts.spawn(attempt(host, at, endpoint.tls, pin));
        } else if attempts.is_empty() {
            return Err(worst);
        }
        let head_start = if waiting.len() > 0 { STAGGER } else { Duration::from_secs(60) };
        match timeout(head_start, attempts.join_next()).await {
            Ok(Some(Ok(Ok(socket)))) => return Ok(socket),
            Ok(Some(Ok(Err(failure)))) => worst = more_telling(worst, failure),
            Ok(Some(Err(_)) | None) | Err(_) => {}
        }
    }
}

async fn resolve(endpoint: &Endpoint) -> Result<Vec<(String, SocketAddr)>, Failure> {
    let mut found = Vec::new();
    for address in &endpoint.addresses {
        let Some((host, _)) = address.rsplit_once(':') else { return Err(Failure::BadAddress) };
        // The fallible part is only the name: an unknown one is as good as unreachable.
        let Ok(Ok(at)) = timeout(RESOLVE_TIMEOUT, tokio::net::lookup_host(address.as_str())).await else { continue };
        found.extend(at.map(|at| (host.to_owned(), at)));
    }
    if !endpoint.tls {
        if !endpoint.addresses.iter().all(|a| is_loopback(a)) {
            return Err(Failure::Untrusted);
        }
        // A name that only looks local may be resolved to anything.
        found.retain(|(_, at)| at.ip().is_loopback());
    }
    found.truncate(CANDIDATES_MAX);
    Ok(found)
}

/// Of two failures the one that says more about what is wrong.
fn more_telling(a: Failure, b: Failure) -> Failure {
    let weight = |f: &Failure| match f {
        Failure::WrongPin => 6,
        Failure::Untrusted => 5,
        Failure::Version => 4,
        Failure::Refused { .. } => 3,
        Failure::NotAServer => 2,
        Failure::TimedOut => 1,
        _ => 0,
    };
    if weight(&b) > weight(&a) { b } else { a }
}

async fn attempt(host: String, at: SocketAddr, use_tls: bool, pin: Option<Pin>) -> Result<Dialled, Failure> {
    let (counted, taken) = connect(at).await?;
    let socket = timeout(HANDSHAKE_TIMEOUT, handshake(counted, &host, at, use_tls, pin)).await;
    socket.unwrap_or(Err(Failure::TimedOut)).map(|socket| Dialled { socket, taken })
}

async fn connect(at: SocketAddr) -> Result<(Counted, Arc<AtomicU64>), Failure> {
    let socket = if at.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
    let socket = socket.map_err(|_| Failure::Unreachable)?;
    // A hint: where the system refuses, a standstill is only noticed later.
    let _ = socket.set_send_buffer_size(SEND_BUFFER_BYTES);
    let tcp = match timeout(TCP_TIMEOUT, socket.connect(at)).await {
        Ok(Ok(tcp)) => tcp,
        Ok(Err(_)) => return Err(Failure::Unreachable),
        Err(_) => return Err(Failure::TimedOut),
    };
    // Without it small frames wait for the acknowledgement of the one before.
    tcp.set_nodelay(true).map_err(|_| Failure::Unreachable)?;
    let taken = Arc::new(AtomicU64::new(0));
    Ok((Counted { tcp, taken: taken.clone() }, taken))
}

/// TLS where it is to be, with the other end checked.
async fn secured(
    tcp: Counted,
    host: &str,
    at: SocketAddr,
    use_tls: bool,
    pin: Option<Pin>,
) -> Result<Box<dyn Wire>, Failure> {
    if !use_tls {
        return Ok(Box::new(tcp));
    }
    let (config, verdict) = tls::client_config(pin).map_err(|error| {
        tracing::error!(%error, "no TLS settings");
        Failure::Untrusted
    })?;
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(bare).unwrap_or(ServerName::IpAddress(at.ip().into()));
    match TlsConnector::from(config).connect(name, tcp).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(_) => Err(verdict.failure().unwrap_or(Failure::NotAServer)),
    }
}

async fn handshake(
    tcp: Counted,
    host: &str,
    at: SocketAddr,
    use_tls: bool,
    pin: Option<Pin>,
) -> Result<Socket, Failure> {
    let wire = secured(tcp, host, at, use_tls, pin).await?;
    let scheme = if use_tls { "wss" } else { "ws" };
    let url = format!("{scheme}://{host}:{port}/ws", port = at.port());
    let config =
        WebSocketConfig::default().max_message_size(Some(MESSAGE_BYTES_MAX)).max_frame_size(Some(MESSAGE_BYTES_MAX));
    match tokio_tungstenite::client_async_with_config(url, wire, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(WsError::Http(response)) if response.status().as_u16() == 503 => {
            Err(Failure::Refused { code: protocol::ErrorCode::Unavailable })
        }
        Err(WsError::Http(response)) if response.status().as_u16() == 429 => {
            Err(Failure::Refused { code: protocol::ErrorCode::RateLimited })
        }
        Err(_) => Err(Failure::NotAServer),
    }
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pinned<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pinned::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pinned<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pinned::new(&mut self.tcp).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = &written {
            self.taken.fetch_add(*count as u64, Ordering::Relaxed);
        }
        written
    }

    fn poll_flush(mut self: Pinned<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pinned::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pinned<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pinned::new(&mut self.tcp).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_pin_outweighs_an_address_that_nobody_answers() {
        assert_eq!(more_telling(Failure::Unreachable, Failure::WrongPin), Failure::WrongPin);
        assert_eq!(more_telling(Failure::WrongPin, Failure::TimedOut), Failure::WrongPin);
        assert_eq!(more_telling(Failure::Unreachable, Failure::TimedOut), Failure::TimedOut);
    }
}
