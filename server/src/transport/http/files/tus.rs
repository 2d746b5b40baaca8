//! The tus protocol, version 1.0.0: <https://tus.io/protocols/resumable-upload>.

use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use protocol::{ErrorCode, FileId, ProtocolError, Timestamp};

use super::{file_id, person, refused};
use crate::domain::Failure;
use crate::domain::files::{self as rows, NewFile};
use crate::files::{self, Checksum};
use crate::state::App;
use crate::store::files::FileRow;
use crate::transport::http::HttpRequestId;

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,expiration,termination,checksum";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
/// What an upload may bring bytes as.
const BODY_TYPE: &str = "application/offset+octet-stream";

pub(super) async fn options(State(app): State<App>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    set(&mut response, HeaderName::from_static("tus-version"), VERSION);
    set(&mut response, HeaderName::from_static("tus-extension"), EXTENSIONS);
    set(&mut response, HeaderName::from_static("tus-max-size"), &app.files.room().file.to_string());
    set(&mut response, HeaderName::from_static("tus-checksum-algorithm"), "sha1,sha256");
    dressed(response)
}

/// Begins an upload.
pub(super) async fn create(State(app): State<App>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    answered(&request_id(&request), async {
        let who = person(&app, &request).await?;
        checked_version(&request.headers)?;
        let new = announced(&request.headers)?;
        let room = app.files.room();
        let row = app.write(who, move |cx| rows::create(cx, new, room)).await.map_err(Failure::into_protocol)?;
        let row = if row.size == 0 { files::append(app.clone(), who, row.id, 0, None, nothing()).await? } else { row };
        let mut response = StatusCode::CREATED.into_response();
        set(&mut response, header::LOCATION, &format!("/api/v1/files/{}", row.id));
        Ok(standing(response, &row))
    })
    .await
}

/// Where an upload stands.
pub(super) async fn stand(State(app): State<App>, Path(id): Path<String>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    answered(&request_id(&request), async {
        let who = person(&app, &request).await?;
        checked_version(&request.headers)?;
        let id = file_id(&id)?;
        let row = to_its_end(async move { files::stand(&app, who, &id).await }).await?;
        let mut response = standing(StatusCode::OK.into_response(), &row);
        set(&mut response, LENGTH, &row.size.to_string());
        Ok(response)
    })
    .await
}

/// Brings bytes.
pub(super) async fn append(State(app): State<App>, Path(id): Path<String>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    answered(&request_id(&request), async {
        let who = person(&app, &request).await?;
        let headers = &request.headers;
        checked_version(headers)?;
        let id = file_id(&id)?;
        let from = number(headers, &OFFSET)?;
        let checksum = checksum(headers)?;
        if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != BODY_TYPE) {
            return Err(ProtocolError::field("Content-Type", "application/offset+octet-stream"));
        }
        let body = body.into_data_stream();
        let row = to_its_end(files::append(app, who, id, from, checksum, body)).await?;
        Ok(standing(StatusCode::NO_CONTENT.into_response(), &row))
    })
    .await
}

/// Ends an upload, or takes an unused file away.
pub(super) async fn remove(State(app): State<App>, Path(id): Path<String>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    answered(&request_id(&request), async {
        let who = person(&app, &request).await?;
        checked_version(&request.headers)?;
        let id = file_id(&id)?;
        to_its_end(async move { files::remove(&app, who, &id).await }).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    })
    .await
}

/// A method that something on the way does not let through, said in a header.
pub(super) async fn overridden(app: State<App>, id: Path<String>, request: Request) -> Response {
    let method = request.headers().get("x-http-method-override").and_then(|m| Method::from_bytes(m.as_bytes()).ok());
    match method {
        Some(Method::PATCH) => append(app, id, request).await,
        Some(Method::DELETE) => remove(app, id, request).await,
        Some(Method::HEAD) => stand(app, id, request).await,
        _ => {
            let error = ProtocolError::new(ErrorCode::NotFound, "no such method here");
            let (request, _) = request.into_parts();
            let mut response = refused(request_id(&request).as_ref(), &error);
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            response
        }
    }
}

/// Runs on when the connection that asked has gone: what came is kept and counted.
async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ProtocolError>> + Send + 'static,
) -> Result<T, ProtocolError> {
    tokio::spawn(work)
        .await
        .unwrap_or_else(|_| Err(ProtocolError::new(ErrorCode::Internal, "the server made a mistake")))
}

fn nothing() -> impl futures_util::Stream<Item = Result<bytes::Bytes, std::convert::Infallible>> + Send + Unpin {
    futures_util::stream::empty()
}

async fn answered(id: &Option<HttpRequestId>, work: impl Future<Output = Result<Response, ProtocolError>>) -> Response {
    let response = match work.await {
        Ok(response) => response,
        Err(error) => {
            let mut response = refused(id.as_ref(), &error);
            // Statuses that tus names and the error's code does not.
            if error.message.starts_with("Tus-Resumable") {
                *response.status_mut() = StatusCode::PRECONDITION_FAILED;
                set(&mut response, HeaderName::from_static("tus-version"), VERSION);
            } else if error.message.starts_with("Content-Type") {
                *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            }
            response
        }
    };
    dressed(response)
}

fn dressed(mut response: Response) -> Response {
    set(&mut response, RESUMABLE, VERSION);
    set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

fn standing(mut response: Response, row: &FileRow) -> Response {
    set(&mut response, OFFSET, &row.received.to_string());
    if let (None, Some(expires)) = (row.uploaded_at, row.expires_at) {
        set(&mut response, EXPIRES, &http_date(expires));
    }
    response
}

fn http_date(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn request_id(request: &Parts) -> Option<HttpRequestId> {
    request.extensions.get::<HttpRequestId>().cloned()
}

fn checked_version(headers: &HeaderMap) -> Result<(), ProtocolError> {
    match headers.get(RESUMABLE) {
        Some(version) if version == VERSION => Ok(()),
        _ => Err(ProtocolError::field("Tus-Resumable", "this server speaks 1.0.0")),
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, ProtocolError> {
    let number = headers.get(name).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<i64>().ok());
    number
        .and_then(|n| u64::try_from(n).ok())
        .ok_or_else(|| ProtocolError::field(name.as_str(), "not a number of bytes"))
}

fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, ProtocolError> {
    let Some(value) = headers.get("upload-checksum") else { return Ok(None) };
    let wrong = || ProtocolError::field("Upload-Checksum", "sha1 or sha256, a space, and base64");
    let (kind, sum) = value.to_str().ok().and_then(|v| v.split_once(' ')).ok_or_else(wrong)?;
    let sum = STANDARD.decode(sum).map_err(|_| wrong())?;
    match kind {
        "sha1" => Ok(Some(Checksum::Sha1(sum))),
        "sha256" => Ok(Some(Checksum::Sha256(sum))),
        _ => Err(wrong()),
    }
}

/// What the headers of a creation announce.
fn announced(headers: &HeaderMap) -> Result<NewFile, ProtocolError> {
    let wrong = || ProtocolError::field("Upload-Metadata", "pairs of a name and base64 of text");
    let metadata = headers.get("upload-metadata").map_or(Ok(""), |v| v.to_str().map_err(|_| wrong()))?;
    let mut new = NewFile {
        id: idempotency_key(headers)?,
        name: String::new(),
        size: number(headers, &LENGTH)?,
        encrypted: false,
        encryption_key_id: None,
    };
    for pair in metadata.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD.decode(value).ok().and_then(|v| String::from_utf8(v).ok()).ok_or_else(wrong)?;
        match name {
            "filename" => new.name = value,
            "encrypted" => new.encrypted = value != "false",
            "encryption_key_id" => new.encryption_key_id = Some(value),
            // What the file is, is seen in its content; other names are other clients' own.
            _ => {}
        }
    }
    if new.name.is_empty() {
        "file".clone_into(&mut new.name);
    }
    Ok(new)
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<FileId>, ProtocolError> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let uuid = key.to_str().ok().and_then(|key| uuid::Uuid::parse_str(key).ok());
    let id = uuid.and_then(|uuid| FileId::new(uuid.to_string()));
    id.map(Some).ok_or_else(|| ProtocolError::field("Idempotency-Key", "not a UUID"))
}
