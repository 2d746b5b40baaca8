//! One at a time for each upload; who comes later ends who was there before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use protocol::FileId;
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

#[derive(Default, Clone)]
pub(super) struct Turns(Arc<Mutex<HashMap<FileId, Slot>>>);

#[derive(Default)]
struct Slot {
    lock: Arc<tokio::sync::Mutex<()>>,
    newest: CancellationToken,
    people: usize,
}

/// Held as long as one works on an upload.
pub(super) struct Turn {
    /// Someone else wants the upload: stop soon.
    pub(super) over: CancellationToken,
    turns: Turns,
    id: FileId,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits until it is this one's turn.
    pub(super) async fn take(&self, id: &FileId) -> Turn {
        let (mut turn, lock) = {
            let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let slot = slots.entry(id.clone()).or_default();
            slot.newest.cancel();
            slot.newest = CancellationToken::new();
            slot.people += 1;
            let turn = Turn { over: slot.newest.clone(), turns: self.clone(), id: id.clone(), guard: None };
            (turn, Arc::clone(&slot.lock))
        };
        turn.guard = Some(lock.lock_owned().await);
        turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.guard = None;
        let mut slots = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get_mut(&self.id) {
            slot.people -= 1;
            if slot.people == 0 {
                slots.remove(&self.id);
            }
        }
    }
}
