//! Live connections: who is here, and what each is still to be sent.

mod connection;

pub use connection::{Connection, Frame};

use crate::session::SessionId;

/// The hub; cheap to clone.
#[derive(Clone)]
pub struct Hub;

impl Hub {
    /// Closes the connections of a session: each gets a last `closing` frame.
    pub fn close_session(&self, _session: SessionId, _reason: protocol::frame::CloseReason) {}

    /// Closes every connection.
    pub fn close_all(&self, _reason: protocol::frame::CloseReason) {}

    /// How many connections are open.
    pub fn connected(&self) -> usize {
        0
    }
}
