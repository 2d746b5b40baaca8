//! Sends committed events to those whom they concern: one task, in commit order, each event encoded once.
//!
//! It works in turns. First the frames of all that waits are queued, then those who made them are answered, and only then
//! are the connections woken: each wakes once and writes once, however much a turn has for it.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use protocol::frame::Event;
use protocol::model::Receipt;
use protocol::privacy::PRIVACY;
use protocol::{ChatId, PresenceStatus, Privacy, Row, Scope, UserId};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::connection::{Frame, Outbox, encode};
use super::rooms::{Person, Rooms};
use super::{Hub, Shared};

/// Batches taken at once: as many transactions as share a commit.
const BATCHES_AT_ONCE: usize = 256;
/// After about so many queued frames (some 0.3 ms) a turn ends: the connections get theirs to write.
const FRAMES_PER_TURN: usize = 8_192;
/// Comings and goings are told together this often, so that a reconnect shows as nothing.
const PRESENCE_EVERY: Duration = Duration::from_millis(250);
/// With more people here than this, presence is told only to those who share a small chat.
const PRESENCE_EVERYONE_MAX: usize = 256;
/// A small chat, for presence.
const PRESENCE_NEAR_MAX: usize = 50;

/// Work for the publisher, in order.
pub(super) enum Batch {
    /// One transaction's events, and what follows when they are queued.
    Events(Vec<Event>, Option<Answer>),
    /// Someone came, went, or set their status.
    Presence(UserId),
}

/// Tells whoever made events that they are on their way.
pub(super) type Answer = Box<dyn FnOnce() + Send>;

/// What a turn has done and still has to tell.
#[derive(Default)]
struct Turn {
    touched: Vec<Arc<Outbox>>,
    answers: Vec<Answer>,
    frames: usize,
}

impl Turn {
    fn send(&mut self, person: &Person, frame: &Frame) {
        self.frames += person.send(frame, &mut self.touched);
    }

    fn queue(&mut self, shared: &Shared, events: &[Event]) {
        guarded("events", || events.iter().for_each(|event| deliver(&mut shared.rooms(), event, self)));
    }

    fn end(&mut self) {
        self.answers.drain(..).for_each(|answer| guarded("an answer", answer));
        self.touched.drain(..).for_each(|outbox| outbox.wake());
        self.frames = 0;
    }
}

/// A panic over one event must not end the publisher: everyone's answers wait for it.
fn guarded(what: &str, work: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        tracing::error!(what, "sending panicked; the publisher goes on");
    }
}

pub(super) async fn run(shared: Weak<Shared>, mut batches: mpsc::UnboundedReceiver<Batch>) {
    let mut taken = Vec::with_capacity(BATCHES_AT_ONCE);
    let mut restless: HashSet<UserId> = HashSet::new();
    let mut tell_at: Option<Instant> = None;
    let mut turn = Turn::default();
    loop {
        let timer = async {
            match tell_at {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = timer => {
                tell_at = None;
                let Some(shared) = shared.upgrade() else { return };
                tell_presence(&Hub(shared), restless.drain(), &mut turn);
                turn.end();
            }
            count = batches.recv_many(&mut taken, BATCHES_AT_ONCE) => {
                if count == 0 {
                    return;
                }
                let Some(shared) = shared.upgrade() else { return };
                for batch in taken.drain(..) {
                    match batch {
                        Batch::Events(events, answer) => {
                            turn.queue(&shared, &events);
                            turn.answers.extend(answer);
                        }
                        Batch::Presence(user) => {
                            restless.insert(user);
                            tell_at.get_or_insert_with(|| Instant::now() + PRESENCE_EVERY);
                        }
                    }
                    shared.waiting.fetch_sub(1, Ordering::Relaxed);
                    if turn.frames >= FRAMES_PER_TURN {
                        turn.end();
                        tokio::task::yield_now().await;
                    }
                }
                turn.end();
                drop(shared);
                tokio::task::yield_now().await;
            }
        }
    }
}

fn deliver(rooms: &mut Rooms, event: &Event, turn: &mut Turn) {
    match event {
        Event::NewMessage { chat_id, message } => {
            rooms.moved(&Scope::Chat(chat_id.clone()), message.rev);
            to_chat(rooms, chat_id, event, turn);
        }
        Event::RowChanged { scope, row } => {
            rooms.moved(scope, row.rev());
            match scope {
                Scope::Chat(chat) => to_chat(rooms, chat, event, turn),
                Scope::Team => to_everyone(rooms, event, turn),
                Scope::User(user) => {
                    if let Some(person) = rooms.person(*user) {
                        turn.send(person, &encode(event));
                    }
                    if let (Row::Item(item), Some(person)) = (row, rooms.person(*user))
                        && item.key == PRIVACY
                    {
                        person.set_privacy(&Privacy::read(item.value.as_deref()));
                    }
                    if let Row::Membership(membership) = row {
                        rooms.membership(*user, &membership.chat_id, !membership.left);
                    }
                }
            }
        }
        Event::Receipt { chat_id, receipt } => to_readers(rooms, chat_id, receipt, turn),
        Event::Typing { chat_id, user_id } => {
            let frame = encode(event);
            let others = rooms.people_of(chat_id).filter(|person| person.id != *user_id);
            for person in others.filter(|person| !person.hides(Person::TYPING)) {
                turn.send(person, &frame);
            }
        }
        // Presence is told by its own timer; heartbeats and farewells belong to one connection.
        Event::Presence { .. } | Event::Heads { .. } | Event::Closing { .. } => {}
    }
}

fn to_chat(rooms: &Rooms, chat: &ChatId, event: &Event, turn: &mut Turn) {
    let mut frame = None;
    for person in rooms.people_of(chat) {
        turn.send(person, frame.get_or_insert_with(|| encode(event)));
    }
}

/// Whoever does not show how far they have read is not told how far others have.
fn to_readers(rooms: &Rooms, chat: &ChatId, receipt: &Receipt, turn: &mut Turn) {
    let encoded =
        |read_seq| encode(&Event::Receipt { chat_id: chat.clone(), receipt: Receipt { read_seq, ..*receipt } });
    let (whole, without) = (encoded(receipt.read_seq), encoded(0));
    for person in rooms.people_of(chat) {
        let own = person.id == receipt.user_id;
        turn.send(person, if !own && person.hides(Person::RECEIPTS) { &without } else { &whole });
    }
}

fn to_everyone(rooms: &Rooms, event: &Event, turn: &mut Turn) {
    let mut frame = None;
    for person in rooms.everyone() {
        turn.send(person, frame.get_or_insert_with(|| encode(event)));
    }
}

fn tell_presence(hub: &Hub, restless: impl Iterator<Item = UserId>, turn: &mut Turn) {
    let now = (hub.0.clock)();
    let mut rooms = hub.0.rooms();
    for user in restless {
        let person = rooms.person(user);
        let status = person.map_or(PresenceStatus::Offline, |person| person.shown_status());
        let hides = person.is_some_and(|person| person.hides(Person::PRESENCE));
        let told = match status {
            PresenceStatus::Offline => rooms.announced.remove(&user).unwrap_or(PresenceStatus::Offline),
            other => rooms.announced.insert(user, other).unwrap_or(PresenceStatus::Offline),
        };
        if told == status {
            continue;
        }
        let gone = status == PresenceStatus::Offline;
        if gone && !hides {
            hub.0.later.seen(user, now);
        }
        let frame = encode(&Event::Presence { user_id: user, status, last_seen: (gone && !hides).then_some(now) });
        // Whoever hides does not see others either.
        let sees = |person: &&Arc<Person>| person.id == user || !person.hides(Person::PRESENCE);
        if rooms.people_count() <= PRESENCE_EVERYONE_MAX {
            rooms.everyone().filter(sees).for_each(|person| turn.send(person, &frame));
            continue;
        }
        for near in rooms.near(user, PRESENCE_NEAR_MAX) {
            if let Some(person) = rooms.person(near).filter(sees) {
                turn.send(person, &frame);
            }
        }
    }
}

/// What someone who just came is told about those who are here.
pub(super) fn presence_now(rooms: &Rooms, user: UserId) -> Vec<Event> {
    if rooms.person(user).is_some_and(|person| person.hides(Person::PRESENCE)) {
        return Vec::new();
    }
    let visible: Vec<UserId> = if rooms.people_count() <= PRESENCE_EVERYONE_MAX {
        rooms.announced.keys().copied().collect()
    } else {
        rooms.near(user, PRESENCE_NEAR_MAX).into_iter().collect()
    };
    let told = visible.into_iter().filter_map(|id| Some((id, *rooms.announced.get(&id)?)));
    told.map(|(user_id, status)| Event::Presence { user_id, status, last_seen: None }).collect()
}
