//! One connection's queue: bounded by bytes, emptied in one go.

use protocol::frame::CloseReason;

/// One encoded frame, shared by all who get it. `as_str()` through deref, `Message::Text(frame)` for a WebSocket.
pub type Frame = axum::extract::ws::Utf8Bytes;

/// A live connection's end of its queue; dropping it leaves.
pub struct Connection {}

impl Connection {
    /// Waits until something is queued, then moves all of it to `out`: write them with one flush.
    /// `Some(reason)`: these were the last, close. Cancel-safe.
    pub async fn recv_many(&mut self, _out: &mut Vec<Frame>) -> Option<CloseReason> {
        std::future::pending().await
    }

    /// The heartbeat: newest revisions of this person's scopes that moved lately.
    pub fn heartbeat(&self) -> Frame {
        Frame::from_static("{\"type\":\"heads\",\"heads\":[]}")
    }
}
