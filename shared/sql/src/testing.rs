//! Private databases for tests: each test gets its own, on SQLite and on PostgreSQL, and leaves nothing behind.
//!
//! In another crate: `[dev-dependencies] sql = { workspace = true, features = ["testing"] }`, then
//!
//! ```text
//! sql::each_db! {
//!     /// Runs as `a_new_row_is_found::sqlite` and `a_new_row_is_found::postgres`.
//!     async fn a_new_row_is_found(db: sql::Db) {
//!         db.migrate(STEPS).await.unwrap();
//!     }
//! }
//! ```
//!
//! PostgreSQL comes from `HYBRID_TEST_POSTGRES_URL` (a superuser's URL, as `cargo xtask test` sets it); without that the programs
//! installed here are started once for all test processes, see [`cluster`]. `HYBRID_TEST_POSTGRES=off` says that a machine
//! has none: then those tests pass by printing so.

pub mod cluster;

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::db::Durability;
use crate::{Db, DbConfig, DbUrl, Error};

/// Tests of both databases at once: see the module.
#[macro_export]
macro_rules! each_db {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: $ty:ty) $body:block)*) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn body($db: $ty) $body

            #[test]
            fn sqlite() {
                $crate::testing::run_on_sqlite(body);
            }

            #[test]
            fn postgres() {
                $crate::testing::run_on_postgres(body);
            }
        }
    )*};
}

/// A database of one test; gone when dropped.
pub struct TestDb {
    url: DbUrl,
    _folder: Option<tempfile::TempDir>,
    postgres: Option<(String, String)>,
}

impl TestDb {
    /// A new SQLite file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Self { url: DbUrl::Sqlite(folder.path().join("test.db")), _folder: Some(folder), postgres: None }
    }

    /// A new, empty PostgreSQL database; `None` where the machine is said to have none.
    pub fn postgres() -> Option<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let admin = cluster::url()?;
        let nanos = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos());
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{nanos:x}_{number}", std::process::id());
        administer(&admin, format!("CREATE DATABASE {name}")).expect("a test database can be made");
        let url = DbUrl::Postgres(cluster::with_database(&admin, &name));
        Some(Self { url, _folder: None, postgres: Some((admin, name)) })
    }

    /// Both, or SQLite alone where there is no PostgreSQL.
    pub fn each() -> Vec<Self> {
        [Some(Self::sqlite()), Self::postgres()].into_iter().flatten().collect()
    }

    /// Where it is.
    pub fn url(&self) -> &DbUrl {
        &self.url
    }

    /// Where it is, as the server's `--database-url` takes it; `None` for SQLite, which goes into the data folder.
    pub fn server_url(&self) -> Option<&str> {
        match &self.url {
            DbUrl::Postgres(url) => Some(url),
            DbUrl::Sqlite(_) => None,
        }
    }

    /// Opens it with two readers.
    pub fn open(&self) -> Db {
        Db::open(&self.config()).expect("a test database opens")
    }

    /// For [`Db::open`].
    pub fn config(&self) -> DbConfig {
        DbConfig { url: self.url.clone(), readers: 2 }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Some((admin, name)) = &self.postgres {
            // At worst a leftover in a cluster that is itself temporary.
            let _ = administer(admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Opens a database whose commits are not on disk when they return: the control arm of the power-cut test.
///
/// # Errors
/// As [`Db::open`].
pub fn open_without_durability(config: &DbConfig) -> Result<Db, Error> {
    Db::open_with(config, Durability::Normal)
}

/// Runs one test body on SQLite.
pub fn run_on_sqlite<F: Future<Output = ()>>(body: impl FnOnce(Db) -> F) {
    run(&TestDb::sqlite(), body);
}

/// Runs one test body on PostgreSQL.
pub fn run_on_postgres<F: Future<Output = ()>>(body: impl FnOnce(Db) -> F) {
    match TestDb::postgres() {
        Some(db) => run(&db, body),
        None => cluster::say_none(),
    }
}

fn run<F: Future<Output = ()>>(test: &TestDb, body: impl FnOnce(Db) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime can be made");
    let db = test.open();
    runtime.block_on(async {
        body(db.clone()).await;
        db.close().await;
    });
}

/// One statement as administrator, on a thread of its own: the driver must not wait on a thread that serves futures.
fn administer(admin: &str, sql: String) -> Result<(), String> {
    let admin = admin.to_owned();
    let run = move || {
        let mut client = ::postgres::Client::connect(&admin, ::postgres::NoTls).map_err(|e| e.to_string())?;
        client.batch_execute(&sql).map_err(|e| format!("{sql}: {e:?}"))
    };
    std::thread::spawn(run).join().map_err(|_| "the administrator's thread panicked".to_owned())?
}
