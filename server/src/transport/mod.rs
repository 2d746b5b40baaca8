//! The ways in: REST and WebSocket on one port, lines of JSON on another. They extract, call `service`, reply.

pub(crate) mod conversation;
pub(crate) mod http;
pub(crate) mod listen;
pub(crate) mod stream;
pub(crate) mod tcp;
pub(crate) mod ws;

use tokio_util::sync::CancellationToken;

use crate::config::TransportLimits;
use crate::state::App;

/// What every connection may use.
pub(crate) struct Shared {
    /// The server's state.
    pub(crate) app: App,
    /// Bounds.
    pub(crate) limits: TransportLimits,
    /// Told when the server stops.
    pub(crate) stop: CancellationToken,
    /// The HTTP routes.
    pub(crate) router: axum::Router,
}
