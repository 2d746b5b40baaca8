//! Who is logged in on a connection. Reads no clock; performs no I/O.

use std::net::IpAddr;

use protocol::{Timestamp, UserId};

/// A log-in: lives as long as its refresh tokens; named in access tokens.
pub type SessionId = uuid::Uuid;

/// Whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// The person.
    pub user_id: UserId,
    /// The log-in.
    pub session_id: SessionId,
    /// When the access token ends.
    pub expires_at: Timestamp,
}

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Peer {
    /// The address, seen through trusted proxies.
    pub ip: Option<IpAddr>,
    /// Program and version, where it said so.
    pub client: String,
}

/// One connection's state, or one REST request's.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// Where from.
    pub peer: Peer,
    /// Who, once authenticated.
    pub who: Option<Who>,
}

impl Session {
    /// Nobody yet.
    pub fn new(peer: Peer) -> Self {
        Self { peer, who: None }
    }
}
