//! Live connections: who is here, and what each is still to be sent.
//!
//! Events come from the database's writer right after each commit, in commit order, through one queue to one publisher;
//! so every connection gets the events of a scope in the order of their revisions.

mod connection;
mod later;
mod publisher;
mod rooms;

pub use connection::{Connection, Frame, QUEUE_BYTES_MAX};
pub use later::{Later, Marks};

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::frame::{CloseReason, Event, ScopeHead};
use protocol::{ChatId, PresenceStatus, UserId};
use tokio::sync::{Notify, mpsc};

use crate::session::{SessionId, Who};
use crate::state::Clock;
use connection::{Outbox, encode};
use publisher::Batch;
use rooms::{Person, Rooms};

/// With more transactions than this whose events wait to be sent, acknowledgements wait too.
const BATCHES_WAITING_MAX: usize = 4_096;

/// The hub; cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Shared>);

struct Shared {
    rooms: Mutex<Rooms>,
    batches: mpsc::UnboundedSender<Batch>,
    waiting: AtomicUsize,
    fewer: Notify,
    clock: Clock,
    later: Arc<Later>,
}

impl Shared {
    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_behind(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) >= BATCHES_WAITING_MAX
    }

    /// The publisher has sent some.
    fn sent(&self, batches: usize) {
        let before = self.waiting.fetch_sub(batches, Ordering::Relaxed);
        if before >= BATCHES_WAITING_MAX {
            self.fewer.notify_waiters();
        }
    }
}

impl Hub {
    /// Starts the publisher; call it inside a tokio runtime. The publisher ends with the last clone.
    pub fn start(clock: Clock) -> Self {
        let (batches, taken) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            rooms: Mutex::default(),
            batches,
            waiting: AtomicUsize::new(0),
            fewer: Notify::new(),
            clock,
            later: Arc::default(),
        });
        tokio::spawn(publisher::run(Arc::downgrade(&shared), taken));
        Self(shared)
    }

    /// Sends committed events, in the order of the calls. Never waits: whoever made them calls [`Hub::caught_up`].
    pub fn publish(&self, events: Vec<Event>) {
        if !events.is_empty() {
            self.0.waiting.fetch_add(1, Ordering::Relaxed);
            // Fails only when the runtime is gone, and with it every connection.
            let _ = self.0.batches.send(Batch::Events(events));
        }
    }

    /// Waits while too many events wait to be sent. This is how slow fan-out slows senders down: they hear of their commit
    /// later, and have only so much under way. It stands after the write, not before it, so that requests take their places
    /// in the order in which they came.
    pub async fn caught_up(&self) {
        while self.0.is_behind() {
            let mut fewer = std::pin::pin!(self.0.fewer.notified());
            fewer.as_mut().enable();
            if self.0.is_behind() {
                fewer.await;
            }
        }
    }

    /// Sends something that may be lost: not when much is waiting.
    pub fn publish_ephemeral(&self, event: Event) {
        if !self.0.is_behind() {
            self.publish(vec![event]);
        }
    }

    /// A connection comes: it hears its person's own events at once, and chats when they are settled.
    /// `true`: read the memberships now and give them to [`Hub::settle`].
    pub fn arrive(&self, who: Who) -> (Connection, bool) {
        let outbox = Arc::new(Outbox::new(who.session_id));
        let (person, loading) = self.0.rooms().arrive(who.user_id, outbox.clone());
        (Connection { hub: self.clone(), person, outbox }, loading)
    }

    /// The memberships as read after [`Hub::arrive`].
    pub fn settle(&self, user: UserId, chats: impl IntoIterator<Item = ChatId>) {
        self.0.rooms().settle(user, chats);
    }

    /// Tells a connection who is here, and the others that it came.
    pub fn greet(&self, connection: &Connection) {
        let user = connection.person.id;
        let here = publisher::presence_now(&self.0.rooms(), user);
        for event in here {
            connection.outbox.push(&encode(&event));
        }
        let _ = self.0.batches.send(Batch::Presence(user));
    }

    fn leave(&self, person: &Person, outbox: &Arc<Outbox>) {
        self.0.rooms().leave(person, outbox);
        let _ = self.0.batches.send(Batch::Presence(person.id));
    }

    /// Own presence, on the connections of one session.
    pub fn set_status(&self, who: Who, status: PresenceStatus) {
        for outbox in self.0.rooms().outboxes(Some(who.user_id)) {
            if outbox.session == who.session_id {
                outbox.set_status(status);
            }
        }
        let _ = self.0.batches.send(Batch::Presence(who.user_id));
    }

    /// What was last told of a person: for REST.
    pub fn presence(&self, user: UserId) -> PresenceStatus {
        self.0.rooms().announced.get(&user).copied().unwrap_or_default()
    }

    /// The person is here and hears the chat: a membership check without the database.
    pub fn hears(&self, user: UserId, chat: &ChatId) -> bool {
        self.0.rooms().hears(user, chat)
    }

    /// Marks that are written a little later.
    pub fn later(&self) -> &Arc<Later> {
        &self.0.later
    }

    fn heads(&self, person: &Person) -> Vec<ScopeHead> {
        self.0.rooms().heads(person.id)
    }

    /// Closes the connections of a session: each gets a last `closing` frame.
    pub fn close_session(&self, session: SessionId, reason: CloseReason) {
        let all = self.0.rooms().outboxes(None);
        all.iter().filter(|outbox| outbox.session == session).for_each(|outbox| outbox.close(reason));
    }

    /// Closes the connections of a person.
    pub fn close_user(&self, user: UserId, reason: CloseReason) {
        let all = self.0.rooms().outboxes(Some(user));
        all.iter().for_each(|outbox| outbox.close(reason));
    }

    /// Closes every connection.
    pub fn close_all(&self, reason: CloseReason) {
        let all = self.0.rooms().outboxes(None);
        all.iter().for_each(|outbox| outbox.close(reason));
    }

    /// How many connections are open.
    pub fn connected(&self) -> usize {
        self.0.rooms().connections_count()
    }

    /// Who is here, with how many connections each.
    pub fn people_here(&self) -> Vec<(UserId, u32)> {
        self.0.rooms().people_here()
    }

    /// How many people have one.
    pub fn people(&self) -> usize {
        self.0.rooms().people_count()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_util::FutureExt as _;
    use protocol::{ChatId, Timestamp};

    use super::*;

    fn hub() -> Hub {
        Hub::start(Arc::new(|| Timestamp(0)))
    }

    fn someone(user: i64) -> Who {
        Who { user_id: UserId(user), session_id: SessionId::from_u128(7), expires_at: Timestamp(i64::MAX) }
    }

    fn typing(chat: &ChatId) -> Event {
        Event::Typing { chat_id: chat.clone(), user_id: UserId(99) }
    }

    #[tokio::test]
    async fn senders_wait_while_the_publisher_does_not_keep_up() {
        let hub = hub();
        let (mut connection, _) = hub.arrive(someone(1));
        hub.settle(UserId(1), [ChatId::general()]);
        for _ in 0..BATCHES_WAITING_MAX {
            assert!(hub.caught_up().now_or_never().is_some());
            hub.publish(vec![typing(&ChatId::general())]);
        }
        assert!(hub.caught_up().now_or_never().is_none());
        hub.publish_ephemeral(typing(&ChatId::general()));
        hub.caught_up().await;
        hub.publish_ephemeral(Event::Typing { chat_id: ChatId::general(), user_id: UserId(98) });
        let mut heard = vec![];
        while !heard.last().is_some_and(|frame: &Frame| frame.contains("98")) {
            connection.recv_many(&mut heard).await;
        }
        assert_eq!(heard.len(), BATCHES_WAITING_MAX + 1, "what may be lost was, nothing else");
    }

    #[tokio::test]
    async fn one_encoded_frame_is_shared_by_all_who_hear_it() {
        let hub = hub();
        let mut connections = vec![];
        for user in 1..=3 {
            let (connection, loading) = hub.arrive(someone(user));
            assert!(loading);
            hub.settle(UserId(user), [ChatId::general()]);
            connections.push(connection);
        }
        hub.publish(vec![typing(&ChatId::general())]);
        let mut heard = vec![];
        for connection in &mut connections {
            connection.recv_many(&mut heard).await;
        }
        assert_eq!(heard.len(), 3);
        assert!(heard.iter().all(|frame| frame.as_ptr() == heard[0].as_ptr()), "the same bytes");
    }

    #[tokio::test]
    async fn rooms_of_those_who_left_are_forgotten_and_used_again() {
        let hub = hub();
        for round in 0..3 {
            let (connection, _) = hub.arrive(someone(1));
            let chats = (0..10).map(|n| ChatId::new(format!("{round}-{n}")).unwrap());
            hub.settle(UserId(1), chats);
            assert_eq!(hub.0.rooms().rooms_count(), (10, 10));
            drop(connection);
            assert_eq!(hub.0.rooms().rooms_count(), (0, 10));
        }
    }
}
