//! WebSocket at `/ws`: one JSON frame in each text message.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::SinkExt as _;
use protocol::ErrorCode;
use protocol::frame::CloseReason;
use protocol::limits::COMMIT_FRAME_BYTES_MAX;

use super::Shared;
use super::conversation::{Conversation, Goodbye, Incoming, Wire};
use super::http::From;
use crate::hub::Frame;
use crate::session::Peer;

/// Messages up to this size are read whole and refused with words; larger ones end the connection.
const MESSAGE_BYTES_MAX: usize = COMMIT_FRAME_BYTES_MAX + 192 * 1024;
/// Allocated for each connection from its start: small, because most connections are idle.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Frames are gathered up to this size before a write; a flush writes what there is.
const WRITE_BUFFER_BYTES: usize = 64 * 1024;
/// How long a close waits for the peer's answer to it.
const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// Answers the upgrade; the conversation goes on in a task that the server waits for at its stop.
pub(crate) fn upgrade(request: WebSocketUpgrade, shared: Arc<Shared>, from: From, headers: &HeaderMap) -> Response {
    let client = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let peer = Peer { ip: Some(from.peer.ip().to_canonical()), client };
    request
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .on_upgrade(move |socket| async move {
            Conversation::new(shared, peer).run(Texts(socket)).await;
            drop(from);
        })
}

struct Texts(WebSocket);

impl Wire for Texts {
    type Bytes = Bytes;
    const ANSWERS_PROBES: bool = true;

    async fn recv(&mut self) -> Incoming<Bytes> {
        match self.0.recv().await {
            Some(Ok(Message::Text(text))) => Incoming::Frame(Bytes::from(text)),
            Some(Ok(Message::Binary(_))) => Incoming::Nonsense("text messages only"),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Incoming::Alive,
            Some(Ok(Message::Close(_))) | None => Incoming::Gone,
            Some(Err(error)) => broken(&error.to_string()),
        }
    }

    async fn send(&mut self, frames: &mut Vec<Frame>) -> io::Result<()> {
        for frame in frames.drain(..) {
            self.0.feed(Message::Text(frame)).await.map_err(io::Error::other)?;
        }
        self.0.flush().await.map_err(io::Error::other)
    }

    async fn probe(&mut self) -> io::Result<()> {
        self.0.send(Message::Ping(Bytes::new())).await.map_err(io::Error::other)
    }

    async fn close(&mut self, why: Goodbye) {
        let (code, reason) = match why {
            Goodbye::Silent => return,
            Goodbye::LoggedOut | Goodbye::Closing(CloseReason::SessionEnded) => (1000, "session ended"),
            Goodbye::Closing(CloseReason::Stopping) => (1001, "stopping"),
            Goodbye::Closing(CloseReason::SlowConsumer) => (1013, "too slow"),
            Goodbye::Closing(CloseReason::TokenExpired) => (1008, "token expired"),
            Goodbye::Closing(CloseReason::Other) | Goodbye::Policy => (1008, "policy"),
            Goodbye::TooLarge => (1009, "too large"),
        };
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        if self.0.send(Message::Close(Some(frame))).await.is_err() {
            return;
        }
        // Until the peer closes too: dropping the socket at once would reset it and lose what was said last.
        let answered = async { while let Some(Ok(_)) = self.0.recv().await {} };
        let _ = tokio::time::timeout(CLOSE_WAIT, answered).await;
    }
}

/// The library tells its errors as text only once they are boxed; two of them deserve an answer.
fn broken(error: &str) -> Incoming<Bytes> {
    if error.contains("too long") || error.contains("too big") {
        return Incoming::Broken(ErrorCode::FrameTooLarge, "a frame is at most 65536 bytes");
    }
    if error.to_ascii_lowercase().contains("utf-8") || error.contains("UTF8") {
        return Incoming::Broken(ErrorCode::MalformedFrame, "not UTF-8");
    }
    Incoming::Gone
}
