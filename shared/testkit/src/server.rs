//! The server in this process.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use protocol::Timestamp;
use server::{Running, Server, ServerConfig};

use crate::{Addresses, TestDb};

/// A running server with data of its own; gone when dropped.
pub struct TestServer {
    running: Option<Running>,
    config: ServerConfig,
    /// Milliseconds by which the server's clock is ahead.
    ahead_ms: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
    _db: Option<TestDb>,
}

impl TestServer {
    /// On SQLite.
    pub async fn start() -> Self {
        Self::start_with(None, |_| {}).await
    }

    /// On a database of the caller's choice.
    pub async fn start_on(db: TestDb) -> Self {
        Self::start_with(Some(db), |_| {}).await
    }

    /// With settings other than [`ServerConfig::for_tests`].
    pub async fn start_with(db: Option<TestDb>, change: impl FnOnce(&mut ServerConfig)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut config = ServerConfig::for_tests(folder.path());
        config.database_url = db.as_ref().and_then(TestDb::server_url).map(str::to_owned);
        change(&mut config);
        let ahead_ms = Arc::new(AtomicI64::new(0));
        let running = Some(run(&config, &ahead_ms).await);
        Self { running, config, ahead_ms, _folder: folder, _db: db }
    }

    /// The running server.
    pub fn running(&self) -> &Running {
        self.running.as_ref().expect("the server runs")
    }

    /// Where it listens; other ports after each [`Self::restart`].
    pub fn addresses(&self) -> Addresses {
        let running = self.running();
        Addresses { http: running.http_addr, tcp: running.tcp_addr.expect("tests listen on TCP") }
    }

    /// The folder of its files and, on SQLite, its database.
    pub fn folder(&self) -> &Path {
        self._folder.path()
    }

    /// Moves the server's clock forward.
    pub fn advance(&self, by: std::time::Duration) {
        let by = i64::try_from(by.as_millis()).expect("a test's leap is short");
        self.ahead_ms.fetch_add(by, Ordering::Relaxed);
    }

    /// Stops with grace.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Stops, and returns every byte that the server keeps: all files of its folder, all rows of its database (bytes of
    /// PostgreSQL as hexadecimal digits).
    pub async fn everything_kept(&mut self) -> Vec<u8> {
        self.stop().await;
        let mut kept = Vec::new();
        files_in(self.folder(), &mut kept);
        if let Some(db) = &self._db {
            kept.extend(rows_of(db).await);
        }
        kept
    }

    /// Stops with grace and starts on the same data.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.running = Some(run(&self.config, &self.ahead_ms).await);
    }
}

async fn run(config: &ServerConfig, ahead_ms: &Arc<AtomicI64>) -> Running {
    let ahead_ms = Arc::clone(ahead_ms);
    let clock = move || {
        let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis());
        Timestamp(i64::try_from(now).unwrap_or(i64::MAX) + ahead_ms.load(Ordering::Relaxed))
    };
    Server::start_with_clock(config.clone(), Arc::new(clock)).await.expect("a test server starts")
}

/// Adds what all files of a folder hold. The logs of SQLite databases come before the databases: what is moved meanwhile, as when
/// one is closed, is seen in one of them.
pub fn files_in(folder: &Path, bytes: &mut Vec<u8>) {
    let entries = std::fs::read_dir(folder).expect("the folder is there").flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort_by_key(|path| !path.to_string_lossy().ends_with("-wal"));
    for path in paths {
        if path.is_dir() {
            files_in(&path, bytes);
        } else {
            // A running server removes some meanwhile.
            bytes.extend(std::fs::read(&path).unwrap_or_default());
        }
    }
}

/// All rows of a PostgreSQL database, bytes as hexadecimal digits; of SQLite nothing, for that lies in files.
pub async fn rows_of(db: &TestDb) -> Vec<u8> {
    if db.server_url().is_none() {
        return Vec::new();
    }
    let db = db.open();
    let rows = db.read(|tx| {
        let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
        let mut rows = Vec::new();
        for table in tx.rows(tables, &[], |row| row.text(0))? {
            rows.extend(tx.rows(&format!("SELECT t::text FROM {table} t"), &[], |row| row.text(0))?);
        }
        Ok::<_, sql::Error>(rows)
    });
    let rows = rows.await.expect("the tables can be read").concat().into_bytes();
    db.close().await;
    rows
}
