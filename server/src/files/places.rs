//! Who puts a content into its place, or takes it from there, does so alone. Contents share few locks by how their names begin: a large
//! one on its way into a bucket holds up one other in 256.

use tokio::sync::{Mutex, MutexGuard};

/// One for each two signs that a name can begin with.
const LOCKS: usize = 256;

/// The locks.
pub(super) struct Places(Vec<Mutex<()>>);

impl Default for Places {
    fn default() -> Self {
        Self((0..LOCKS).map(|_| Mutex::default()).collect())
    }
}

impl Places {
    /// Waits until nobody else works at this content's place. No one may hold two.
    pub(super) async fn hold(&self, name: &str) -> MutexGuard<'_, ()> {
        let begin = name.get(..2).and_then(|begin| usize::from_str_radix(begin, 16).ok()).unwrap_or(0);
        self.0[begin % LOCKS].lock().await
    }
}
