//! The thread that owns the cache and the engine. It sleeps until something comes, a timer is due, or it is time to look
//! at the clock and the network.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use engine::Job;
use previews::Fetcher;
use protocol::{ClientFrame, FileId, Timestamp};
use sql::Store;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use view::{Update, Way};

use super::look;
use super::profile::Profile;
use super::socket::{self, Line};
use super::transfer::Transfers;
use crate::config::Endpoint;
use crate::driver::{Access, Core, Entry, Msg, OpenError, Platform, Setup};

/// What hosts give to be told of changes.
pub(super) type OnUpdates = Arc<dyn Fn(Vec<Update>) + Send + Sync>;

/// Most messages taken at once.
const BATCH_MAX: usize = 128;
/// How often the clock and the network are looked at when nothing happens.
const LOOK_AROUND: Duration = Duration::from_secs(10);

/// What the thread needs.
pub(super) struct Native {
    pub(super) profile: Profile,
    pub(super) runtime: Handle,
    pub(super) on_updates: OnUpdates,
    /// For what sockets tell.
    pub(super) tell: mpsc::Sender<Msg>,
    pub(super) line: Option<(u64, Line)>,
    pub(super) transfers: Transfers,
    /// `None` where links are not looked at.
    pub(super) looker: Option<Fetcher>,
    pub(super) started: Instant,
}

impl Platform for Native {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn updates(&mut self, updates: Vec<Update>) {
        (self.on_updates)(updates);
    }

    fn connect(&mut self, conn: u64, endpoint: Endpoint) {
        self.line = None;
        self.line = Some((conn, Line::open(&self.runtime, conn, endpoint, self.tell.clone(), socket::STANDSTILL)));
    }

    fn send(&mut self, frame: &ClientFrame) {
        let Some((conn, line)) = &self.line else { return };
        if !line.send(frame) {
            let (conn, tell) = (*conn, self.tell.clone());
            self.line = None;
            // From a task: this thread reads the other end and must never wait for it.
            self.runtime.spawn(async move { tell.send(Msg::Closed { conn, reason: None }).await });
        }
    }

    fn disconnect(&mut self) {
        self.line = None;
    }

    fn enter(&mut self, command: u32, endpoint: Endpoint, entry: Entry) {
        let tell = self.tell.clone();
        self.runtime.spawn(async move {
            let result = socket::enter(&endpoint, entry).await;
            tell.send(Msg::Entered { command, endpoint, result }).await
        });
    }

    fn transfer(&mut self, access: Access, job: Job) {
        self.transfers.start(&self.runtime, access, job, self.tell.clone());
    }

    fn stop_transfer(&mut self, access: Option<Access>, file_id: FileId, way: Way, forget: Option<String>) {
        self.transfers.stop(&self.runtime, access, file_id, way, forget);
    }

    fn stop_transfers(&mut self) {
        self.transfers.stop_all();
    }

    fn look(&mut self, url: String) {
        let (looker, tell) = (self.looker.clone(), self.tell.clone());
        self.runtime.spawn(async move {
            let seen = match looker {
                Some(looker) => look::behind(&looker, &url).await,
                None => None,
            };
            tell.send(Msg::Looked { url, seen }).await
        });
    }

    fn open_store(&mut self, passphrase: Option<&str>) -> Result<Store, OpenError> {
        self.profile.open_store(passphrase)
    }

    fn erase_store(&mut self) {
        self.profile.erase_store();
    }
}

/// Opens the core; the caller hears of it through `opened` before anything else happens.
pub(super) fn run(
    native: Native,
    setup: Setup,
    opened: &std::sync::mpsc::Sender<Result<(), OpenError>>,
    mut commands: mpsc::Receiver<Msg>,
    mut told: mpsc::Receiver<Msg>,
) {
    let runtime = native.runtime.clone();
    let mut core = match Core::open(native, setup) {
        Ok(core) => {
            let _ = opened.send(Ok(()));
            core
        }
        Err(e) => {
            let _ = opened.send(Err(e));
            return;
        }
    };
    let mut route = default_route();
    while let Some(mut batch) = runtime.block_on(next(&core, &mut commands, &mut told)) {
        while batch.len() < BATCH_MAX
            && let Ok(message) = commands.try_recv().or_else(|_| told.try_recv())
        {
            batch.push(message);
        }
        if batch.is_empty() {
            let now = default_route();
            if now != route && now.is_some() {
                tracing::info!("the network changed");
                batch.push(Msg::NetworkChanged);
            }
            route = now.or(route);
        }
        core.handle(batch);
        core.tick();
    }
}

/// The next message, alone; empty when it is time to look around or for a timer; `None` at the end.
async fn next(
    core: &Core<Native>,
    commands: &mut mpsc::Receiver<Msg>,
    told: &mut mpsc::Receiver<Msg>,
) -> Option<Vec<Msg>> {
    let wait = match core.next_deadline() {
        Some(at) => Duration::from_millis(at.saturating_sub(core.platform.monotonic_ms())).min(LOOK_AROUND),
        None => LOOK_AROUND,
    };
    tokio::select! {
        message = commands.recv() => message.map(|m| vec![m]),
        Some(message) = told.recv() => Some(vec![message]),
        () = tokio::time::sleep(wait) => Some(Vec::new()),
    }
}

/// The own address on the way to the outside; it changes with the network. Sends nothing: a UDP socket only looks up the
/// route when it is connected. The address is one reserved for documentation.
fn default_route() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect(SocketAddr::from(([192, 0, 2, 1], 9))).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
