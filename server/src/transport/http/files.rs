//! Files over HTTP: uploads by tus 1.0 (creation, expiration, termination, checksum), downloads by ranges.
//!
//! Nothing that people upload may run in a browser: the kind is the one that the server saw, only inert ones are shown in
//! place, and every answer is sandboxed.

mod download;
mod tus;

use axum::Router;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{MethodFilter, get, on, post};
use protocol::frame::Auth;
use protocol::{ErrorCode, FileId, ProtocolError, UserId};

use super::rest::{bearer, peer};
use super::{HttpRequestId, reply};
use crate::auth;
use crate::state::App;

/// The routes. They have no deadline for the whole answer: what is large takes long.
pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/api/v1/files", on(MethodFilter::OPTIONS, tus::options).post(tus::create))
        .route(
            "/api/v1/files/{file_id}",
            post(tus::overridden).on(MethodFilter::HEAD, tus::stand).patch(tus::append).delete(tus::remove),
        )
        .route("/api/v1/files/{file_id}/content", get(download::content))
        .with_state(app)
}

async fn person(app: &App, request: &Parts) -> Result<UserId, ProtocolError> {
    let token = bearer(&request.headers)?;
    Ok(auth::authenticate(app, &peer(&request.headers, &request.extensions), Auth { token }).await?.who.user_id)
}

fn file_id(text: &str) -> Result<FileId, ProtocolError> {
    FileId::new(text).ok_or_else(|| ProtocolError::new(ErrorCode::NotFound, "no such file"))
}

fn refused(id: Option<&HttpRequestId>, error: &ProtocolError) -> Response {
    reply::error(id, error)
}
