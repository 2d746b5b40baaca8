//! A server's database: one writer thread that groups commits, several readers, all behind bounded queues.

mod group;
mod job;
mod link;
mod threads;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::error::Error;
use crate::migrate::Migration;
use crate::queue::{Queue, Refused};
use crate::tx::Tx;
use job::{Job, job};
use link::Link;

pub use job::{Again, Once, Work};

/// Most writes that wait for the writer; more are refused with [`Error::Unavailable`].
pub const WRITE_QUEUE_JOBS_MAX: usize = 8_192;
/// Most reads that wait for a reader; more are refused with [`Error::Unavailable`].
pub const READ_QUEUE_JOBS_MAX: usize = 4_096;

/// Which database.
#[derive(Debug, Clone)]
pub enum DbUrl {
    /// A file of our own (a path, or a `file:` URI of SQLite).
    Sqlite(PathBuf),
    /// `postgres://user:password@host:port/database`, or `postgres:///database?host=/socket/folder`. Not encrypted: meant for
    /// loopback, a socket, or a private network.
    Postgres(String),
}

/// How to open a [`Db`].
#[derive(Debug, Clone)]
pub struct DbConfig {
    /// Which.
    pub url: DbUrl,
    /// How many reader threads (and connections); at least 1 is used.
    pub readers: usize,
}

/// A handle to the database; cheap to clone. When the last one is dropped the threads finish what is queued and end, and are waited for.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    writer: Arc<Queue<Box<dyn Job>>>,
    readers: Arc<Queue<Box<dyn Job>>>,
    threads: std::sync::Mutex<Vec<std::thread::JoinHandle<()>>>,
}

impl Shared {
    fn take_threads(&self) -> Vec<std::thread::JoinHandle<()>> {
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl Drop for Shared {
    /// Waits for the threads, unless it is one of them that drops the last handle: one that ends together with the process would be in
    /// the way of what C libraries take down then.
    fn drop(&mut self) {
        self.writer.close();
        self.readers.close();
        let own = std::thread::current().id();
        let others = self.take_threads().into_iter().filter(|thread| thread.thread().id() != own);
        others.for_each(|thread| drop(thread.join()));
    }
}

impl Db {
    /// Opens or creates the database and starts its threads. Waits for the disk or the server: call it when starting.
    ///
    /// # Errors
    /// [`Error::Disk`], [`Error::Unavailable`]; [`Error::WrongKey`] when the file is no database.
    pub fn open(config: &DbConfig) -> Result<Self, Error> {
        Self::open_with(config, Durability::Full)
    }

    pub(crate) fn open_with(config: &DbConfig, durability: Durability) -> Result<Self, Error> {
        let shared = Shared {
            writer: Arc::new(Queue::new(WRITE_QUEUE_JOBS_MAX)),
            readers: Arc::new(Queue::new(READ_QUEUE_JOBS_MAX)),
            threads: std::sync::Mutex::default(),
        };
        let open = |role| {
            let url = config.url.clone();
            move || Link::open(&url, role, durability)
        };
        // Should a later one fail, dropping `shared` ends the earlier ones.
        let mut threads =
            vec![threads::start("sql-writer", open(link::Role::Writer), &shared.writer, threads::write_loop)?];
        for number in 0..config.readers.max(1) {
            let name = format!("sql-reader-{number}");
            threads.push(threads::start(&name, open(link::Role::Reader), &shared.readers, threads::read_loop)?);
        }
        *shared.threads.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = threads;
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Brings the schema to the last of `steps`; two servers that start at once do it one after the other.
    ///
    /// # Errors
    /// See [`crate::migrate`].
    pub async fn migrate(&self, steps: &'static [Migration]) -> Result<u32, Error> {
        self.write(|tx| crate::migrate(tx, steps)).await
    }

    /// Runs `work` in a transaction on the writer; returns when it is on disk. Many calls share one commit; when `work`
    /// returns `Err` (or a statement failed, or it panicked) its own changes are undone and the others' stay.
    ///
    /// Jobs run in the order of the calls. If the returned future is dropped the work is done all the same.
    ///
    /// # Errors
    /// What `work` returns; or [`Error::Unavailable`] (queue full, closed, connection lost), [`Error::Disk`], and then the work
    /// was not kept — except that a connection lost in the very commit may leave it kept: retry under the same id.
    pub async fn write<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        self.write_to(Once::new(work), move |result| drop(tell.send(result)));
        told.await.unwrap_or_else(|_| Err(E::from(ended())))
    }

    /// As [`Db::write`], but nobody waits: once the work is on disk, or is known not to be, `finish` gets the result.
    /// Those of one commit are run one after the other in the order of the calls, so this is the place to publish events.
    /// They hold up the writer: no I/O in them. Work that the queue does not take is finished at once, where it was called.
    pub fn write_to<T, E>(&self, work: impl Work<T, E>, finish: impl FnOnce(Result<T, E>) + Send + 'static)
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        submit(&self.shared.writer, job(work, finish));
    }

    /// Runs `work` on a reader, on one snapshot that includes every write acknowledged before the call. It cannot write.
    ///
    /// # Errors
    /// What `work` returns; [`Error::Unavailable`] as for [`Db::write`].
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        submit(&self.shared.readers, job(Once::new(work), move |result| drop(tell.send(result))));
        told.await.unwrap_or_else(|_| Err(E::from(ended())))
    }

    /// How many writes and reads are waiting: for readiness and shedding load.
    pub fn waiting(&self) -> (usize, usize) {
        (self.shared.writer.len(), self.shared.readers.len())
    }

    /// Takes no more work, finishes what is queued, closes the connections. Later calls get [`Error::Unavailable`].
    pub async fn close(&self) {
        self.shared.writer.close();
        self.shared.readers.close();
        let threads = self.shared.take_threads();
        let joined = tokio::task::spawn_blocking(move || threads.into_iter().for_each(|thread| drop(thread.join())));
        // Fails only when the runtime is shutting down, and then nobody waits.
        let _ = joined.await;
    }
}

/// What a commit means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// On disk when it returns.
    Full,
    /// Only the control arm of the power-cut test: on disk some time later.
    #[cfg_attr(not(feature = "testing"), allow(dead_code, reason = "for tests only"))]
    Normal,
}

fn submit(to: &Queue<Box<dyn Job>>, job: Box<dyn Job>) {
    if let Err((refused, job)) = to.push(job) {
        let why = match refused {
            Refused::Full => "too much work is waiting for the database",
            Refused::Closed => "the database is closed",
        };
        job.finish(Err(Error::Unavailable(why.to_owned())));
    }
}

fn ended() -> Error {
    Error::Unavailable("the database thread ended".to_owned())
}
