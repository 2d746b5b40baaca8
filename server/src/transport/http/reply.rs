//! From answers to HTTP responses.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use protocol::frame::Reply;
use protocol::{ErrorCode, ProtocolError, RequestId, ServerFrame};
use serde_json::json;

use super::HttpRequestId;
use super::endpoints::Endpoint;

/// The error object with the fitting status; `Retry-After` where a time is known.
pub(crate) fn error(id: Option<&HttpRequestId>, error: &ProtocolError) -> Response {
    let id = id.map(|id| RequestId::Text(id.0.clone()));
    let frame = ServerFrame::error(id, error.clone());
    let status = StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(frame)).into_response();
    if let Some(ms) = error.retry_after_ms {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(ms.div_ceil(1_000)));
    }
    if status == StatusCode::UNAUTHORIZED && error.code != ErrorCode::InvalidCredentials {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answers of `service` to one request: none is `204`, one is itself; those of `sync` are a list however many they are.
pub(crate) fn answers(id: &HttpRequestId, endpoint: &Endpoint, answers: Vec<ServerFrame>) -> Response {
    let status = StatusCode::from_u16(endpoint.status).unwrap_or(StatusCode::OK);
    let mut bodies = Vec::with_capacity(answers.len());
    for answer in answers {
        match answer {
            ServerFrame::Reply { reply: Reply::Error(body), .. } => return error(Some(id), &body.into()),
            ServerFrame::Reply { reply, .. } => bodies.push(reply),
            ServerFrame::Event(_) => {}
        }
    }
    let mut response = match bodies.pop() {
        Some(last) if endpoint.reply == Some("ChangesList") => {
            bodies.push(last);
            (status, Json(json!({ "type": "changes_list", "changes": bodies }))).into_response()
        }
        Some(reply) => (status, Json(reply)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
