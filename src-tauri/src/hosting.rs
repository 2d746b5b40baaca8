//! Host mode: the server inside the app, its announcement on the network, its invitations.
//! Knows how to start and stop; what the server does is the server's.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crypto::Pin;
use serde::{Deserialize, Serialize};
use server::config::{Registration, ServerConfig, TlsSource};
use server::{Running, Server, StartError};
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::Mutex;
use view::host::ConnectedPerson;
use view::update::ReplyBody;
use view::{Failure, HostCommand, HostState, HostUpdate, Update};

use crate::lan::{self, Announcement, Search};
use crate::shell::{DONE, Shell};
use crate::tray;

/// The port that is tried first when a team is hosted for the first time.
const PORT_FIRST: u16 = 8443;
/// The host's own first account may be made this long after the start, in seconds, and this often: a name may be taken.
const OWN_INVITATION_SECONDS: u32 = 24 * 3_600;
const OWN_INVITATION_USES: u32 = 1;
/// How often it is looked who is connected.
const CONNECTED_EVERY: Duration = Duration::from_secs(2);

/// What is kept of host mode between starts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    name: String,
    port: u16,
    tcp_port: u16,
    /// Host again at the next start: set by Start, cleared by Stop.
    resume: bool,
}

struct Hosted {
    running: Running,
    /// Held for its end.
    _announcement: Option<Announcement>,
    /// Ends the task that tells who is connected.
    watcher: tauri::async_runtime::JoinHandle<()>,
}

/// The server inside the app.
pub struct Hosting {
    folder: PathBuf,
    hosted: Mutex<Option<Hosted>>,
    search: std::sync::Mutex<Option<Search>>,
    clipboard: std::sync::Mutex<Option<arboard::Clipboard>>,
    running: AtomicBool,
}

impl Hosting {
    /// Nothing runs yet.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            hosted: Mutex::new(None),
            search: std::sync::Mutex::new(None),
            clipboard: std::sync::Mutex::new(None),
            running: AtomicBool::new(false),
        }
    }

    /// A team is hosted now.
    pub fn is_running(&self) -> bool {
        self.running.load(Ordering::Relaxed)
    }

    /// A team that was hosted when the app ended (or was killed) is hosted again.
    pub fn resume_in_background(&self, shell: &Arc<Shell>) {
        let kept = self.kept();
        if !kept.resume {
            return;
        }
        let shell = Arc::clone(shell);
        tauri::async_runtime::spawn(async move {
            if let Err(failure) = shell.hosting.start(&shell, kept.name, kept.port).await {
                tracing::warn!(?failure, "the team could not be hosted again");
            }
        });
    }

    /// Does what the person asks.
    pub async fn command(&self, shell: &Arc<Shell>, command: HostCommand) -> Result<ReplyBody, Failure> {
        match command {
            HostCommand::Start { name, port } => self.start(shell, name, port).await.map(|()| DONE),
            HostCommand::Stop => {
                self.stop(shell).await;
                Ok(DONE)
            }
            HostCommand::Status => {
                let state = self.state().await;
                tell(shell, state);
                Ok(DONE)
            }
            HostCommand::Invitation => self.invitation().await,
            HostCommand::Search => self.search(shell).await.map(|()| DONE),
            HostCommand::StopSearch => {
                drop(self.take_search());
                Ok(DONE)
            }
            HostCommand::OpenFolder => {
                let folder = self.folder.display().to_string();
                shell.handle.opener().open_path(folder, None::<&str>).map(|()| DONE).map_err(|_| Failure::NotHere)
            }
            HostCommand::CopyText { text } => self.copy(text).map(|()| DONE),
            // Answered before, while there is no client.
            HostCommand::AskKeyring | HostCommand::WithoutKeyring => Ok(DONE),
            // Answered by the shell, which has the teams and the lock.
            HostCommand::OpenTeam { .. }
            | HostCommand::AddTeam
            | HostCommand::SetLock { .. }
            | HostCommand::RemoveLock { .. }
            | HostCommand::LockAfter { .. }
            | HostCommand::LockNow
            | HostCommand::ForgetLock
            | HostCommand::Active => Ok(DONE),
        }
    }

    /// Stops without forgetting that the team was hosted: it comes back at the next start.
    pub async fn shut_down(&self) {
        drop(self.take_search());
        if let Some(hosted) = self.hosted.lock().await.take() {
            hosted.watcher.abort();
            hosted.running.stop().await;
        }
    }

    async fn start(&self, shell: &Arc<Shell>, name: String, port: u16) -> Result<(), Failure> {
        let mut hosted = self.hosted.lock().await;
        if hosted.is_some() {
            return Ok(());
        }
        tell(shell, HostState::Starting);
        match self.start_server(shell, name, port).await {
            Ok(started) => {
                let state = running_state(&started, &self.folder).await;
                *hosted = Some(started);
                drop(hosted);
                self.running.store(true, Ordering::Relaxed);
                tell(shell, state);
                tray::refresh(shell);
                Ok(())
            }
            Err(failure) => {
                tell(shell, HostState::Failed { failure });
                Err(failure)
            }
        }
    }

    async fn start_server(&self, shell: &Arc<Shell>, name: String, port: u16) -> Result<Hosted, Failure> {
        let mut kept = self.kept();
        if !name.trim().is_empty() {
            kept.name = name.trim().to_owned();
        }
        let wanted = if port == 0 { kept.port } else { port };
        // A port that the person or an earlier invitation names is kept or refused; only the first time any will do.
        let running = match wanted {
            0 => match self.run(&kept.name, PORT_FIRST, kept.tcp_port).await {
                Err(StartError::PortInUse(_)) => self.run(&kept.name, 0, 0).await,
                other => other,
            },
            wanted => match self.run(&kept.name, wanted, kept.tcp_port).await {
                Err(StartError::PortInUse(address)) if address.port() != wanted => {
                    self.run(&kept.name, wanted, 0).await
                }
                other => other,
            },
        }
        .map_err(failure)?;
        kept.port = running.http_addr.port();
        kept.tcp_port = running.tcp_addr.map_or(0, |address| address.port());
        kept.resume = true;
        self.keep(&kept)?;

        let announcement = Announcement::start(&kept.name, &running.fingerprint(), kept.port)
            .inspect_err(|error| tracing::warn!(%error, "the team cannot be announced on this network"))
            .ok();
        let here = self.here(&running).await;
        shell.set_here(Some(here));
        let watcher = watch_connected(shell);
        Ok(Hosted { running, _announcement: announcement, watcher })
    }

    async fn run(&self, name: &str, port: u16, tcp_port: u16) -> Result<Running, StartError> {
        let anywhere = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
        let config = ServerConfig {
            listen: anywhere(port),
            tcp: Some(anywhere(tcp_port)),
            name: name.to_owned(),
            registration: Registration::Invitation,
            tls: TlsSource::Own,
            ..ServerConfig::new(self.folder.clone())
        };
        Server::start(config).await
    }

    /// How this app reaches its own server: over loopback, with the pin, and with an invitation of its own.
    async fn here(&self, running: &Running) -> client::Here {
        let port = running.http_addr.port();
        let invitation = running.create_invitation(Some(OWN_INVITATION_SECONDS), Some(OWN_INVITATION_USES)).await;
        client::Here {
            name: running.identity.name.clone(),
            addresses: vec![lan::at_port(IpAddr::V4(Ipv4Addr::LOCALHOST), port)],
            pin: running.pin.map(Pin),
            tls: true,
            invitation: invitation.ok().and_then(|made| made.link.secret_text()),
            share_addresses: running.addresses(),
        }
    }

    async fn stop(&self, shell: &Arc<Shell>) {
        let taken = self.hosted.lock().await.take();
        self.running.store(false, Ordering::Relaxed);
        let kept = Kept { resume: false, ..self.kept() };
        if self.keep(&kept).is_err() {
            tracing::warn!("host mode cannot be remembered");
        }
        shell.set_here(None);
        if let Some(hosted) = taken {
            hosted.watcher.abort();
            hosted.running.stop().await;
        }
        tell(shell, self.stopped());
        tray::refresh(shell);
    }

    async fn state(&self) -> HostState {
        match &*self.hosted.lock().await {
            Some(hosted) => running_state(hosted, &self.folder).await,
            None => self.stopped(),
        }
    }

    fn stopped(&self) -> HostState {
        let kept = self.kept();
        HostState::Stopped { has_data: !kept.name.is_empty(), name: kept.name }
    }

    async fn invitation(&self) -> Result<ReplyBody, Failure> {
        let hosted = self.hosted.lock().await;
        let running = &hosted.as_ref().ok_or(Failure::Offline)?.running;
        let made =
            running.create_invitation(None, None).await.map_err(|error| Failure::Refused { code: error.code })?;
        Ok(ReplyBody::Invitation {
            link: made.link.to_string(),
            web: made.web,
            expires_at: made.expires_at,
            uses_max: made.uses_max,
            approval: false,
        })
    }

    async fn search(&self, shell: &Arc<Shell>) -> Result<(), Failure> {
        let own = self.hosted.lock().await.as_ref().map(|hosted| hosted.running.fingerprint());
        let to_page = Arc::clone(shell);
        let search = Search::start(own, move |teams| {
            to_page.tell(&Update::Host { host: HostUpdate::Found { teams } });
        })
        .map_err(|error| {
            tracing::warn!(%error, "this network allows no search");
            Failure::Unreachable
        })?;
        drop(self.take_search());
        *lock(&self.search) = Some(search);
        Ok(())
    }

    fn take_search(&self) -> Option<Search> {
        lock(&self.search).take()
    }

    /// The clipboard is kept: on X11 its content lives in the program that put it there.
    fn copy(&self, text: String) -> Result<(), Failure> {
        let mut clipboard = lock(&self.clipboard);
        if clipboard.is_none() {
            *clipboard = arboard::Clipboard::new().ok();
        }
        clipboard.as_mut().ok_or(Failure::NotHere)?.set_text(text).map_err(|_| Failure::NotHere)
    }

    fn kept(&self) -> Kept {
        let read = std::fs::read(self.folder.join("host.json"));
        read.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Written whole or not at all.
    fn keep(&self, kept: &Kept) -> Result<(), Failure> {
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&self.folder)?;
            let fresh = self.folder.join("host.json.new");
            std::fs::write(&fresh, serde_json::to_vec_pretty(kept)?)?;
            std::fs::rename(fresh, self.folder.join("host.json"))
        };
        write().map_err(|error| {
            tracing::warn!(%error, "host mode cannot be remembered");
            Failure::Disk
        })
    }
}

/// Tells who is connected whenever that changes.
fn watch_connected(shell: &Arc<Shell>) -> tauri::async_runtime::JoinHandle<()> {
    let shell = Arc::clone(shell);
    tauri::async_runtime::spawn(async move {
        let mut tick = tokio::time::interval(CONNECTED_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut last = None;
        loop {
            tick.tick().await;
            let state = shell.hosting.state().await;
            if last.as_ref() != Some(&state) {
                tell(&shell, state.clone());
                last = Some(state);
            }
        }
    })
}

async fn running_state(hosted: &Hosted, folder: &std::path::Path) -> HostState {
    let running = &hosted.running;
    let port = running.http_addr.port();
    let mut connected: Vec<ConnectedPerson> = running
        .connected_people()
        .await
        .into_iter()
        .map(|person| ConnectedPerson { name: person.name, connections: person.connections })
        .collect();
    connected.sort_by(|a, b| a.name.cmp(&b.name));
    HostState::Running {
        name: running.identity.name.clone(),
        addresses: running.addresses(),
        port,
        tcp_port: running.tcp_addr.map_or(0, |address| address.port()),
        folder: folder.display().to_string(),
        fingerprint: running.fingerprint(),
        connected,
        since: hosted.running.since,
    }
}

fn tell(shell: &Shell, state: HostState) {
    shell.tell(&Update::Host { host: HostUpdate::State { state } });
}

fn failure(error: StartError) -> Failure {
    tracing::warn!(%error, "the server did not start");
    match error {
        StartError::PortInUse(_) => Failure::PortInUse,
        StartError::Disk { .. } | StartError::Database(sql::Error::Disk(_)) => Failure::Disk,
        _ => Failure::Internal,
    }
}

fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
