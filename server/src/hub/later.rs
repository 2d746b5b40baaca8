//! Small marks that are written together a little later: what was delivered, who was last seen when. They only grow, so
//! losing the last moments of them in a crash loses nothing that a client does not say again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use protocol::{ChatId, Timestamp, UserId};
use tokio::sync::Notify;

/// What waits to be written.
#[derive(Debug, Default)]
pub struct Marks {
    /// How far people have received chats.
    pub delivered: HashMap<(ChatId, UserId), u64>,
    /// When people were last here.
    pub seen: HashMap<UserId, Timestamp>,
}

/// Collects [`Marks`].
#[derive(Default)]
pub struct Later {
    marks: Mutex<Marks>,
    some: Notify,
}

impl Later {
    /// Someone received a chat up to `seq`.
    pub fn delivered(&self, chat: ChatId, user: UserId, seq: u64) {
        let mut marks = self.marks();
        let mark = marks.delivered.entry((chat, user)).or_default();
        *mark = seq.max(*mark);
        self.some.notify_one();
    }

    /// Someone went.
    pub fn seen(&self, user: UserId, at: Timestamp) {
        self.marks().seen.insert(user, at);
        self.some.notify_one();
    }

    /// Wakes who waits, though there may be nothing: the server ends.
    pub fn wake(&self) {
        self.some.notify_one();
    }

    /// Waits until there is something.
    pub async fn some(&self) {
        self.some.notified().await;
    }

    /// Takes all there is.
    pub fn take(&self) -> Marks {
        std::mem::take(&mut self.marks())
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
