//! A server's database: one writer thread that groups commits, several readers.

use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::error::Error;
use crate::tx::{Inner, Tx};

/// Which database.
#[derive(Debug, Clone)]
pub enum DbUrl {
    /// A file of our own.
    Sqlite(PathBuf),
    /// `postgres://…`
    Postgres(String),
}

/// How to open a [`Db`].
#[derive(Debug, Clone)]
pub struct DbConfig {
    /// Which.
    pub url: DbUrl,
    /// How many reader threads; at least 1.
    pub readers: usize,
}

type Job = Box<dyn FnOnce(Result<&mut Tx<'_>, Error>) -> Finish + Send>;
/// Told whether the group was committed.
type Finish = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    writer: mpsc::Sender<Job>,
    reader: mpsc::Sender<Job>,
}

/// Most jobs in one commit: bounds the time the first of them waits.
const GROUP_JOBS_MAX: usize = 256;

impl Db {
    /// Opens or creates the database and its threads.
    ///
    /// # Errors
    /// [`Error::Disk`], [`Error::Unavailable`].
    pub fn open(config: &DbConfig) -> Result<Self, Error> {
        let DbUrl::Sqlite(path) = &config.url else {
            return Err(Error::Bug("PostgreSQL is not built yet".to_owned()));
        };
        let open = || -> Result<Connection, Error> {
            let conn = Connection::open(path).map_err(crate::sqlite::error)?;
            conn.set_prepared_statement_cache_capacity(256);
            conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000")
                .map_err(crate::sqlite::error)?;
            Ok(conn)
        };
        let (writer, jobs) = mpsc::channel::<Job>();
        let conn = open()?;
        thread::spawn(move || write_loop(&conn, &jobs));
        let (reader, jobs) = mpsc::channel::<Job>();
        let conn = open()?;
        thread::spawn(move || {
            while let Ok(job) = jobs.recv() {
                let _ = conn.execute_batch("BEGIN");
                let finish = job(Ok(&mut Tx { inner: Inner::Sqlite(&conn) }));
                let _ = conn.execute_batch("ROLLBACK");
                finish(Ok(()));
            }
        });
        Ok(Self { writer, reader })
    }

    /// Runs `work` in a transaction on the writer; returns when it is on disk. Many calls share one commit; when `work`
    /// returns `Err`, its own changes are undone and the others stay.
    ///
    /// # Errors
    /// What `work` returns, or that the commit failed.
    pub async fn write<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        submit(&self.writer, work, |_| {}).await
    }

    /// Like [`Db::write`]; right after the commit and before the caller is told, `after` sees the result. The calls of
    /// `after` come in commit order, also when nobody waits for the result any more; it must be quick and must not block.
    ///
    /// # Errors
    /// Those of [`Db::write`]; `after` is not called then.
    pub async fn write_then<T, E>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        after: impl FnOnce(&mut T) + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        submit(&self.writer, work, after).await
    }

    /// Runs `work` on a reader, on one snapshot.
    ///
    /// # Errors
    /// What `work` returns.
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        submit(&self.reader, work, |_| {}).await
    }
}

async fn submit<T, E>(
    to: &mpsc::Sender<Job>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    after: impl FnOnce(&mut T) + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let gone = || E::from(Error::Unavailable("the database is closed".to_owned()));
    let (tell, told) = oneshot::channel();
    let job: Job = Box::new(move |tx| {
        let result = match tx {
            Ok(tx) => {
                let savepoint = tx.execute("SAVEPOINT job", &[]).map_err(E::from);
                let result = savepoint.and_then(|_| work(tx));
                let _ = if result.is_ok() {
                    tx.execute("RELEASE job", &[])
                } else {
                    tx.execute("ROLLBACK TO job", &[]).and_then(|_| tx.execute("RELEASE job", &[]))
                };
                result
            }
            Err(e) => Err(E::from(e)),
        };
        Box::new(move |committed| {
            let _ = tell.send(match (result, committed) {
                (Ok(mut value), Ok(())) => {
                    after(&mut value);
                    Ok(value)
                }
                (Ok(_), Err(e)) => Err(E::from(e)),
                (Err(e), _) => Err(e),
            });
        })
    });
    to.send(job).map_err(|_| gone())?;
    told.await.unwrap_or_else(|_| Err(gone()))
}

fn write_loop(conn: &Connection, jobs: &mpsc::Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        if let Err(e) = conn.execute_batch("BEGIN IMMEDIATE") {
            first(Err(crate::sqlite::error(e)))(Ok(()));
            continue;
        }
        let mut finishes = vec![first(Ok(&mut Tx { inner: Inner::Sqlite(conn) }))];
        while finishes.len() < GROUP_JOBS_MAX
            && let Ok(job) = jobs.try_recv()
        {
            finishes.push(job(Ok(&mut Tx { inner: Inner::Sqlite(conn) })));
        }
        let committed = conn.execute_batch("COMMIT").map_err(crate::sqlite::error);
        if committed.is_err() {
            let _ = conn.execute_batch("ROLLBACK");
        }
        for finish in finishes {
            finish(committed.clone());
        }
    }
}
