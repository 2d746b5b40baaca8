//! Asks the storage: signs, dials, sends, and knows good answers from others.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_util::io::StreamReader;

use super::answers::elements;
use super::sign::{Asked, EMPTY, Signer, encoded};
use super::{Bucket, BucketConfig};
use crate::tls::trusting_system;

const CONNECT_DEADLINE: Duration = Duration::from_secs(10);
/// An answer begins within this time after the request was sent whole, and never pauses longer.
const ANSWER_DEADLINE: Duration = Duration::from_secs(120);
/// Longest answer that is read as a whole: a page of a list.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What goes with a request.
pub(super) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// A request that is not signed yet.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    /// Of the object; empty for the bucket itself.
    pub(super) key: &'a str,
    /// Sorted.
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) range: Option<String>,
    /// SHA-256 of the body.
    pub(super) content: &'a str,
    pub(super) length: u64,
    pub(super) body: Body,
}

impl<'a> Ask<'a> {
    /// Without anything that would go with it.
    pub(super) fn of(method: Method, key: &'a str) -> Self {
        let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
        Self { method, key, query: Vec::new(), range: None, content: EMPTY, length: 0, body }
    }
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Bucket {
    /// Asks; what is refused becomes an error with the storage's own word for it.
    pub(super) async fn good(&self, ask: Ask<'_>) -> io::Result<Response<Incoming>> {
        let response = self.send(ask).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let kind = match status {
            StatusCode::NOT_FOUND => io::ErrorKind::NotFound,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => io::ErrorKind::PermissionDenied,
            _ => io::ErrorKind::Other,
        };
        let said = whole(response).await.unwrap_or_default();
        let code = elements(&said, "Code").next().unwrap_or_default().to_owned();
        Err(io::Error::new(kind, format!("the storage answers {status} {code}").trim_end().to_owned()))
    }

    async fn send(&self, ask: Ask<'_>) -> io::Result<Response<Incoming>> {
        let request = self.signed(ask)?;
        let wire = timeout(CONNECT_DEADLINE, self.dial()).await.map_err(|_| late())??;
        let (mut sender, connection) = http1::handshake(TokioIo::new(wire)).await.map_err(io::Error::other)?;
        // It ends with the answer's body.
        tokio::spawn(async move { drop(connection.await) });
        timeout(ANSWER_DEADLINE.max(patience(&request)), sender.send_request(request))
            .await
            .map_err(|_| late())?
            .map_err(io::Error::other)
    }

    fn signed(&self, ask: Ask<'_>) -> io::Result<Request<Body>> {
        let BucketConfig { endpoint, bucket, prefix: _, region, access_key, secret_key } = &self.config;
        let base = endpoint.path().trim_end_matches('/');
        let slash = if ask.key.is_empty() { "" } else { "/" };
        let path = format!("{base}/{}{slash}{}", encoded(bucket, false), encoded(ask.key, true));
        let pairs = ask.query.iter().map(|(name, value)| format!("{name}={}", encoded(value, false)));
        let query = pairs.collect::<Vec<_>>().join("&");
        let host = match (endpoint.host_str(), endpoint.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or_default().to_owned(),
        };
        let at = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let mut headers = vec![("host", host.as_str())];
        if let Some(range) = &ask.range {
            headers.push(("range", range.as_str()));
        }
        headers.extend([("x-amz-content-sha256", ask.content), ("x-amz-date", at.as_str())]);
        let signer = Signer { region, access_key, secret_key };
        let asked =
            Asked { method: ask.method.as_str(), path: &path, query: &query, headers: &headers, content: ask.content };
        let authorization = signer.authorization(&asked, &at);
        let target = if query.is_empty() { path } else { format!("{path}?{query}") };
        let mut request = Request::builder().method(ask.method).uri(target);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let request = request
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_LENGTH, ask.length)
            .header(header::CONNECTION, "close");
        request.body(ask.body).map_err(io::Error::other)
    }

    async fn dial(&self) -> io::Result<Box<dyn Wire>> {
        let endpoint = &self.config.endpoint;
        let none = || io::Error::other("the endpoint of the storage is no address");
        let host = endpoint.host_str().ok_or_else(none)?.trim_start_matches('[').trim_end_matches(']');
        let port = endpoint.port_or_known_default().ok_or_else(none)?;
        let tcp = TcpStream::connect((host, port)).await?;
        if endpoint.scheme() != "https" {
            return Ok(Box::new(tcp));
        }
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let config = trusting_system().ok_or_else(|| io::Error::other("the system has no authorities to trust"))?;
        Ok(Box::new(TlsConnector::from(config).connect(name, tcp).await?))
    }
}

/// The body of an answer as it comes; one that stops coming is an error, not an end.
pub(super) fn streamed(response: Response<Incoming>) -> impl AsyncRead + Send + Unpin {
    let chunks = stream::unfold(Some(response.into_body()), async |body| {
        let mut body = body?;
        match timeout(ANSWER_DEADLINE, body.frame()).await {
            Ok(Some(Ok(frame))) => Some((Ok(frame.into_data().unwrap_or_default()), Some(body))),
            Ok(Some(Err(error))) => Some((Err(io::Error::other(error)), None)),
            Ok(None) => None,
            Err(_) => Some((Err(late()), None)),
        }
    });
    StreamReader::new(Box::pin(chunks))
}

/// An answer as a whole.
///
/// # Errors
/// Longer than expected, late, broken off.
pub(super) async fn whole(response: Response<Incoming>) -> io::Result<String> {
    let read = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect();
    let read = timeout(ANSWER_DEADLINE, read).await.map_err(|_| late())?.map_err(io::Error::other)?;
    Ok(String::from_utf8_lossy(&read.to_bytes()).into_owned())
}

/// A large body takes long: a megabyte a second at least.
fn patience(request: &Request<Body>) -> Duration {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    Duration::from_secs(length.unwrap_or(0) >> 20)
}

fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the storage does not answer")
}
