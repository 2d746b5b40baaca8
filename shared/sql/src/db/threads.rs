//! What the writer and the readers do with their queues.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::link::Link;
use crate::error::Error;
use crate::queue::Queue;
use crate::tx::Tx;

/// Work, given a transaction or the reason why there is none.
pub(super) type Job = Box<dyn FnOnce(Result<&mut Tx<'_>, Error>) -> Ran + Send>;

/// Work that was done but is not yet on disk.
pub(super) struct Ran {
    /// Its changes are to be kept.
    pub(super) ok: bool,
    /// Told whether the commit succeeded; answers the caller.
    pub(super) finish: Finish,
}

/// See [`Ran::finish`].
pub(super) type Finish = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// No group is fed for longer than this, so that the first in it does not wait for the slow ones behind.
const GROUP_TIME_MAX: Duration = Duration::from_millis(20);

/// Starts a thread that serves `queue` until it is closed and empty. The thread makes its own connection, because
/// PostgreSQL's driver must not be called, nor dropped, on a thread that serves futures. Waits until it is connected.
pub(super) fn start(
    name: &str,
    open: impl FnOnce() -> Result<Link, Error> + Send + 'static,
    queue: &Arc<Queue<Job>>,
    serve: fn(&mut Link, &Queue<Job>),
) -> Result<thread::JoinHandle<()>, Error> {
    let queue = Arc::clone(queue);
    let (tell, told) = mpsc::channel();
    let thread = thread::Builder::new().name(name.to_owned()).spawn(move || match open() {
        Ok(mut link) => {
            // The receiver waits for exactly this.
            let _ = tell.send(Ok(()));
            serve(&mut link, &queue);
        }
        Err(error) => drop(tell.send(Err(error))),
    });
    let thread = thread.map_err(|e| Error::Unavailable(format!("no thread for the database: {e}")))?;
    told.recv().unwrap_or_else(|_| Err(Error::Bug("opening the database panicked".to_owned())))?;
    Ok(thread)
}

/// Runs one job's work: an error or a panic in it, or a statement that failed, is the job's error.
pub(super) fn run<T, E: From<Error>>(tx: &mut Tx<'_>, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
    match catch_unwind(AssertUnwindSafe(|| work(tx))) {
        Ok(Ok(value)) => match tx.failure() {
            None => Ok(value),
            Some(error) => Err(E::from(error.clone())),
        },
        Ok(Err(error)) => Err(error),
        Err(panic) => Err(E::from(Error::Bug(format!("a database job panicked: {}", message(&*panic))))),
    }
}

/// Reads, each on its own snapshot.
pub(super) fn read_loop(link: &mut Link, queue: &Queue<Job>) {
    while let Some(job) = queue.pop() {
        let ran = match link.begin().and_then(|()| link.tx()) {
            Ok(mut tx) => job(Ok(&mut tx)),
            Err(error) => job(Err(error)),
        };
        link.rollback();
        answer(ran.finish, Ok(()));
    }
}

/// Writes, as many in one commit as are waiting.
pub(super) fn write_loop(link: &mut Link, queue: &Queue<Job>) {
    while let Some(first) = queue.pop() {
        match link.begin() {
            Ok(()) => write_group(link, first, queue),
            Err(error) => {
                tracing::warn!(%error, "the database cannot be written to");
                // Those that wait would meet the same: told now, they can retry.
                let waiting = std::iter::from_fn(|| queue.try_pop()).take(queue.len());
                let refused: Vec<Job> = std::iter::once(first).chain(waiting).collect();
                for job in refused {
                    answer(job(Err(error.clone())).finish, Ok(()));
                }
            }
        }
    }
}

/// One transaction: `first` and those that are waiting, each undone alone if it fails, then one commit for all.
fn write_group(link: &mut Link, first: Job, queue: &Queue<Job>) {
    let started = Instant::now();
    let mut done: Vec<Finish> = Vec::new();
    let mut next = Some(first);
    // The first job needs no mark: until there is something to keep, undoing everything is the same.
    let (mut kept, mut marked, mut at_mark) = (false, false, false);
    while let Some(job) = next.take() {
        if kept && !at_mark {
            if let Err(error) = link.mark(marked) {
                done.push(job(Err(error.clone())).finish);
                return lose(link, done, &error);
            }
            marked = true;
        }
        let (ran, failure) = match link.tx() {
            Ok(mut tx) => {
                let ran = job(Ok(&mut tx));
                let failure = tx.failure().cloned();
                (ran, failure)
            }
            Err(error) => (job(Err(error.clone())), Some(error)),
        };
        let ok = ran.ok;
        done.push(ran.finish);
        if !link.is_open() {
            let why = failure.unwrap_or_else(|| Error::Unavailable("the transaction was lost".to_owned()));
            return lose(link, done, &why);
        }
        if ok {
            (kept, at_mark) = (true, false);
        } else if !kept {
            // Alone so far: end here, so that the next group begins clean.
            link.rollback();
            return done.into_iter().for_each(|finish| answer(finish, Ok(())));
        } else {
            if let Err(error) = link.undo_to_mark() {
                return lose(link, done, &error);
            }
            // The mark is still there, where the next job needs it.
            at_mark = true;
        }
        if done.len() < link.group_jobs_max() && started.elapsed() < GROUP_TIME_MAX {
            next = queue.try_pop();
        }
    }
    let committed = link.commit(marked);
    if let Err(error) = &committed {
        tracing::warn!(%error, jobs = done.len(), "a commit failed");
    }
    done.into_iter().for_each(|finish| answer(finish, committed.clone()));
}

/// The whole transaction is gone, with what earlier jobs in it had done.
fn lose(link: &mut Link, done: Vec<Finish>, why: &Error) {
    tracing::warn!(error = %why, jobs = done.len(), "a transaction was lost");
    link.rollback();
    done.into_iter().for_each(|finish| answer(finish, Err(why.clone())));
}

/// A panic in what runs after the commit must not end the thread.
fn answer(finish: Finish, committed: Result<(), Error>) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| finish(committed))) {
        tracing::error!(panic = message(&*panic), "what ran after a commit panicked");
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
