//! The jobs of one transaction: each undone alone if it fails, one commit for all.
//!
//! Jobs that can run again have no mark of their own. Should one of them fail after it wrote, everything since the last
//! mark is undone, and what else ran since then runs again, now each behind a mark. A refusal before the first change, the
//! usual way to fail, undoes nothing.

use super::job::Job;
use super::link::Link;
use crate::error::Error;

pub(super) struct Group<'l> {
    link: &'l mut Link,
    /// Those that ran, in order.
    jobs: Vec<Box<dyn Job>>,
    since_mark: Since,
    /// The first job after the mark, or after the beginning.
    after_mark: usize,
    marks: usize,
    kept: bool,
}

/// What the transaction keeps of the jobs since its last mark.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    Nothing,
    /// Changes of jobs that can all run again.
    Repeatable,
    /// Changes of a job that is not run again: before the next job comes a mark.
    Fixed,
}

enum Outcome {
    Kept,
    /// Succeeded or failed, but nothing was changed.
    Unchanged,
    Undo,
    Lost(Error),
}

impl<'l> Group<'l> {
    /// In a transaction that has just begun.
    pub(super) fn new(link: &'l mut Link) -> Self {
        Self { link, jobs: Vec::new(), since_mark: Since::Nothing, after_mark: 0, marks: 0, kept: false }
    }

    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Something was changed: the commit goes to disk.
    pub(super) fn keeps_something(&self) -> bool {
        self.kept
    }

    /// The job may join: if not, it begins the next group.
    pub(super) fn has_room_for(&self, job: &dyn Job) -> bool {
        !self.needs_mark(job) || self.marks < self.link.marks_max()
    }

    /// Runs a job. An error means that the whole transaction is lost: call [`Self::lose`].
    pub(super) fn add(&mut self, mut job: Box<dyn Job>) -> Result<(), Error> {
        if self.needs_mark(&*job)
            && let Err(error) = self.mark()
        {
            self.jobs.push(job);
            return Err(error);
        }
        let outcome = run(self.link, &mut *job);
        let repeats = job.repeats();
        let done = match outcome {
            Outcome::Kept => {
                self.since_mark = if repeats { Since::Repeatable } else { Since::Fixed };
                self.kept = true;
                Ok(())
            }
            Outcome::Unchanged => Ok(()),
            Outcome::Undo => self.undo(),
            Outcome::Lost(error) => Err(error),
        };
        self.jobs.push(job);
        done
    }

    /// Makes all durable and answers all.
    pub(super) fn commit(self) {
        let committed = self.link.commit(self.marks > 0);
        if let Err(error) = &committed {
            tracing::warn!(%error, jobs = self.jobs.len(), "a commit failed");
        }
        self.jobs.into_iter().for_each(|job| job.finish(committed.clone()));
    }

    /// The whole transaction is gone, with what earlier jobs in it had done.
    pub(super) fn lose(self, why: &Error) {
        tracing::warn!(error = %why, jobs = self.jobs.len(), "a transaction was lost");
        self.link.rollback();
        self.jobs.into_iter().for_each(|job| job.finish(Err(why.clone())));
    }

    fn needs_mark(&self, job: &dyn Job) -> bool {
        match self.since_mark {
            Since::Nothing => false,
            Since::Repeatable => !job.repeats(),
            Since::Fixed => true,
        }
    }

    fn mark(&mut self) -> Result<(), Error> {
        self.link.mark(self.marks > 0)?;
        self.marks += 1;
        self.after_mark = self.jobs.len();
        self.since_mark = Since::Nothing;
        Ok(())
    }

    /// A job failed after it changed something: back to the mark, and those that ran since then run again. The others of
    /// them that do not repeat changed nothing, or there would be a mark after them.
    fn undo(&mut self) -> Result<(), Error> {
        self.back()?;
        for place in self.after_mark..self.jobs.len() {
            if !self.jobs[place].repeats() {
                continue;
            }
            if self.since_mark != Since::Nothing {
                self.mark()?;
            }
            match run(self.link, &mut *self.jobs[place]) {
                Outcome::Kept => self.since_mark = Since::Fixed,
                Outcome::Unchanged => {}
                Outcome::Undo => self.back()?,
                Outcome::Lost(error) => return Err(error),
            }
        }
        self.after_mark = self.jobs.len();
        Ok(())
    }

    /// Undoes all since the mark, which stays where it is.
    fn back(&mut self) -> Result<(), Error> {
        self.since_mark = Since::Nothing;
        if self.marks > 0 {
            return self.link.undo_to_mark();
        }
        self.link.rollback();
        self.link.begin()
    }
}

fn run(link: &mut Link, job: &mut dyn Job) -> Outcome {
    let (ok, changed, failure) = match link.tx() {
        Ok(mut tx) => {
            let ok = job.run(Ok(&mut tx));
            (ok, tx.wrote(), tx.failure().cloned())
        }
        Err(error) => (job.run(Err(error.clone())), false, Some(error)),
    };
    if !link.is_open() {
        return Outcome::Lost(failure.unwrap_or_else(|| Error::Unavailable("the transaction was lost".to_owned())));
    }
    match (ok, changed || failure.is_some()) {
        (true, true) => Outcome::Kept,
        (_, false) => Outcome::Unchanged,
        (false, true) => Outcome::Undo,
    }
}
