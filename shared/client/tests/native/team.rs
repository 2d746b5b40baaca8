//! A real server in this process, whose clock a test may turn, and which may be stopped and started again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use protocol::{InvitationLink, Timestamp};
use server::config::{Registration, TlsSource};
use server::{Running, Server, ServerConfig};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use view::ServerTarget;

pub struct Team {
    runtime: Runtime,
    folder: TempDir,
    config: ServerConfig,
    running: Option<Running>,
    ahead_ms: Arc<AtomicI64>,
    address: SocketAddr,
}

impl Team {
    /// On loopback without TLS; whoever comes may register.
    pub fn open() -> Self {
        Self::start(|_| {})
    }

    /// As a hosted team: a certificate of its own, entered by invitation.
    pub fn hosted() -> Self {
        Self::start(|config| {
            config.tls = TlsSource::Own;
            config.registration = Registration::Invitation;
        })
    }

    fn start(change: impl FnOnce(&mut ServerConfig)) -> Self {
        client::install_tls_provider();
        let folder = tempfile::tempdir().unwrap();
        let mut config = ServerConfig::for_tests(folder.path());
        change(&mut config);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut team = Self { runtime, folder, config, running: None, ahead_ms: Arc::default(), address: any };
        team.up();
        team
    }

    /// Starts, on the same port as before.
    pub fn up(&mut self) {
        let ahead = self.ahead_ms.clone();
        let clock = Arc::new(move || {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
            Timestamp(now + ahead.load(Ordering::SeqCst))
        });
        self.config.listen = self.address;
        self.config.data_dir = self.folder.path().to_owned();
        let running = self.runtime.block_on(Server::start_with_clock(self.config.clone(), clock)).unwrap();
        self.address = running.http_addr;
        self.running = Some(running);
    }

    pub fn down(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }

    /// Turns the server's clock.
    pub fn later_by_minutes(&self, minutes: i64) {
        self.ahead_ms.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// For typing in.
    pub fn address(&self) -> ServerTarget {
        ServerTarget::Address { address: format!("http://{}", self.address) }
    }

    /// A fresh invitation of so many uses, by way of loopback.
    pub fn link(&self, uses: u32) -> InvitationLink {
        let running = self.running.as_ref().unwrap();
        let invitation = self.runtime.block_on(running.create_invitation(Some(3_600), Some(uses))).unwrap();
        InvitationLink { addresses: vec![self.address.to_string()], ..invitation.link }
    }
}

pub fn invited(link: &InvitationLink) -> ServerTarget {
    ServerTarget::Invitation { link: link.to_string() }
}
