//! A server without transports, and people who talk to it through `service` as a connection would.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use protocol::frame::{Changes, Event, Reply, Request, ScopeHave, Sync as SyncBody};
use protocol::{ClientFrame, ErrorCode, LocalId, ProtocolError, Scope, ServerFrame, Timestamp, UserId};
use server::auth::Auth;
use server::domain::users::{self, NewUser};
use server::domain::{Failure, SERVER};
use server::hub::{Connection, Frame};
use server::service;
use server::session::Who;
use server::state::{App, Settings};
use sql::{Db, DbConfig, DbUrl};

/// Longer than anything takes on a busy machine; reached only when a test fails.
const PATIENCE: Duration = Duration::from_secs(30);
/// 2026-01-01: where the tests' clocks start.
const START_MS: i64 = 1_767_225_600_000;

/// A server on a database of its own.
pub struct Team {
    pub app: App,
    clock: Arc<AtomicI64>,
    _folder: Option<tempfile::TempDir>,
}

/// Runs a test once per database.
pub fn each_db<F: Future<Output = ()>>(test: impl Fn(Team) -> F) {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime().block_on(async { test(Team::sqlite().await).await });
}

impl Team {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DbUrl::Sqlite(folder.path().join("server.db"));
        Self::open(url, Some(folder), Settings::default()).await
    }

    async fn open(url: DbUrl, folder: Option<tempfile::TempDir>, settings: Settings) -> Self {
        let db = Db::open(&DbConfig { url, readers: 2 }).unwrap();
        let clock = Arc::new(AtomicI64::new(START_MS));
        let ticking = clock.clone();
        let now = Arc::new(move || Timestamp(ticking.load(Ordering::SeqCst)));
        let app = App::open(db, Auth::for_tests(), settings, now).await.unwrap();
        Self { app, clock, _folder: folder }
    }

    pub fn advance(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }

    pub async fn register(&self, new: NewUser) -> Result<UserId, ProtocolError> {
        let made = self.app.write(SERVER, move |cx| users::create(cx, &new)).await;
        made.map(|user| user.id).map_err(Failure::into_protocol)
    }

    /// Registers and goes online.
    pub async fn person(&self, name: &str) -> Person {
        let id = self.register(NewUser { username: name.to_owned(), ..NewUser::default() }).await.unwrap();
        self.online(id).await
    }

    /// One more connection of someone.
    pub async fn online(&self, id: UserId) -> Person {
        let who =
            Who { user_id: id, session_id: uuid::Uuid::from_u128(fresh().into()), expires_at: Timestamp(i64::MAX) };
        let connection = service::attach(&self.app, who).await.unwrap();
        Person { id, who, app: self.app.clone(), connection, heard: Vec::new() }
    }
}

/// A number that no other call gives.
pub fn fresh() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// An id that no other call gives.
pub fn local_id() -> LocalId {
    LocalId::from_parts(fresh(), [7; 10])
}

/// Someone with a live connection.
pub struct Person {
    pub id: UserId,
    pub who: Who,
    pub app: App,
    pub connection: Connection,
    heard: Vec<Event>,
}

impl Person {
    /// Asks for something and hears all answers.
    pub async fn ask_all(&self, id: Option<LocalId>, request: Request) -> Vec<Result<Reply, ProtocolError>> {
        let frame = ClientFrame { request_id: None, local_id: id, request };
        let answers = service::dispatch(self.app.clone(), Some(self.who), frame).await;
        let reply = |frame| match frame {
            ServerFrame::Reply { reply: Reply::Error(body), .. } => Err(body.into()),
            ServerFrame::Reply { reply, .. } => Ok(reply),
            ServerFrame::Event(event) => panic!("an event as an answer: {event:?}"),
        };
        answers.into_iter().map(reply).collect()
    }

    /// Asks for something that has one answer.
    pub async fn ask_as(&self, id: Option<LocalId>, request: Request) -> Result<Reply, ProtocolError> {
        let mut answers = self.ask_all(id, request).await;
        assert_eq!(answers.len(), 1);
        answers.pop().unwrap()
    }

    pub async fn ask(&self, request: Request) -> Result<Reply, ProtocolError> {
        self.ask_as(Some(local_id()), request).await
    }

    pub async fn refused(&self, request: Request) -> ErrorCode {
        self.ask(request).await.unwrap_err().code
    }

    pub async fn sync(&self, scope: Scope, have: u64) -> Result<Changes, ProtocolError> {
        let asked = SyncBody { scopes: vec![ScopeHave { scope, have }] };
        match self.ask_as(None, Request::Sync(asked)).await? {
            Reply::Changes(changes) => Ok(changes),
            other => panic!("{other:?}"),
        }
    }

    /// Waits for the first event, heard already or not yet, that `pick` takes; the events before it stay.
    pub async fn hear<T>(&mut self, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        let mut looked = 0;
        loop {
            while let Some(event) = self.heard.get(looked) {
                if let Some(found) = pick(event) {
                    self.heard.remove(looked);
                    return found;
                }
                looked += 1;
            }
            let mut frames = Vec::new();
            let more = self.connection.recv_many(&mut frames);
            let closed = tokio::time::timeout(PATIENCE, more).await.expect("nothing more is heard");
            self.heard.extend(frames.iter().map(event));
            assert!(closed.is_none() || looked < self.heard.len(), "closed: {closed:?}");
        }
    }

    /// All that was heard so far, without waiting.
    pub fn heard_now(&mut self) -> Vec<Event> {
        let mut frames = Vec::new();
        self.connection.try_recv_many(&mut frames);
        self.heard.extend(frames.iter().map(event));
        std::mem::take(&mut self.heard)
    }
}

/// Reads a frame as a client does.
pub fn event(frame: &Frame) -> Event {
    match protocol::codec::decode_server(frame).unwrap() {
        ServerFrame::Event(event) => event,
        other => panic!("no event: {other:?}"),
    }
}
