//! REST: an endpoint extracts, calls `service`, replies.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest as _, RawPathParams, Request};
use axum::http::{Extensions, HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use axum::{RequestExt as _, Router};
use protocol::frame::{Auth, Reply, Request as Asked};
use protocol::{ChatId, ClientFrame, ErrorCode, ProtocolError, ServerFrame, Timestamp};
use serde::Deserialize;

use super::endpoints::{Access, Answer, Endpoint, all};
use super::input::{Input, local_id};
use super::{From, HttpRequestId, reply};
use crate::domain::{Failure, messages};
use crate::session::{Peer, Session};
use crate::state::App;
use crate::{auth, service, store};

/// All endpoints of the table, and a typed error for a wrong method.
pub(crate) fn router(app: App) -> Router {
    let mut router = Router::new();
    for endpoint in all() {
        let path = format!("/api/v1{}", endpoint.path);
        let most = DefaultBodyLimit::max(endpoint.body_max());
        let filter = MethodFilter::try_from(endpoint.method.clone()).unwrap_or(MethodFilter::GET);
        let endpoint = Arc::new(endpoint);
        let app = app.clone();
        router = router.route(&path, on(filter, move |request: Request| run(app, endpoint, request)).layer(most));
    }
    router.method_not_allowed_fallback(|request: Request| async move {
        let id = request.extensions().get::<HttpRequestId>();
        let error = ProtocolError::new(ErrorCode::NotFound, "no such method here");
        let mut response = reply::error(id, &error);
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response
    })
}

async fn run(app: App, endpoint: Arc<Endpoint>, request: Request) -> Response {
    let id = request.extensions().get::<HttpRequestId>().cloned().unwrap_or(HttpRequestId(String::new()));
    match answer(&app, &endpoint, request).await {
        Ok(answers) => reply::answers(&id, &endpoint, answers),
        Err(error) => reply::error(Some(&id), &error),
    }
}

async fn answer(app: &App, endpoint: &Endpoint, request: Request) -> Result<Vec<ServerFrame>, ProtocolError> {
    let mut session = Session::new(peer(request.headers(), request.extensions()));
    // Who asks comes first: a stranger's body is not even read.
    if endpoint.access == Access::Person {
        let token = bearer(request.headers())?;
        session.who = Some(auth::authenticate(app, &session.peer, Auth { token }).await?.who);
    }
    let key = request.headers().get("idempotency-key").map(|v| v.to_str().unwrap_or("?").to_owned());
    let input = gather(request, endpoint.body_max()).await?;
    let asked = match &endpoint.answer {
        Answer::Request(build) => build(&input)?,
        Answer::Me => return me(app, &session).await,
        Answer::History => return history(app, &session, &input).await,
    };
    let frame = ClientFrame { request_id: None, local_id: local_id(key.as_deref(), &input)?, request: asked };
    if service::changes_session(&frame.request) {
        return Ok(service::handle(app, &mut session, frame).await);
    }
    Ok(service::dispatch(app.clone(), session.who, frame).await)
}

async fn gather(mut request: Request, body_max: usize) -> Result<Input, ProtocolError> {
    let path: Vec<(String, String)> = match request.extract_parts::<RawPathParams>().await {
        Ok(path) => path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        Err(_) => return Err(ProtocolError::field("path", "not percent-encoded UTF-8")),
    };
    let query = request.uri().query().map(str::to_owned);
    let with_body = !matches!(*request.method(), Method::GET | Method::DELETE);
    let body = match Bytes::from_request(request, &()).await {
        Ok(body) => body,
        Err(BytesRejection::FailedToBufferBody(e)) if e.to_string().contains("length limit") => {
            return Err(ProtocolError::new(ErrorCode::FrameTooLarge, format!("a body is at most {body_max} bytes")));
        }
        Err(_) => return Err(ProtocolError::new(ErrorCode::MalformedFrame, "the body broke off")),
    };
    Input::gather(&path, query.as_deref(), with_body.then_some(&body), body_max)
}

pub(super) fn peer(headers: &HeaderMap, extensions: &Extensions) -> Peer {
    let ip = extensions.get::<From>().map(|from| from.peer.ip().to_canonical());
    let client = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Peer { ip, client: client.to_owned() }
}

pub(super) fn bearer(headers: &HeaderMap) -> Result<String, ProtocolError> {
    let missing = || ProtocolError::new(ErrorCode::Unauthenticated, "Authorization: Bearer TOKEN is missing");
    let value = headers.get(header::AUTHORIZATION).ok_or_else(missing)?.to_str().map_err(|_| missing())?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim().to_owned()),
        _ => Err(missing()),
    }
}

async fn me(app: &App, session: &Session) -> Result<Vec<ServerFrame>, ProtocolError> {
    let who = session.who.ok_or_else(|| ProtocolError::new(ErrorCode::Unauthenticated, "not logged in"))?;
    let user = app
        .read(who.user_id, move |cx| Ok(store::users::get(cx.tx, who.user_id)?))
        .await
        .map_err(Failure::into_protocol)?
        .ok_or_else(|| ProtocolError::new(ErrorCode::NotFound, "this account is gone"))?;
    Ok(vec![ServerFrame::reply(None, Reply::Profile { user })])
}

/// The given way of paging, beside the protocol's own.
#[derive(Deserialize)]
struct ByTime {
    chat_id: ChatId,
    page: Option<u32>,
    limit: Option<u32>,
    before_timestamp: Option<Timestamp>,
}

async fn history(app: &App, session: &Session, input: &Input) -> Result<Vec<ServerFrame>, ProtocolError> {
    let by_time: ByTime = input.parse()?;
    if by_time.page.is_none() && by_time.before_timestamp.is_none() {
        let frame = ClientFrame { request_id: None, local_id: None, request: Asked::History(input.parse()?) };
        return Ok(service::dispatch(app.clone(), session.who, frame).await);
    }
    let who = session.who.ok_or_else(|| ProtocolError::new(ErrorCode::Unauthenticated, "not logged in"))?;
    let page = app
        .read(who.user_id, move |cx| {
            messages::by_time(cx, &by_time.chat_id, by_time.page, by_time.limit, by_time.before_timestamp)
        })
        .await
        .map_err(Failure::into_protocol)?;
    Ok(vec![ServerFrame::reply(None, Reply::HistoryPage(page))])
}
