//! Accounts' doors: register, log in, authenticate a connection, refresh, log out.

use protocol::frame::{self, AuthSuccess};
use protocol::{ErrorCode, LocalId, ProtocolError};

use crate::session::{Peer, Who};
use crate::state::App;

/// The tables of this module: a migration of its own.
pub const SCHEMA: &str = "";

/// What the doors need: keys, limits.
pub struct Auth;

/// Someone came in.
#[derive(Debug, Clone)]
pub struct Granted {
    /// Who.
    pub who: Who,
    /// What to answer.
    pub success: AuthSuccess,
}

fn later() -> ProtocolError {
    ProtocolError::new(ErrorCode::Unavailable, "not here yet")
}

/// Makes an account (`domain::users::create`) and logs in.
///
/// # Errors
/// `username_taken`, `invalid_field`, `invitation_*`.
pub async fn register(
    _app: &App,
    _peer: &Peer,
    _local_id: Option<LocalId>,
    _body: frame::Register,
) -> Result<Granted, ProtocolError> {
    Err(later())
}

/// Logs in.
///
/// # Errors
/// `invalid_credentials`, `rate_limited`.
pub async fn login(
    _app: &App,
    _peer: &Peer,
    _local_id: Option<LocalId>,
    _body: frame::Login,
) -> Result<Granted, ProtocolError> {
    Err(later())
}

/// Checks an access token.
///
/// # Errors
/// `token_expired`, `token_invalid`.
pub async fn authenticate(_app: &App, _peer: &Peer, _body: frame::Auth) -> Result<Granted, ProtocolError> {
    Err(later())
}

/// Trades a refresh token for new tokens.
///
/// # Errors
/// `token_invalid`, `token_expired`, `token_reused`.
pub async fn refresh(
    _app: &App,
    _peer: &Peer,
    _local_id: Option<LocalId>,
    _body: frame::Refresh,
) -> Result<Granted, ProtocolError> {
    Err(later())
}

/// Ends a session; closes its connections through [`crate::hub::Hub::close_session`].
///
/// # Errors
/// `unavailable`.
pub async fn logout(_app: &App, _who: Who) -> Result<(), ProtocolError> {
    Err(later())
}
