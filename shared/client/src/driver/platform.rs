//! What the driver asks of its host, and what the host tells it. No decisions are taken here.

use crypto::FileSeal;
use engine::{EngineError, Job, Picked, Progress, SeenLink};
use protocol::{ClientFrame, FileId, FileInfo, ServerFrame, Timestamp};
use sql::Store;
use view::{CommandEnvelope, Failure, Update, Way};

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
    /// Moves a file aside; answers [`Msg::Transfer`], in the end with `Ended`. An earlier job of the same file and way is over.
    fn transfer(&mut self, access: Access, job: Job);
    /// Stops a job. With `forget`, what is there of it goes too (see [`engine::Output::StopTransfer`]).
    fn stop_transfer(&mut self, access: Option<Access>, file_id: FileId, way: Way, forget: Option<String>);
    /// Stops all jobs.
    fn stop_transfers(&mut self);
    /// Looks behind a link aside; answers [`Msg::Looked`], with nothing where it cannot.
    fn look(&mut self, url: String);
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

/// What a request over HTTP needs.
#[derive(Clone)]
pub(crate) struct Access {
    /// Where the server is now.
    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "a page has one server, its own"))]
    pub(crate) endpoint: Endpoint,
    /// The session's token.
    pub(crate) token: String,
}

/// Where a file can be read.
pub(crate) struct Readable {
    /// From the server.
    pub(crate) access: Option<Access>,
    /// What opens what the server has; `None` for a file that is not sealed.
    pub(crate) seal: Option<FileSeal>,
    /// As it was kept when it was read before.
    pub(crate) kept: Option<Vec<u8>>,
    /// Where it was picked, in the platform's words.
    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "the page itself holds what was picked there"))]
    pub(crate) picked: Option<String>,
    /// Where it was saved.
    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "a page cannot open what the browser has saved"))]
    pub(crate) saved: Option<String>,
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) type OnAccess = Box<dyn FnOnce(Readable) + Send>;
#[cfg(target_arch = "wasm32")]
pub(crate) type OnAccess = Box<dyn FnOnce(Readable)>;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) type OnExport = Box<dyn FnOnce(Result<Vec<u8>, Failure>) + Send>;
#[cfg(target_arch = "wasm32")]
pub(crate) type OnExport = Box<dyn FnOnce(Result<Vec<u8>, Failure>)>;

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
    /// A small content was read: kept in the cache.
    Keep { file_id: FileId, bytes: Vec<u8> },
    /// The person chose files.
    Picked(Vec<Picked>),
    /// The person chose where a file shall go.
    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "a browser chooses that itself"))]
    Save { file: FileInfo, place: String },
    /// What became of a job.
    Transfer { file_id: FileId, way: Way, progress: Progress },
    /// A link was looked at.
    Looked { url: String, seen: Option<Box<SeenLink>> },
    /// Someone wants to read a file.
    Access { file_id: FileId, answer: OnAccess },
    /// The person takes all that can be read along.
    Export { answer: OnExport },
    /// The network changed, or the machine woke up.
    NetworkChanged,
}

/// How the app is set up.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub can_host: bool,
    pub device_name: String,
    pub here: Option<Here>,
    /// So long a message waits for what stands behind its link, in milliseconds.
    pub look_ms: u32,
}
