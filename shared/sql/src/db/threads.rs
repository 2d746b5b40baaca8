//! What the writer and the readers do with their queues.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::group::Group;
use super::job::Job;
use super::link::Link;
use crate::error::Error;
use crate::queue::Queue;

/// Most jobs in one commit: bounds the time that the first of them waits.
const GROUP_JOBS_MAX: usize = 256;
/// No group is fed for longer than this, so that the first in it does not wait for the slow ones behind.
const GROUP_TIME_MAX: Duration = Duration::from_millis(20);

/// Starts a thread that serves `queue` until it is closed and empty. The thread makes its own connection, because
/// PostgreSQL's driver must not be called, nor dropped, on a thread that serves futures. Waits until it is connected.
pub(super) fn start(
    name: &str,
    open: impl FnOnce() -> Result<Link, Error> + Send + 'static,
    queue: &Arc<Queue<Box<dyn Job>>>,
    serve: fn(&mut Link, &Queue<Box<dyn Job>>),
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

/// Reads, each on its own snapshot.
pub(super) fn read_loop(link: &mut Link, queue: &Queue<Box<dyn Job>>) {
    while let Some(mut job) = queue.pop() {
        match link.begin().and_then(|()| link.tx()) {
            Ok(mut tx) => job.run(Ok(&mut tx)),
            Err(error) => job.run(Err(error)),
        };
        link.rollback();
        job.finish(Ok(()));
    }
}

/// Writes, as many in one commit as are waiting.
pub(super) fn write_loop(link: &mut Link, queue: &Queue<Box<dyn Job>>) {
    let mut pace = Pace::default();
    let mut next = queue.pop();
    while let Some(first) = next {
        next = match link.begin() {
            Ok(()) => write_group(Group::new(link), first, queue, &mut pace),
            Err(error) => {
                refuse(first, queue, &error);
                None
            }
        };
        next = next.or_else(|| queue.pop());
    }
}

/// The database cannot be written to. Those that wait would meet the same: told now, they can retry.
fn refuse(first: Box<dyn Job>, queue: &Queue<Box<dyn Job>>, error: &Error) {
    tracing::warn!(%error, "the database cannot be written to");
    let waiting = std::iter::from_fn(|| queue.try_pop()).take(queue.len());
    let refused: Vec<_> = std::iter::once(first).chain(waiting).collect();
    refused.into_iter().for_each(|job| job.finish(Err(error.clone())));
}

/// One transaction: `first` and those that are waiting. Returns a job that begins the next group.
fn write_group(
    mut group: Group<'_>,
    first: Box<dyn Job>,
    queue: &Queue<Box<dyn Job>>,
    pace: &mut Pace,
) -> Option<Box<dyn Job>> {
    let started = Instant::now();
    let mut patience = pace.patience();
    let (mut next, mut left) = (Some(first), None);
    while let Some(job) = next.take() {
        if let Err(error) = group.add(job) {
            group.lose(&error);
            return None;
        }
        if group.len() < GROUP_JOBS_MAX && started.elapsed() < GROUP_TIME_MAX {
            next = queue.try_pop().or_else(|| pace.wait(queue, group.len(), &mut patience));
        }
        left = next.take_if(|job| !group.has_room_for(&**job));
    }
    let (jobs, keeps) = (group.len(), group.keeps_something());
    let committing = Instant::now();
    group.commit();
    if keeps {
        pace.note(jobs, committing.elapsed());
    }
    left
}

/// How long a commit is held back for those who are about to come. A crowd that waits for one commit asks again right
/// after it: were the next commit begun with the first of them, the rest would wait for the disk twice, and half of all
/// commits would carry next to nothing. A single writer, whose last commit was alone, never waits.
#[derive(Default)]
struct Pace {
    /// In the last commit.
    jobs: usize,
    /// What commits take, lately.
    commit: Duration,
}

impl Pace {
    /// In all, for one group.
    fn patience(&self) -> Duration {
        self.commit / 2
    }

    /// Waits for one more, while fewer came than the last time.
    fn wait(&self, queue: &Queue<Box<dyn Job>>, jobs: usize, patience: &mut Duration) -> Option<Box<dyn Job>> {
        if jobs >= self.jobs || patience.is_zero() {
            return None;
        }
        let started = Instant::now();
        let next = queue.pop_within((self.commit / 8).min(*patience));
        *patience = patience.saturating_sub(started.elapsed());
        next
    }

    fn note(&mut self, jobs: usize, commit: Duration) {
        self.jobs = jobs;
        self.commit = (self.commit * 7 + commit) / 8;
    }
}
