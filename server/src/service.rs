//! From a frame to its answers: the same for WebSocket, TCP and REST.

use protocol::frame::Request;
use protocol::{ClientFrame, ErrorCode, ProtocolError, ServerFrame};

use crate::hub::Connection;
use crate::session::{Session, Who};
use crate::state::App;

/// The request changes the [`Session`]: finish what is under way on this connection, then call [`handle`].
/// Anything else may go through [`dispatch`], several at once.
pub fn changes_session(request: &Request) -> bool {
    matches!(
        request,
        Request::Hello(_)
            | Request::Register(_)
            | Request::Login(_)
            | Request::Auth(_)
            | Request::Refresh(_)
            | Request::Logout
    )
}

/// The request changes rows. Several may be under way at once on a connection: they take their places in the order in
/// which the futures of [`dispatch`] are first polled, and share a commit. Wait for them before anything that reads.
pub fn is_mutation(_request: &Request) -> bool {
    false
}

/// Answers any frame. `sync` gets one answer per scope, in the order asked; marks, typing and presence get none;
/// everything else gets one.
pub async fn handle(_app: &App, _session: &mut Session, frame: ClientFrame) -> Vec<ServerFrame> {
    vec![ServerFrame::error(frame.request_id, ProtocolError::new(ErrorCode::Unavailable, "not here yet"))]
}

/// Like [`handle`], for frames that do not change the session. Its place in the order is taken at the first poll.
pub async fn dispatch(_app: App, _who: Option<Who>, frame: ClientFrame) -> Vec<ServerFrame> {
    vec![ServerFrame::error(frame.request_id, ProtocolError::new(ErrorCode::Unavailable, "not here yet"))]
}

/// Makes an authenticated stream live: from here on it gets its person's events. One per stream, after `auth` succeeded.
///
/// # Errors
/// `unavailable`.
pub async fn attach(_app: &App, _who: Who) -> Result<Connection, ProtocolError> {
    Err(ProtocolError::new(ErrorCode::Unavailable, "not here yet"))
}
