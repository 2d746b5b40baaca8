//! Gives a file's content out, whole or a range of it.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use protocol::{ErrorCode, FileInfo, ProtocolError};
use tokio_util::io::ReaderStream;

use super::{file_id, person, refused};
use crate::domain::Failure;
use crate::domain::files as rows;
use crate::files::is_inert;
use crate::state::App;
use crate::transport::http::HttpRequestId;

/// So much of a content is in memory for each download.
const CHUNK_BYTES: usize = 64 * 1024;
/// Nothing in an answer runs, loads, or is framed, whatever a browser takes it for.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// What of a content is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Bytes { start: u64, end: u64 },
    Unsatisfiable,
}

pub(super) async fn content(State(app): State<App>, Path(id): Path<String>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    let request_id = request.extensions.get::<HttpRequestId>().cloned();
    match answer(&app, &id, &request).await {
        Ok(response) => response,
        Err(error) => refused(request_id.as_ref(), &error),
    }
}

async fn answer(app: &App, id: &str, request: &Parts) -> Result<Response, ProtocolError> {
    let who = person(app, request).await?;
    let id = file_id(id)?;
    let file = app.read(who, move |cx| rows::info(cx, &id)).await.map_err(Failure::into_protocol)?;
    let etag = format!("\"{}\"", file.hash);
    let headers = &request.headers;
    if lists(headers, &header::IF_NONE_MATCH, &etag) {
        return Ok(dressed(StatusCode::NOT_MODIFIED.into_response(), &file, &etag));
    }
    let (status, start, length) = match part(headers, &etag, file.size) {
        Part::Whole => (StatusCode::OK, 0, file.size),
        Part::Bytes { start, end } => (StatusCode::PARTIAL_CONTENT, start, end - start + 1),
        Part::Unsatisfiable => {
            let mut response = dressed(StatusCode::RANGE_NOT_SATISFIABLE.into_response(), &file, &etag);
            set(&mut response, header::CONTENT_RANGE, &format!("bytes */{}", file.size));
            return Ok(response);
        }
    };
    let body = if request.method == Method::HEAD {
        Body::empty()
    } else {
        let read = app.files.storage().read(&file.hash, start, length).await.map_err(|error| {
            tracing::error!(%error, "a content cannot be read");
            ProtocolError::new(ErrorCode::Unavailable, "the file cannot be read just now")
        })?;
        Body::from_stream(ReaderStream::with_capacity(read, CHUNK_BYTES))
    };
    let mut response = dressed((status, body).into_response(), &file, &etag);
    set(&mut response, header::CONTENT_LENGTH, &length.to_string());
    if status == StatusCode::PARTIAL_CONTENT {
        set(&mut response, header::CONTENT_RANGE, &format!("bytes {start}-{}/{}", start + length - 1, file.size));
    }
    Ok(response)
}

fn dressed(mut response: Response, file: &FileInfo, etag: &str) -> Response {
    let inert = !file.encrypted && is_inert(&file.mime_type);
    let kind = if inert { &file.mime_type } else { "application/octet-stream" };
    let way = if inert { "inline" } else { "attachment" };
    set(&mut response, header::CONTENT_TYPE, kind);
    set(&mut response, header::CONTENT_DISPOSITION, &format!("{way}; filename*=UTF-8''{}", escaped(&file.name)));
    set(&mut response, header::CONTENT_SECURITY_POLICY, POLICY);
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    set(&mut response, header::ETAG, etag);
    // The content of an id never changes, but who may read it does.
    set(&mut response, header::CACHE_CONTROL, "private, no-cache");
    response
}

/// One range is served; several, and what is no range at all, get the whole.
fn part(headers: &HeaderMap, etag: &str, size: u64) -> Part {
    let Some(range) = headers.get(header::RANGE).and_then(|v| v.to_str().ok()) else { return Part::Whole };
    if headers.contains_key(header::IF_RANGE) && !lists(headers, &header::IF_RANGE, etag) {
        return Part::Whole;
    }
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-')) else {
        return Part::Whole;
    };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(start), _) if start >= size => Part::Unsatisfiable,
        (Ok(start), Ok(end)) if end >= start => Part::Bytes { start, end: end.min(size - 1) },
        (Ok(start), _) if last.is_empty() => Part::Bytes { start, end: size - 1 },
        (_, Ok(0)) if first.is_empty() => Part::Unsatisfiable,
        (_, Ok(_)) if first.is_empty() && size == 0 => Part::Unsatisfiable,
        (_, Ok(length)) if first.is_empty() => Part::Bytes { start: size.saturating_sub(length), end: size - 1 },
        _ => Part::Whole,
    }
}

fn lists(headers: &HeaderMap, name: &HeaderName, etag: &str) -> bool {
    let value = headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.split(',').any(|tag| tag.trim() == etag)
}

/// Percent-encoded as RFC 8187 wants it.
fn escaped(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn asked(range: &str, size: u64) -> Part {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_str(range).unwrap());
        part(&headers, "\"e\"", size)
    }

    #[test]
    fn ranges_are_cut_at_the_end_of_the_file() {
        assert_eq!(asked("bytes=0-3", 10), Part::Bytes { start: 0, end: 3 });
        assert_eq!(asked("bytes=7-", 10), Part::Bytes { start: 7, end: 9 });
        assert_eq!(asked("bytes=7-99", 10), Part::Bytes { start: 7, end: 9 });
        assert_eq!(asked("bytes=-4", 10), Part::Bytes { start: 6, end: 9 });
        assert_eq!(asked("bytes=-40", 10), Part::Bytes { start: 0, end: 9 });
        for none in ["bytes=10-", "bytes=-0"] {
            assert_eq!(asked(none, 10), Part::Unsatisfiable, "{none}");
        }
        for whole in ["lines=1-2", "bytes=3-1", "bytes=0-1,4-5", "bytes=x-", "bytes=-"] {
            assert_eq!(asked(whole, 10), Part::Whole, "{whole}");
        }
        assert_eq!(asked("bytes=0-", 0), Part::Unsatisfiable);
        assert_eq!(asked("bytes=-5", 0), Part::Unsatisfiable);
    }
}
