//! What the driver asks of its host, and what the host tells it. No decisions are taken here.

use engine::EngineError;
use protocol::{ClientFrame, ServerFrame, Timestamp};
use sql::Store;
use view::{CommandEnvelope, Failure, Update};

use super::{Entered, Entry};
use crate::config::{Endpoint, Here};

/// What the two hosts do differently.
pub(crate) trait Platform {
    /// This device's clock.
    fn now(&self) -> Timestamp;
    /// Milliseconds that only grow, from any start.
    fn monotonic_ms(&self) -> u64;
    /// Shows, in order.
    fn updates(&mut self, updates: Vec<Update>);
    /// Makes a connection: answers [`Msg::Opened`] or [`Msg::Closed`] with this number. Any earlier one is gone.
    fn connect(&mut self, conn: u64, endpoint: Endpoint);
    /// Queues a frame on the open connection.
    fn send(&mut self, frame: &ClientFrame);
    /// Closes the connection once what is queued has left; nothing of it is heard any more.
    fn disconnect(&mut self);
    /// Speaks with a server aside; answers [`Msg::Entered`] with this command's number.
    fn enter(&mut self, command: u32, endpoint: Endpoint, entry: Entry);
    /// Opens or makes the cache; `passphrase` when the person was asked for one.
    fn open_store(&mut self, passphrase: Option<&str>) -> Result<Store, OpenError>;
    /// Deletes the cache; it is closed.
    fn erase_store(&mut self);
}

/// Why the cache does not open.
#[derive(Debug, Clone)]
pub(crate) enum OpenError {
    /// A passphrase is needed; `new`: one is to be made.
    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "a browser keeps a key of its own"))]
    Locked { new: bool },
    /// It is not the right one.
    WrongPassphrase,
    /// From a newer version of the app.
    Newer,
    /// Anything else.
    Disk(String),
}

impl OpenError {
    /// What a person is told.
    pub(super) fn failure(&self) -> Failure {
        match self {
            OpenError::Locked { .. } | OpenError::WrongPassphrase => Failure::WrongPassphrase,
            OpenError::Newer => Failure::Version,
            OpenError::Disk(_) => Failure::Disk,
        }
    }
}

impl From<EngineError> for OpenError {
    fn from(e: EngineError) -> Self {
        match e {
            EngineError::Store(e) => e.into(),
            other => OpenError::Disk(other.to_string()),
        }
    }
}

impl From<sql::Error> for OpenError {
    fn from(e: sql::Error) -> Self {
        match e {
            sql::Error::WrongKey => OpenError::WrongPassphrase,
            sql::Error::Migration(_) => OpenError::Newer,
            other => OpenError::Disk(other.to_string()),
        }
    }
}

/// What comes to the driver.
pub(crate) enum Msg {
    /// From the person.
    Command(CommandEnvelope),
    /// From the shell.
    Here(Option<Here>),
    /// Connection `conn` is open.
    Opened { conn: u64 },
    /// A frame came on it.
    Frame { conn: u64, frame: Box<ServerFrame> },
    /// It is gone, or could not be made.
    Closed { conn: u64, reason: Option<Failure> },
    /// A conversation with a server ended.
    Entered { command: u32, endpoint: Endpoint, result: Result<Entered, Failure> },
    /// The network changed, or the machine woke up.
    NetworkChanged,
}

/// How the app is set up.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub can_host: bool,
    pub device_name: String,
    pub here: Option<Here>,
}
