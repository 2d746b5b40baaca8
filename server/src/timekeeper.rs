//! Wakes when something is due and lets it happen. Sleeps until the next moment that the database knows, or until it is told that
//! there may be an earlier one.

use std::sync::{Arc, Weak};
use std::time::Duration;

use protocol::Timestamp;
use tokio::sync::Notify;

use crate::domain::{Failure, SERVER, timed};
use crate::state::{App, Inner};

/// Most that one look takes; each happens in a transaction of its own.
const AT_ONCE: u32 = 64;
/// Longest sleep: a clock that was set meanwhile, a machine that slept, and what was put by another server of the same database
/// and its end are noticed after this time.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// After the database failed.
const AGAIN: Duration = Duration::from_secs(5);

/// Runs until the server is gone.
pub(crate) async fn keep_time(app: Weak<Inner>, wake: Arc<Notify>) {
    loop {
        let Some(app) = app.upgrade().map(App) else { return };
        let pause = match app.let_happen().await {
            Ok(next) => next.map_or(LOOK_EVERY, |next| until(app.now(), next)),
            Err(error) => {
                tracing::warn!(%error, "what was due could not be done; it is tried again");
                AGAIN
            }
        };
        drop(app);
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn until(now: Timestamp, next: Timestamp) -> Duration {
    let ms = u64::try_from(next.0.saturating_sub(now.0)).unwrap_or(0);
    Duration::from_millis(ms).min(LOOK_EVERY)
}

impl App {
    /// Lets all happen that is due now; returns when the next is. What fails is left for the next time, and hinders no other.
    ///
    /// # Errors
    /// See [`sql::Error`].
    pub async fn let_happen(&self) -> Result<Option<Timestamp>, Failure> {
        loop {
            let (due, next) = self.read(SERVER, |cx| timed::look(cx, AT_ONCE)).await?;
            if due.is_empty() {
                return Ok(next);
            }
            let mut failed = None;
            for due in due {
                let done = self.write(due.user, move |cx| timed::fire(cx, &due)).await;
                failed = failed.or(done.err());
            }
            // Among what was sent may be links.
            self.links.notify_one();
            if let Some(failure) = failed {
                return Err(failure);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sleep_ends_with_the_next_moment_and_is_never_long() {
        assert_eq!(until(Timestamp(1_000), Timestamp(3_000)), Duration::from_secs(2));
        assert_eq!(until(Timestamp(3_000), Timestamp(1_000)), Duration::ZERO);
        assert_eq!(until(Timestamp(0), Timestamp(i64::MAX)), LOOK_EVERY);
    }
}
