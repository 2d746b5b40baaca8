//! One HTTP port: REST under `/api/v1`, WebSocket at `/ws`, the web client at `/`, health.

pub(crate) mod endpoints;
mod files;
pub(crate) mod input;
mod reply;
mod rest;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Router};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use protocol::{ErrorCode, ProtocolError};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;

use super::listen::{Place, Security};
use super::stream::Stream;
use super::{Shared, ws};
use crate::domain::SERVER;
use crate::state::App;
use crate::store::settings;
use crate::{openapi, web};

/// Longest head of a request, in bytes.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// How long an answer of `/readyz` holds: it costs a durable write, and anyone may ask.
const READY_KEPT: Duration = Duration::from_secs(1);
/// Most header lines of a request.
const HEADERS_MAX: usize = 64;

/// Whose connection a request came on; set for each.
#[derive(Clone)]
pub(crate) struct From {
    /// The address at the other end.
    pub(crate) peer: SocketAddr,
    /// Kept as long as the connection lasts.
    pub(crate) _place: Arc<Place>,
}

/// The id under which a request is logged and answered.
#[derive(Debug, Clone)]
pub(crate) struct HttpRequestId(pub(crate) String);

/// Every route, with what holds for all of them.
pub(crate) fn router(shared: &Shared) -> Router {
    let app = shared.app.clone();
    let files_app = app.clone();
    let deadline = shared.limits.request_deadline;
    let rest = rest::router(app.clone()).merge(openapi::routes()).layer(middleware::from_fn(
        move |request: Request, next: Next| async move {
            let id = request.extensions().get::<HttpRequestId>().cloned();
            match tokio::time::timeout(deadline, next.run(request)).await {
                Ok(response) => response,
                Err(_) => reply::error(id.as_ref(), &busy("the answer takes too long")),
            }
        },
    ));
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready).with_state(Arc::new(Readiness { app, seen: Mutex::new(None) })))
        .route("/ws", get(websocket))
        .merge(rest)
        .merge(files::router(files_app))
        .fallback(fallback)
        .layer(CatchPanicLayer::custom(|_| reply::error(None, &ProtocolError::new(ErrorCode::Internal, "a bug"))))
        .layer(middleware::from_fn(dress))
}

/// The upgrade; what it needs of the server travels with the request, because the routes are made before the server is.
async fn websocket(
    Extension(shared): Extension<Arc<Shared>>,
    Extension(from): Extension<From>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    ws::upgrade(upgrade, shared, from, &headers)
}

/// Serves one connection to its end; a WebSocket's conversation ends with it.
pub(crate) async fn serve(
    stream: Stream,
    from: From,
    security: Security,
    shared: Arc<Shared>,
    stop: CancellationToken,
) {
    let router = match security {
        Security::Fine => shared.router.clone(),
        Security::MustUseTls => Router::new().fallback(to_https),
    };
    let (peer, head_deadline) = (from.peer, shared.limits.head_deadline);
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(from.clone());
        request.extensions_mut().insert(Arc::clone(&shared));
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_deadline)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "an HTTP connection broke");
    }
}

/// In the clear from another machine although there is a certificate.
async fn to_https(headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let plain = |h: &&str| {
        !h.is_empty() && h.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    };
    let Some(host) = host.filter(plain) else { return StatusCode::BAD_REQUEST.into_response() };
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    match HeaderValue::from_str(&format!("https://{host}{path}")) {
        Ok(location) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// What was last found, and when: whoever asks often gets the same answer for a while.
struct Readiness {
    app: App,
    seen: Mutex<Option<(Instant, bool)>>,
}

/// The database takes writes and answers reads.
async fn ready(State(readiness): State<Arc<Readiness>>) -> Response {
    let mut seen = readiness.seen.lock().await;
    let fresh = seen.filter(|(at, _)| at.elapsed() < READY_KEPT).map(|(_, ready)| ready);
    let ready = match fresh {
        Some(ready) => ready,
        None => is_ready(&readiness.app).await,
    };
    if fresh.is_none() {
        *seen = Some((Instant::now(), ready));
    }
    if ready { "ready\n".into_response() } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response() }
}

async fn is_ready(app: &App) -> bool {
    let wrote = app.write(SERVER, |cx| {
        let now = cx.now.0.to_string();
        Ok(settings::set(cx.tx, "ready_checked_ms", &now)?)
    });
    let read = app.read(SERVER, |cx| Ok(settings::get(cx.tx, "ready_checked_ms")?));
    wrote.await.is_ok() && matches!(read.await, Ok(Some(_)))
}

async fn fallback(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        let id = request.extensions().get::<HttpRequestId>();
        return reply::error(id, &ProtocolError::new(ErrorCode::NotFound, "no such endpoint"));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    web::serve(path, request.headers())
}

/// What every answer carries: the request's id and the headers that keep browsers safe. Logs what happened, not what was
/// said.
async fn dress(mut request: Request, next: Next) -> Response {
    let given = request.headers().get("x-request-id").and_then(|v| v.to_str().ok()).filter(|v| is_id(v));
    let id = given.map_or_else(|| uuid::Uuid::new_v4().simple().to_string(), str::to_owned);
    request.extensions_mut().insert(HttpRequestId(id.clone()));
    let method = request.method().clone();
    let route = request.uri().path().to_owned();
    let began = Instant::now();
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let ms = began.elapsed().as_millis();
    if route.starts_with("/api/") {
        tracing::info!(request_id = %id, %method, route = %shape(&route), status, ms, "request");
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    for (name, value) in SAFE_HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// A path without the ids in it, for the log.
fn shape(path: &str) -> String {
    let kept = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase() || b == b'.') || part == "v1";
    path.split('/').map(|part| if kept(part) { part } else { "…" }).collect::<Vec<_>>().join("/")
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn busy(message: &str) -> ProtocolError {
    ProtocolError { code: ErrorCode::Unavailable, message: message.to_owned(), retry_after_ms: Some(1_000) }
}

const SAFE_HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(self), display-capture=(self), geolocation=(), microphone=(self)"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];
