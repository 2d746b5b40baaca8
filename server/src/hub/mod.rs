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
use protocol::{ChatId, PresenceStatus, Privacy, UserId};
use tokio::sync::mpsc;

use crate::session::{SessionId, Who};
use crate::state::Clock;
use connection::{Outbox, encode};
use publisher::Batch;
use rooms::{Person, Rooms};

/// With more transactions than this whose events wait to be sent, what may be lost is.
const BATCHES_WAITING_MAX: usize = 1_024;

/// The hub; cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Shared>);

struct Shared {
    rooms: Mutex<Rooms>,
    batches: mpsc::UnboundedSender<Batch>,
    waiting: AtomicUsize,
    clock: Clock,
    later: Arc<Later>,
}

impl Shared {
    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
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
            clock,
            later: Arc::default(),
        });
        tokio::spawn(publisher::run(Arc::downgrade(&shared), taken));
        Self(shared)
    }

    /// Sends committed events, in the order of the calls, and then calls `answer`. Never waits. `answer` stands behind
    /// all events that were published before: this is how slow fan-out slows senders down, who have only so much under way.
    pub fn publish_then(&self, events: Vec<Event>, answer: impl FnOnce() + Send + 'static) {
        if events.is_empty() {
            return answer();
        }
        self.send(Batch::Events(events, Some(Box::new(answer))));
    }

    /// Sends something that may be lost: not when much is waiting.
    pub fn publish_ephemeral(&self, event: Event) {
        if self.0.waiting.load(Ordering::Relaxed) < BATCHES_WAITING_MAX {
            self.send(Batch::Events(vec![event], None));
        }
    }

    fn send(&self, batch: Batch) {
        self.0.waiting.fetch_add(1, Ordering::Relaxed);
        // Fails only when the runtime is gone, and with it every connection.
        let _ = self.0.batches.send(batch);
    }

    /// A connection comes: it hears its person's own events at once, and chats when they are settled.
    /// `true`: read the memberships now and give them to [`Hub::settle`].
    pub fn arrive(&self, who: Who) -> (Connection, bool) {
        let outbox = Arc::new(Outbox::new(who.session_id));
        let (person, loading) = self.0.rooms().arrive(who.user_id, outbox.clone());
        (Connection { hub: self.clone(), person, outbox }, loading)
    }

    /// The memberships as read after [`Hub::arrive`], and what the person lets others see.
    pub fn settle(&self, user: UserId, chats: impl IntoIterator<Item = ChatId>, privacy: &Privacy) {
        let mut rooms = self.0.rooms();
        if let Some(person) = rooms.person(user) {
            person.set_privacy(privacy);
        }
        rooms.settle(user, chats);
    }

    /// What a person lets others see was changed, and told: others see it now, and they see others, or no longer.
    pub fn privacy_changed(&self, user: UserId) {
        let rooms = self.0.rooms();
        let here = publisher::presence_now(&rooms, user);
        for outbox in rooms.outboxes(Some(user)) {
            for event in &here {
                outbox.push(&encode(event));
            }
            outbox.wake();
        }
        drop(rooms);
        self.send(Batch::Presence(user));
    }

    /// The person does not show that they are typing.
    pub fn hides_typing(&self, user: UserId) -> bool {
        self.0.rooms().person(user).is_some_and(|person| person.hides(Person::TYPING))
    }

    /// Tells a connection who is here, and the others that it came.
    pub fn greet(&self, connection: &Connection) {
        let user = connection.person.id;
        let here = publisher::presence_now(&self.0.rooms(), user);
        for event in here {
            connection.outbox.push(&encode(&event));
        }
        connection.outbox.wake();
        self.send(Batch::Presence(user));
    }

    fn leave(&self, person: &Person, outbox: &Arc<Outbox>) {
        self.0.rooms().leave(person, outbox);
        self.send(Batch::Presence(person.id));
    }

    /// Own presence, on the connections of one session.
    pub fn set_status(&self, who: Who, status: PresenceStatus) {
        for outbox in self.0.rooms().outboxes(Some(who.user_id)) {
            if outbox.session == who.session_id {
                outbox.set_status(status);
            }
        }
        self.send(Batch::Presence(who.user_id));
    }

    /// What was last told of a person: for REST.
    pub fn presence(&self, user: UserId) -> PresenceStatus {
        self.0.rooms().announced.get(&user).copied().unwrap_or_default()
    }

    /// The person is here and hears the chat: a membership check without the database.
    pub fn hears(&self, user: UserId, chat: &ChatId) -> bool {
        self.0.rooms().hears(user, chat)
    }

    /// Who of a chat is there and says so, in no order.
    pub fn here(&self, chat: &ChatId) -> Vec<UserId> {
        let rooms = self.0.rooms();
        let there = rooms
            .people_of(chat)
            .filter(|person| matches!(person.shown_status(), PresenceStatus::Online | PresenceStatus::Dnd));
        there.map(|person| person.id).collect()
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
    async fn what_may_be_lost_is_lost_while_the_publisher_does_not_keep_up() {
        let hub = hub();
        let (mut connection, _) = hub.arrive(someone(1));
        hub.settle(UserId(1), [ChatId::general()], &Privacy::default());
        let (tell, told) = tokio::sync::oneshot::channel();
        for _ in 0..BATCHES_WAITING_MAX {
            hub.publish_then(vec![typing(&ChatId::general())], || {});
        }
        hub.publish_ephemeral(typing(&ChatId::general()));
        hub.publish_then(vec![typing(&ChatId::general())], move || tell.send(()).unwrap());
        told.await.unwrap();
        let mut heard = vec![];
        connection.try_recv_many(&mut heard);
        assert_eq!(heard.len(), BATCHES_WAITING_MAX + 1, "what may be lost was, nothing else");
        hub.publish_ephemeral(Event::Typing { chat_id: ChatId::general(), user_id: UserId(98) });
        heard.clear();
        connection.recv_many(&mut heard).await;
        assert!(heard.iter().any(|frame| frame.contains("98")), "it keeps up again");
    }

    #[tokio::test]
    async fn a_panic_in_an_answer_ends_neither_the_publisher_nor_the_answers_behind_it() {
        let hub = hub();
        let (mut connection, _) = hub.arrive(someone(1));
        hub.settle(UserId(1), [ChatId::general()], &Privacy::default());
        let (tell, told) = tokio::sync::oneshot::channel();
        hub.publish_then(vec![typing(&ChatId::general())], || panic!("a bug"));
        hub.publish_then(vec![typing(&ChatId::general())], move || tell.send(()).unwrap());
        told.await.unwrap();
        let mut heard = vec![];
        connection.recv_many(&mut heard).await;
        assert_eq!(heard.len(), 2);
    }

    #[tokio::test]
    async fn one_encoded_frame_is_shared_by_all_who_hear_it() {
        let hub = hub();
        let mut connections = vec![];
        for user in 1..=3 {
            let (connection, loading) = hub.arrive(someone(user));
            assert!(loading);
            hub.settle(UserId(user), [ChatId::general()], &Privacy::default());
            connections.push(connection);
        }
        hub.publish_then(vec![typing(&ChatId::general())], || {});
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
            hub.settle(UserId(1), chats, &Privacy::default());
            assert_eq!(hub.0.rooms().rooms_count(), (10, 10));
            drop(connection);
            assert_eq!(hub.0.rooms().rooms_count(), (0, 10));
        }
    }

    /// Takes frames in every way that a conversation does: waits, gives up waiting half-way, looks without waiting.
    async fn listen(mut connection: Connection, mut chance: u64, until: usize) -> Vec<Frame> {
        let mut heard = vec![];
        while heard.len() < until {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            match chance >> 62 {
                0 => drop(connection.try_recv_many(&mut heard)),
                1 => tokio::select! {
                    _ = connection.recv_many(&mut heard) => {}
                    () = tokio::task::yield_now() => {}
                },
                _ => drop(connection.recv_many(&mut heard).await),
            }
        }
        heard
    }

    /// A wake-up that is lost leaves someone waiting for ever: threads race for queues that are nearly always empty, which
    /// is where every frame needs one.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nobody_is_left_waiting_however_sending_and_hearing_race() {
        const THREADS: usize = 2;
        const ROUNDS: usize = 2_000;
        for seed in 0..8 {
            let hub = hub();
            let mut listeners = vec![];
            for user in 1..=3 {
                let (connection, _) = hub.arrive(someone(user));
                hub.settle(UserId(user), [ChatId::general()], &Privacy::default());
                listeners.push(tokio::spawn(listen(connection, seed * 31 + user as u64, THREADS * ROUNDS)));
            }
            let senders = (0..THREADS).map(|thread| {
                let hub = hub.clone();
                // Threads of their own, as the database's writer is: they wake the publisher from outside.
                std::thread::spawn(move || {
                    for round in 0..ROUNDS {
                        let (tell, told) = std::sync::mpsc::channel();
                        let event =
                            Event::Typing { chat_id: ChatId::general(), user_id: UserId(1_000 + thread as i64) };
                        hub.publish_then(vec![event], move || {
                            let _ = tell.send(());
                        });
                        // Some wait for their answer and leave the hub idle, some send on.
                        if round % (2 + thread) == 0 {
                            told.recv_timeout(std::time::Duration::from_secs(60)).expect("an answer");
                        }
                    }
                })
            });
            let senders: Vec<_> = senders.collect();
            let patience = std::time::Duration::from_secs(60);
            for listener in listeners {
                let heard = tokio::time::timeout(patience, listener).await.expect("nobody waits for ever").unwrap();
                assert_eq!(heard.len(), THREADS * ROUNDS, "seed {seed}: each once");
            }
            for sender in senders {
                sender.join().unwrap();
            }
        }
    }
}
