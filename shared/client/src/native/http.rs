//! Requests over HTTP, on connections that are dialled and checked like the WebSocket's. Bodies stream: what a request or an
//! answer holds is never in memory as a whole. A connection on which nothing moves for a minute is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Method, Request, Response, header};
use hyper_util::rt::TokioIo;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use view::Failure;

use super::dial::dial_http;
use crate::driver::Access;
use crate::tus;

/// A request's body.
pub(super) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// Nothing moves for this long: the other end is gone.
pub(super) const STANDSTILL: Duration = Duration::from_secs(60);
/// A server may read a whole file once more before it answers: 4 GiB from a slow disk.
const SLOW_ANSWER: Duration = Duration::from_secs(600);

/// One connection, used for one request after the other.
pub(super) struct Http {
    sender: SendRequest<Body>,
    host: String,
    token: String,
    connection: AbortHandle,
}

impl Http {
    pub(super) async fn open(access: &Access) -> Result<Self, Failure> {
        let (wire, host) = dial_http(&access.endpoint).await?;
        let (sender, connection) = http1::handshake(TokioIo::new(wire)).await.map_err(|_| Failure::NotAServer)?;
        // Its errors are those of the requests on it.
        let connection = tokio::spawn(async move { drop(connection.await) }).abort_handle();
        Ok(Self { sender, host, token: access.token.clone(), connection })
    }

    /// Asks without a body.
    pub(super) async fn ask(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
    ) -> Result<Response<Incoming>, Failure> {
        let empty = Empty::new().map_err(|never| match never {}).boxed_unsync();
        let request = self.request(method, path, headers, empty)?;
        timeout(STANDSTILL, self.send(request)).await.unwrap_or(Err(Failure::TimedOut))
    }

    /// Asks with a body that counts in `moved` what was taken of it.
    pub(super) async fn bring(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Body,
        length: u64,
        moved: &Arc<AtomicU64>,
    ) -> Result<Response<Incoming>, Failure> {
        let mut request = self.request(method, path, headers, body)?;
        request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        let start = moved.load(Ordering::Relaxed);
        let mut answer = std::pin::pin!(self.send(request));
        loop {
            let before = moved.load(Ordering::Relaxed);
            let patience = if before - start >= length { SLOW_ANSWER } else { STANDSTILL };
            if let Ok(done) = timeout(patience, &mut answer).await {
                return done;
            }
            if moved.load(Ordering::Relaxed) == before {
                return Err(Failure::TimedOut);
            }
        }
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Body,
    ) -> Result<Request<Body>, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header("tus-resumable", "1.0.0");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        request.body(body).map_err(|_| Failure::Internal)
    }

    async fn send(&mut self, request: Request<Body>) -> Result<Response<Incoming>, Failure> {
        self.sender.ready().await.map_err(|_| Failure::Unreachable)?;
        self.sender.send_request(request).await.map_err(|_| Failure::Unreachable)
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// The answer, if it is a good one.
pub(super) async fn good(response: Response<Incoming>) -> Result<Response<Incoming>, Failure> {
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status().as_u16();
    let body = timeout(STANDSTILL, Limited::new(response.into_body(), tus::REFUSAL_BYTES_MAX).collect()).await;
    let body = body.ok().and_then(Result::ok).map(|all| all.to_bytes()).unwrap_or_default();
    Err(tus::refusal(status, &body))
}

/// The next piece of an answer's body.
pub(super) async fn next(body: &mut Incoming) -> Result<Option<Bytes>, Failure> {
    loop {
        match timeout(STANDSTILL, body.frame()).await {
            Err(_) => return Err(Failure::TimedOut),
            Ok(None) => return Ok(None),
            Ok(Some(Err(_))) => return Err(Failure::Unreachable),
            Ok(Some(Ok(frame))) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
        }
    }
}
