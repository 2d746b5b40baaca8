//! The end of the process, as SQLCipher sees it: a handler of `exit` wipes and frees its keys and locks, whoever is still using
//! them. A thread that was just writing a page would encrypt it with what was wiped, and the file would not open again. So this
//! handler runs before that one (they run in reverse order): it waits until every call of SQLite has returned, and no other begins.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Calls of SQLite under way.
static INSIDE: AtomicUsize = AtomicUsize::new(0);
/// The process ends: no call begins any more.
static ENDING: AtomicBool = AtomicBool::new(false);

/// A statement that takes longer than this holds nobody's exit up; a reader at that.
const PATIENCE: Duration = Duration::from_secs(10);

/// As long as it lives, the process does not take SQLite down.
pub(crate) struct Inside(());

/// Called before anything is asked of SQLite. Once the process ends it does not return.
pub(crate) fn enter() -> Inside {
    INSIDE.fetch_add(1, Ordering::SeqCst);
    let inside = Inside(());
    if ENDING.load(Ordering::SeqCst) {
        drop(inside);
        loop {
            thread::park();
        }
    }
    inside
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Called when a connection was opened: by then SQLCipher has set its handler.
pub(crate) fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        #[allow(unsafe_code, reason = "handlers of `exit` are C's")]
        // SAFETY: `wait` is a function without arguments that lives as long as the program, and cannot unwind.
        let refused = unsafe { libc::atexit(wait) } != 0;
        if refused {
            tracing::warn!("no handler for the end of the process");
        }
    });
}

extern "C" fn wait() {
    ENDING.store(true, Ordering::SeqCst);
    let started = Instant::now();
    while INSIDE.load(Ordering::SeqCst) > 0 && started.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(1));
    }
}
