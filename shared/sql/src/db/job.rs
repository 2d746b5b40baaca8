//! Jobs: what a caller wants done in a transaction, and who is told how it went.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Error;
use crate::tx::Tx;

/// What a write does: [`Once`] or [`Again`].
pub trait Work<T, E>: Send + 'static {
    /// May be run a second time, after its changes were undone.
    const REPEATS: bool;

    /// Does it.
    ///
    /// # Errors
    /// The job's own; its changes are undone then.
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<T, E>;
}

/// Work that runs once. Where others share its commit it stands behind a savepoint.
pub struct Once<W>(Option<W>);

impl<W> Once<W> {
    /// From a closure.
    pub fn new(work: W) -> Self {
        Self(Some(work))
    }
}

impl<T, E, W: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static> Work<T, E> for Once<W> {
    const REPEATS: bool = false;

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<T, E> {
        (self.0.take().expect("work that does not repeat is run once"))(tx)
    }
}

/// Work that can be run again: it needs no savepoint, which is half of a small job's cost. When another job of its group
/// fails after it wrote, all of them are undone and those that can be kept run again.
pub struct Again<W>(pub W);

impl<T, E, W: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static> Work<T, E> for Again<W> {
    const REPEATS: bool = true;

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<T, E> {
        (self.0)(tx)
    }
}

/// A job in a queue.
pub(super) trait Job: Send {
    /// Runs it, given a transaction or the reason why there is none. `true`: its changes are to be kept.
    fn run(&mut self, tx: Result<&mut Tx<'_>, Error>) -> bool;
    /// See [`Work::REPEATS`].
    fn repeats(&self) -> bool;
    /// Told whether the commit succeeded; tells who waits. Does not panic.
    fn finish(self: Box<Self>, committed: Result<(), Error>);
}

/// Makes a job; `finish` hears how it went.
pub(super) fn job<T, E>(work: impl Work<T, E>, finish: impl FnOnce(Result<T, E>) + Send + 'static) -> Box<dyn Job>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    Box::new(Typed { work, finish, result: None })
}

struct Typed<T, E, W, F> {
    work: W,
    finish: F,
    result: Option<Result<T, E>>,
}

impl<T, E, W, F> Job for Typed<T, E, W, F>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    W: Work<T, E>,
    F: FnOnce(Result<T, E>) + Send + 'static,
{
    fn run(&mut self, tx: Result<&mut Tx<'_>, Error>) -> bool {
        let result = match tx {
            Ok(tx) => guarded(tx, |tx| self.work.run(tx)),
            Err(error) => Err(E::from(error)),
        };
        self.result.insert(result).is_ok()
    }

    fn repeats(&self) -> bool {
        W::REPEATS
    }

    fn finish(self: Box<Self>, committed: Result<(), Error>) {
        let result = match (self.result, committed) {
            (_, Err(error)) => Err(E::from(error)),
            (Some(result), Ok(())) => result,
            (None, Ok(())) => Err(E::from(Error::Bug("a job was answered before it ran".to_owned()))),
        };
        let finish = self.finish;
        // A panic in what runs after the commit must not end the thread.
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| finish(result))) {
            tracing::error!(panic = message(&*panic), "what ran after a commit panicked");
        }
    }
}

/// An error or a panic in the work, or a statement that failed, is the job's error.
fn guarded<T, E: From<Error>>(tx: &mut Tx<'_>, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
    match catch_unwind(AssertUnwindSafe(|| work(tx))) {
        Ok(Ok(value)) => match tx.failure() {
            None => Ok(value),
            Some(error) => Err(E::from(error.clone())),
        },
        Ok(Err(error)) => Err(error),
        Err(panic) => Err(E::from(Error::Bug(format!("a database job panicked: {}", message(&*panic))))),
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
