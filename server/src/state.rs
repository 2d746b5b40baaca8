//! What every connection of a running server shares.

use std::sync::Arc;

use protocol::{Timestamp, UserId};

use crate::auth::Auth;
use crate::domain::{Cx, Failure};
use crate::hub::Hub;

/// Tells the time; tests bring their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Who this server is, for its whole life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerIdentity {
    /// UUID.
    pub server_id: String,
    /// UUID; changes at every restore from a backup.
    pub incarnation: String,
    /// What people call it.
    pub name: String,
}

/// What an operator can set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What people call the server; kept from the first start when empty.
    pub name: String,
    /// Registering needs an invitation (the very first account does not).
    pub invitation_required: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { name: String::new(), invitation_required: false }
    }
}

/// The shared state; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// Behind [`App`].
pub struct Inner {
    /// The database.
    pub db: sql::Db,
    /// Live connections.
    pub hub: Hub,
    /// Who this server is.
    pub identity: ServerIdentity,
    /// The time.
    pub clock: Clock,
    /// Accounts' doors.
    pub auth: Auth,
    /// What the operator set.
    pub settings: Settings,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Brings the schema up to date, reads or makes the server's identity and `general`, starts the hub.
    /// Call it inside a tokio runtime.
    ///
    /// # Errors
    /// [`sql::Error`].
    pub async fn open(_db: sql::Db, _auth: Auth, _settings: Settings, _clock: Clock) -> Result<Self, sql::Error> {
        Err(sql::Error::Unavailable("not here yet".to_owned()))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Runs a domain function in a transaction for `actor`, returns when it is on disk; its events leave in commit order.
    ///
    /// # Errors
    /// What `work` returns; nothing has changed then.
    pub async fn write<T: Send + 'static>(
        &self,
        _actor: UserId,
        _work: impl FnOnce(&mut Cx<'_, '_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        Err(sql::Error::Unavailable("not here yet".to_owned()).into())
    }

    /// Runs a reading domain function on a snapshot for `actor`.
    ///
    /// # Errors
    /// What `work` returns.
    pub async fn read<T: Send + 'static>(
        &self,
        _actor: UserId,
        _work: impl FnOnce(&mut Cx<'_, '_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        Err(sql::Error::Unavailable("not here yet".to_owned()).into())
    }
}
