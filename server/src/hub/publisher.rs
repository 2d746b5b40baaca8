//! Sends committed events to those whom they concern: one task, in commit order, each event encoded once.

use std::collections::HashSet;
use std::sync::Weak;
use std::time::Duration;

use protocol::frame::Event;
use protocol::{ChatId, PresenceStatus, Row, Scope, UserId};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::connection::encode;
use super::rooms::Rooms;
use super::{Hub, Shared};

/// Batches taken at once; after them the connections get their turn to write.
const BATCHES_AT_ONCE: usize = 64;
/// Comings and goings are told together this often, so that a reconnect shows as nothing.
const PRESENCE_EVERY: Duration = Duration::from_millis(250);
/// With more people here than this, presence is told only to those who share a small chat.
const PRESENCE_EVERYONE_MAX: usize = 256;
/// A small chat, for presence.
const PRESENCE_NEAR_MAX: usize = 50;

/// Work for the publisher, in order.
pub(super) enum Batch {
    /// One transaction's events.
    Events(Vec<Event>),
    /// Someone came, went, or set their status.
    Presence(UserId),
}

pub(super) async fn run(shared: Weak<Shared>, mut batches: mpsc::UnboundedReceiver<Batch>) {
    let mut taken = Vec::with_capacity(BATCHES_AT_ONCE);
    let mut restless: HashSet<UserId> = HashSet::new();
    let mut tell_at: Option<Instant> = None;
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
                tell_presence(&Hub(shared), restless.drain());
            }
            count = batches.recv_many(&mut taken, BATCHES_AT_ONCE) => {
                if count == 0 {
                    return;
                }
                let Some(shared) = shared.upgrade() else { return };
                let mut sent = 0;
                for batch in taken.drain(..) {
                    match batch {
                        Batch::Events(events) => {
                            sent += 1;
                            let mut rooms = shared.rooms();
                            events.iter().for_each(|event| deliver(&mut rooms, event));
                        }
                        Batch::Presence(user) => {
                            restless.insert(user);
                            tell_at.get_or_insert_with(|| Instant::now() + PRESENCE_EVERY);
                        }
                    }
                }
                shared.sent(sent);
                drop(shared);
                tokio::task::yield_now().await;
            }
        }
    }
}

fn deliver(rooms: &mut Rooms, event: &Event) {
    match event {
        Event::NewMessage { chat_id, message } => {
            rooms.moved(&Scope::Chat(chat_id.clone()), message.rev);
            to_chat(rooms, chat_id, event, None);
        }
        Event::RowChanged { scope, row } => {
            rooms.moved(scope, row.rev());
            match scope {
                Scope::Chat(chat) => to_chat(rooms, chat, event, None),
                Scope::Team => to_everyone(rooms, event),
                Scope::User(user) => {
                    if let Some(person) = rooms.person(*user) {
                        person.send(&encode(event));
                    }
                    if let Row::Membership(membership) = row {
                        rooms.membership(*user, &membership.chat_id, !membership.left);
                    }
                }
            }
        }
        Event::Receipt { chat_id, .. } => to_chat(rooms, chat_id, event, None),
        Event::Typing { chat_id, user_id } => to_chat(rooms, chat_id, event, Some(*user_id)),
        // Presence is told by its own timer; heartbeats and farewells belong to one connection.
        Event::Presence { .. } | Event::Heads { .. } | Event::Closing { .. } => {}
    }
}

fn to_chat(rooms: &Rooms, chat: &ChatId, event: &Event, except: Option<UserId>) {
    let mut frame = None;
    for person in rooms.people_of(chat).filter(|person| Some(person.id) != except) {
        person.send(frame.get_or_insert_with(|| encode(event)));
    }
}

fn to_everyone(rooms: &Rooms, event: &Event) {
    let mut frame = None;
    for person in rooms.everyone() {
        person.send(frame.get_or_insert_with(|| encode(event)));
    }
}

fn tell_presence(hub: &Hub, restless: impl Iterator<Item = UserId>) {
    let now = (hub.0.clock)();
    let mut rooms = hub.0.rooms();
    for user in restless {
        let status = rooms.person(user).map_or(PresenceStatus::Offline, |person| person.status());
        let told = match status {
            PresenceStatus::Offline => rooms.announced.remove(&user).unwrap_or(PresenceStatus::Offline),
            other => rooms.announced.insert(user, other).unwrap_or(PresenceStatus::Offline),
        };
        if told == status {
            continue;
        }
        let gone = status == PresenceStatus::Offline;
        if gone {
            hub.0.later.seen(user, now);
        }
        let event = Event::Presence { user_id: user, status, last_seen: gone.then_some(now) };
        if rooms.people_count() <= PRESENCE_EVERYONE_MAX {
            to_everyone(&rooms, &event);
            continue;
        }
        let frame = encode(&event);
        for near in rooms.near(user, PRESENCE_NEAR_MAX) {
            if let Some(person) = rooms.person(near) {
                person.send(&frame);
            }
        }
    }
}

/// What someone who just came is told about those who are here.
pub(super) fn presence_now(rooms: &Rooms, user: UserId) -> Vec<Event> {
    let visible: Vec<UserId> = if rooms.people_count() <= PRESENCE_EVERYONE_MAX {
        rooms.announced.keys().copied().collect()
    } else {
        rooms.near(user, PRESENCE_NEAR_MAX).into_iter().collect()
    };
    let told = visible.into_iter().filter_map(|id| Some((id, *rooms.announced.get(&id)?)));
    told.map(|(user_id, status)| Event::Presence { user_id, status, last_seen: None }).collect()
}
