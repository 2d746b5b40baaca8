//! Starts a server, tells about it while it runs, stops it.

use std::fs::{File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::Pin;
use protocol::frame::{CloseReason, CreateInvitation};
use protocol::{InvitationLink, ProtocolError, Timestamp};
use sql::{Db, DbConfig, DbUrl};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Auth;
use crate::config::{Registration, ServerConfig, TlsSource};
use crate::domain::{Failure, SERVER, invitations};
use crate::files::FilesConfig;
use crate::state::{App, Clock, ServerIdentity, Settings};
use crate::store;
use crate::tls::{self, Certificate, TlsError};
use crate::transport::listen::{Gate, Port, accept_loop};
use crate::transport::{Shared, http};

/// Most addresses of this machine that a link names.
const LINK_ADDRESSES_MAX: usize = 4;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there.
    #[error("{0} is in use by another program")]
    PortInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Another server uses the data folder.
    #[error("another server uses {0}")]
    FolderInUse(PathBuf),
    /// The data folder cannot be made or written.
    #[error("{path}: {source}")]
    Disk {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The storage of files does not open.
    #[error("file storage: {0}")]
    Storage(io::Error),
    /// The database does not open.
    #[error("database: {0}")]
    Database(#[from] sql::Error),
    /// The settings ask for what cannot be, such as a name that is none.
    #[error(transparent)]
    Settings(ProtocolError),
    /// The certificate does not work.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl StartError {
    /// Stable, for programs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            StartError::PortInUse(_) => "port_in_use",
            StartError::Listen { .. } => "cannot_listen",
            StartError::FolderInUse(_) => "folder_in_use",
            StartError::Disk { .. } => "disk",
            StartError::Storage(_) => "storage",
            StartError::Database(sql::Error::Disk(_)) => "disk",
            StartError::Database(_) => "database",
            StartError::Settings(_) => "settings",
            StartError::Tls(_) => "certificate",
        }
    }
}

impl From<Failure> for StartError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) => StartError::Settings(error),
            Failure::Sql(error) => StartError::Database(error),
        }
    }
}

/// The server, not started.
pub struct Server;

/// A server that runs. Dropping it stops it without grace; see [`Running::stop`].
pub struct Running {
    /// Where HTTP and WebSocket listen.
    pub http_addr: SocketAddr,
    /// Where raw TCP listens.
    pub tcp_addr: Option<SocketAddr>,
    /// Who this server is.
    pub identity: ServerIdentity,
    /// SHA-256 of the certificate's public key, with TLS.
    pub pin: Option<[u8; 32]>,
    /// Since when.
    pub since: Timestamp,
    app: App,
    config: ServerConfig,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// Held as long as the server runs.
    _folder: File,
}

/// Someone connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectedPerson {
    /// By name.
    pub name: String,
    /// How many connections.
    pub connections: u32,
}

/// A fresh invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshInvitation {
    /// For ending it.
    pub id: String,
    /// For the app: `hybrid://join/…`.
    pub link: InvitationLink,
    /// For a browser: `https://HOST:PORT/#join=…`.
    pub web: String,
    /// How many people it lets in.
    pub uses_max: u32,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Server {
    /// Opens data and sockets; when this returns, clients are served.
    ///
    /// # Errors
    /// [`StartError`]; nothing runs then.
    pub async fn start(config: ServerConfig) -> Result<Running, StartError> {
        Self::start_with_clock(config, system_clock()).await
    }

    /// Like [`Self::start`], with another clock for tests.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start_with_clock(config: ServerConfig, clock: Clock) -> Result<Running, StartError> {
        // The one TLS provider of the process; the desktop may have installed it already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = lock_folder(&config.data_dir)?;
        let certificate = certificate(&config)?;
        let http = bind(config.listen).await?;
        let lines = match config.tcp {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let app = open(&config, lasting_pin(&config, certificate.as_ref()), clock).await?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let mut shared =
            Shared { app: app.clone(), limits: config.limits.clone(), stop: stop.clone(), router: axum::Router::new() };
        shared.router = http::router(&shared);
        let gate = Gate {
            shared: Arc::new(shared),
            tls: certificate.as_ref().map(Certificate::server_config).transpose()?,
            places: Arc::new(Semaphore::new(config.limits.connections_max)),
            stop: stop.clone(),
            tasks: tasks.clone(),
        };
        let running = Running {
            http_addr: local(&http)?,
            tcp_addr: lines.as_ref().map(local).transpose()?,
            identity: app.identity.clone(),
            pin: certificate.as_ref().map(|c| c.spki_sha256),
            since: app.now(),
            app,
            config,
            stop,
            tasks: tasks.clone(),
            _folder: folder,
        };
        tasks.spawn(accept_loop(http, Port::Http, gate.clone()));
        if let Some(lines) = lines {
            tasks.spawn(accept_loop(lines, Port::Lines, gate));
        }
        tracing::info!(http = %running.http_addr, tcp = running.tcp_addr.map(tracing::field::display), tls = running.pin.is_some(), "the server runs");
        Ok(running)
    }
}

impl Running {
    /// The pin in groups, for comparing by eye; empty without TLS.
    pub fn fingerprint(&self) -> String {
        self.pin.as_ref().map(tls::fingerprint).unwrap_or_default()
    }

    /// The server's state, for programs that embed it.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Under which addresses others reach the HTTP port, likeliest first, `host:port` each.
    pub fn addresses(&self) -> Vec<String> {
        let port = self.http_addr.port();
        if let Some(advertised) = &self.config.advertised {
            let named = advertised.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            return vec![if named { advertised.clone() } else { format!("{advertised}:{port}") }];
        }
        let ip = self.http_addr.ip();
        if !ip.is_unspecified() {
            return vec![SocketAddr::new(ip, port).to_string()];
        }
        let mut addresses: Vec<String> = tls::local_addresses()
            .into_iter()
            .filter(|local| ip.is_ipv6() || local.is_ipv4())
            .map(|local| SocketAddr::new(local, port).to_string())
            .take(LINK_ADDRESSES_MAX)
            .collect();
        if addresses.is_empty() {
            addresses.push(format!("127.0.0.1:{port}"));
        }
        addresses
    }

    /// Who is connected, by name.
    pub async fn connected_people(&self) -> Vec<ConnectedPerson> {
        connected_people(&self.app).await
    }

    /// Makes an invitation of the server itself; absent bounds are the protocol's.
    ///
    /// # Errors
    /// `invalid_field`, `unavailable`.
    pub async fn create_invitation(
        &self,
        expires_in: Option<u32>,
        uses_max: Option<u32>,
    ) -> Result<FreshInvitation, ProtocolError> {
        let body = CreateInvitation { chat_id: None, expires_in, uses_max, approval: false };
        let made = self
            .app
            .write(SERVER, move |cx| invitations::create(cx, None, &body))
            .await
            .map_err(Failure::into_protocol)?;
        let secret = URL_SAFE_NO_PAD.decode(&made.secret).ok().and_then(|s| s.try_into().ok());
        let pin = self.pin.filter(|_| self.config.tls == TlsSource::Own);
        let addresses = self.addresses();
        let scheme = if self.pin.is_some() { "https" } else { "http" };
        let web = format!("{scheme}://{}/#join={}", addresses[0], made.secret);
        let link = InvitationLink { addresses, pin, secret, name: self.identity.name.clone() };
        Ok(FreshInvitation { id: made.invitation_id, link, web, expires_at: made.expires_at, uses_max: made.uses_max })
    }

    /// Stops with grace: no new connections, each stream is told, what is under way is finished within
    /// `limits.stop_deadline`, and everything acknowledged is on disk.
    pub async fn stop(self) {
        self.stop.cancel();
        self.app.hub.close_all(CloseReason::Stopping);
        self.tasks.close();
        if tokio::time::timeout(self.config.limits.stop_deadline, self.tasks.wait()).await.is_err() {
            tracing::warn!(left = self.tasks.len(), "connections that did not end in time are cut");
        }
        if let Err(error) = self.app.flush().await {
            tracing::warn!(%error, "the last marks were not written");
        }
        tracing::info!("the server stopped");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
        self.app.hub.close_all(CloseReason::Stopping);
    }
}

async fn connected_people(app: &App) -> Vec<ConnectedPerson> {
    let connected = app.hub.people_here();
    let named = app
        .read(SERVER, move |cx| {
            connected
                .into_iter()
                .map(|(id, connections)| {
                    let user = store::users::get(cx.tx, id)?;
                    let name = user.map(|u| if u.display_name.is_empty() { u.username } else { u.display_name });
                    Ok(ConnectedPerson { name: name.unwrap_or_default(), connections })
                })
                .collect()
        })
        .await;
    let mut named: Vec<ConnectedPerson> = named.unwrap_or_default();
    named.sort_by(|a, b| a.name.cmp(&b.name));
    named
}

fn system_clock() -> Clock {
    Arc::new(|| Timestamp(jiff::Timestamp::now().as_millisecond()))
}

/// Only a certificate of our own is pinned by invitations: a bought one changes its key at each renewal.
fn lasting_pin(config: &ServerConfig, certificate: Option<&Certificate>) -> Option<Pin> {
    certificate.filter(|_| config.tls == TlsSource::Own).map(|certificate| Pin(certificate.spki_sha256))
}

async fn open(config: &ServerConfig, pin: Option<Pin>, clock: Clock) -> Result<App, StartError> {
    let url = match &config.database_url {
        Some(url) => DbUrl::Postgres(url.clone()),
        None => DbUrl::Sqlite(private_file(config.data_dir.join("server.db"))?),
    };
    let readers = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    let opening = DbConfig { url, readers };
    let db = tokio::task::spawn_blocking(move || Db::open(&opening))
        .await
        .map_err(|e| sql::Error::Unavailable(e.to_string()))??;
    match &config.scanner {
        Some(scanner) => tracing::info!(%scanner, "files are shown to the virus scanner"),
        None => tracing::info!("no virus scanner is set up: files pass unseen"),
    }
    let settings = Settings {
        name: config.name.clone(),
        invitation_required: config.registration == Registration::Invitation,
        pin: pin.map(|pin| pin.to_string()),
        files: FilesConfig {
            folder: config.data_dir.join("files"),
            room: config.files_room,
            bucket: config.bucket.clone(),
            scanner: config.scanner.clone(),
        },
        previews: config.previews.clone(),
    };
    let app = App::open(db, Auth::new(config.password_cost), settings, clock).await?;
    app.files.storage().check().await.map_err(StartError::Storage)?;
    Ok(app)
}

fn certificate(config: &ServerConfig) -> Result<Option<Certificate>, TlsError> {
    match &config.tls {
        TlsSource::None => Ok(None),
        TlsSource::Own => tls::ensure_certificate(&config.data_dir).map(Some),
        TlsSource::Files { certificate, key } => tls::read_certificate(certificate, key).map(Some),
    }
}

/// Makes the folder for its owner alone and makes sure that no other server uses it.
fn lock_folder(path: &Path) -> Result<File, StartError> {
    let failed = |source| StartError::Disk { path: path.to_owned(), source };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path).map_err(failed)?;
    let file =
        File::options().create(true).truncate(false).write(true).open(path.join("server.lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::FolderInUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Makes the database's file readable for its owner alone before SQLite would make it for all; it holds password hashes and
/// the secret that signs tokens. SQLite gives its side files the same rights.
fn private_file(path: PathBuf) -> Result<PathBuf, StartError> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.open(&path) {
        Ok(_) => Ok(path),
        Err(source) => Err(StartError::Disk { path, source }),
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortInUse(address),
        _ => StartError::Listen { address, source },
    })
}

fn local(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|source| StartError::Listen { address: SocketAddr::from(([0, 0, 0, 0], 0)), source })
}
