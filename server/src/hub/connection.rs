//! One connection's queue: bounded by bytes, emptied in one go.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::frame::{CloseReason, Event};
use protocol::{PresenceStatus, UserId};
use tokio::sync::Notify;

use super::Hub;
use super::rooms::Person;
use crate::session::SessionId;

/// One encoded frame, shared by all who get it: `Message::Text(frame)` for a WebSocket, `as_bytes()` for TCP.
pub type Frame = axum::extract::ws::Utf8Bytes;

/// Most bytes that wait for one connection; above, it is closed as a slow consumer and comes back with `sync`.
pub const QUEUE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// A queue that grew larger than this (2 KiB) gives its memory back when it is empty: idle connections stay small.
const IDLE_FRAMES_MAX: usize = 64;

/// The hub's end of a queue.
pub(super) struct Outbox {
    pub(super) session: SessionId,
    queue: Mutex<Queue>,
    filled: Notify,
}

struct Queue {
    frames: Vec<Frame>,
    bytes: usize,
    closed: Option<CloseReason>,
    status: PresenceStatus,
}

impl Outbox {
    pub(super) fn new(session: SessionId) -> Self {
        let queue = Queue { frames: Vec::new(), bytes: 0, closed: None, status: PresenceStatus::Online };
        Self { session, queue: Mutex::new(queue), filled: Notify::new() }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a frame; what goes over the bound closes the connection. `true`: it is the first one there, so call
    /// [`Self::wake`] when there is nothing more to queue.
    pub(super) fn push(&self, frame: &Frame) -> bool {
        let mut queue = self.queue();
        if queue.closed.is_some() {
            return false;
        }
        if queue.bytes + frame.len() > QUEUE_BYTES_MAX {
            tracing::info!(bytes = queue.bytes, "a slow consumer is closed");
            queue.frames = Vec::new();
            self.end(queue, CloseReason::SlowConsumer);
            return false;
        }
        let was_empty = queue.frames.is_empty();
        queue.bytes += frame.len();
        queue.frames.push(frame.clone());
        was_empty
    }

    /// Tells the connection that frames wait for it, unless it has found them already.
    pub(super) fn wake(&self) {
        if !self.queue().frames.is_empty() {
            self.filled.notify_one();
        }
    }

    /// Says why and lets nothing more in; what is queued still goes out.
    pub(super) fn close(&self, reason: CloseReason) {
        let queue = self.queue();
        if queue.closed.is_none() {
            self.end(queue, reason);
        }
    }

    fn end(&self, mut queue: MutexGuard<'_, Queue>, reason: CloseReason) {
        queue.closed = Some(reason);
        queue.frames.push(encode(&Event::Closing { reason }));
        drop(queue);
        self.filled.notify_one();
    }

    pub(super) fn set_status(&self, status: PresenceStatus) {
        self.queue().status = status;
    }

    pub(super) fn status(&self) -> PresenceStatus {
        self.queue().status
    }

    /// Moves everything to `out`; `None` when there is nothing and it is not the end.
    fn drain(&self, out: &mut Vec<Frame>) -> Option<Option<CloseReason>> {
        let mut queue = self.queue();
        if queue.frames.is_empty() && queue.closed.is_none() {
            if queue.frames.capacity() > IDLE_FRAMES_MAX {
                queue.frames = Vec::new();
            }
            return None;
        }
        if out.is_empty() {
            std::mem::swap(out, &mut queue.frames);
        } else {
            out.append(&mut queue.frames);
        }
        queue.bytes = 0;
        Some(queue.closed)
    }
}

/// An event as every connection gets it.
pub(super) fn encode(event: &Event) -> Frame {
    serde_json::to_string(event).expect("events hold only what JSON can hold").into()
}

/// A live connection's end of its queue; dropping it leaves.
pub struct Connection {
    pub(super) hub: Hub,
    pub(super) person: Arc<Person>,
    pub(super) outbox: Arc<Outbox>,
}

impl Connection {
    /// Whose.
    pub fn user_id(&self) -> UserId {
        self.person.id
    }

    /// Waits until something is queued, then moves all of it to the end of `out`: write them with one flush.
    /// `Some(reason)`: these were the last (the very last says why); write them and close. Cancel-safe.
    pub async fn recv_many(&mut self, out: &mut Vec<Frame>) -> Option<CloseReason> {
        loop {
            if let Some(closed) = self.outbox.drain(out) {
                return closed;
            }
            self.outbox.filled.notified().await;
        }
    }

    /// What is queued now, without waiting.
    pub fn try_recv_many(&mut self, out: &mut Vec<Frame>) -> Option<CloseReason> {
        self.outbox.drain(out).flatten()
    }

    /// The heartbeat: newest revisions of this person's scopes that moved lately.
    pub fn heartbeat(&self) -> Frame {
        encode(&Event::Heads { heads: self.hub.heads(&self.person) })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.hub.leave(&self.person, &self.outbox);
    }
}
