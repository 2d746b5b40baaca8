//! From an endpoint to an open WebSocket: addresses in order, each given a short head start before the next is tried
//! beside it (as in RFC 8305), the first that speaks our protocol wins.

use std::net::SocketAddr;
use std::time::Duration;

use crypto::Pin;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
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

/// Bytes both ways.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// The head start of one address before the next (RFC 8305 recommends 250 ms).
const STAGGER: Duration = Duration::from_millis(250);
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);
const TCP_TIMEOUT: Duration = Duration::from_secs(5);
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Most addresses tried for one endpoint, after names were resolved.
const CANDIDATES_MAX: usize = 16;
/// A `changes` frame holds up to 200 rows with contents of up to 32 KiB, escaped.
const MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Dials.
///
/// # Errors
/// `Unreachable`, `TimedOut`, `WrongPin`, `Untrusted`, `NotAServer`, `BadAddress`; the most telling of all addresses.
pub(super) async fn dial(endpoint: &Endpoint) -> Result<Socket, Failure> {
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
            let tls = endpoint.tls;
            attempts.spawn(async move { attempt(&host, at, tls, pin).await });
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

async fn attempt(host: &str, at: SocketAddr, use_tls: bool, pin: Option<Pin>) -> Result<Socket, Failure> {
    let tcp = match timeout(TCP_TIMEOUT, TcpStream::connect(at)).await {
        Ok(Ok(tcp)) => tcp,
        Ok(Err(_)) => return Err(Failure::Unreachable),
        Err(_) => return Err(Failure::TimedOut),
    };
    // Without it small frames wait for the acknowledgement of the one before.
    tcp.set_nodelay(true).map_err(|_| Failure::Unreachable)?;
    timeout(HANDSHAKE_TIMEOUT, handshake(tcp, host, at, use_tls, pin)).await.unwrap_or(Err(Failure::TimedOut))
}

async fn handshake(
    tcp: TcpStream,
    host: &str,
    at: SocketAddr,
    use_tls: bool,
    pin: Option<Pin>,
) -> Result<Socket, Failure> {
    let wire: Box<dyn Wire> = if use_tls {
        let (config, verdict) = tls::client_config(pin).map_err(|error| {
            tracing::error!(%error, "no TLS settings");
            Failure::Untrusted
        })?;
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).unwrap_or(ServerName::IpAddress(at.ip().into()));
        match TlsConnector::from(config).connect(name, tcp).await {
            Ok(stream) => Box::new(stream),
            Err(_) => return Err(verdict.failure().unwrap_or(Failure::NotAServer)),
        }
    } else {
        Box::new(tcp)
    };
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
