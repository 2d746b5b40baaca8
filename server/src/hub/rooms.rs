//! Who is here and who hears what: people with their connections, chats with the people who are in them and here.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use protocol::frame::ScopeHead;
use protocol::{Audience, ChatId, PresenceStatus, Privacy, Scope, UserId};

use super::connection::{Frame, Outbox};

/// A scope counts as moved this long after its last event: two heartbeats.
const LATELY: Duration = Duration::from_millis(2 * protocol::limits::HEARTBEAT_MS as u64);

/// Someone with at least one connection.
pub(super) struct Person {
    pub(super) id: UserId,
    connections: Mutex<Vec<Arc<Outbox>>>,
    /// What they neither show nor see: bits of [`Person::PRESENCE`] and the like.
    hidden: AtomicU8,
}

impl Person {
    /// Whether they are there.
    pub(super) const PRESENCE: u8 = 1;
    /// How far they have read.
    pub(super) const RECEIPTS: u8 = 2;
    /// That they are typing.
    pub(super) const TYPING: u8 = 4;

    /// They neither show this nor see it.
    pub(super) fn hides(&self, what: u8) -> bool {
        self.hidden.load(Ordering::Relaxed) & what != 0
    }

    pub(super) fn set_privacy(&self, privacy: &Privacy) {
        let bits = [
            (privacy.last_seen == Audience::Nobody, Self::PRESENCE),
            (!privacy.receipts, Self::RECEIPTS),
            (!privacy.typing, Self::TYPING),
        ];
        let hidden = bits.into_iter().filter(|(hides, _)| *hides).map(|(_, bit)| bit).sum();
        self.hidden.store(hidden, Ordering::Relaxed);
    }

    /// What others see of them.
    pub(super) fn shown_status(&self) -> PresenceStatus {
        if self.hides(Self::PRESENCE) { PresenceStatus::Offline } else { self.status() }
    }

    pub(super) fn connections(&self) -> MutexGuard<'_, Vec<Arc<Outbox>>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a frame on every connection; those whose queues were empty join `touched`. Returns how many connections.
    pub(super) fn send(&self, frame: &Frame, touched: &mut Vec<Arc<Outbox>>) -> usize {
        let connections = self.connections();
        touched.extend(connections.iter().filter(|outbox| outbox.push(frame)).cloned());
        connections.len()
    }

    /// What the person's connections say together.
    pub(super) fn status(&self) -> PresenceStatus {
        let order = [PresenceStatus::Dnd, PresenceStatus::Online, PresenceStatus::Away];
        let said: Vec<PresenceStatus> = self.connections().iter().map(|outbox| outbox.status()).collect();
        order.into_iter().find(|status| said.contains(status)).unwrap_or(PresenceStatus::Offline)
    }
}

/// A person's place in the books.
struct Desk {
    person: Arc<Person>,
    /// The chats they hear, as numbers of rooms.
    rooms: Vec<u32>,
    /// While the memberships are being read from the database: what changed meanwhile.
    loading: Option<HashMap<ChatId, bool>>,
    moved: Option<Moved>,
}

struct Room {
    id: ChatId,
    people: HashMap<UserId, Arc<Person>>,
    moved: Option<Moved>,
}

#[derive(Clone, Copy)]
struct Moved {
    rev: u64,
    at: Instant,
}

/// All the books; one lock around them.
#[derive(Default)]
pub(super) struct Rooms {
    desks: HashMap<UserId, Desk>,
    by_chat: HashMap<ChatId, u32>,
    rooms: Vec<Option<Room>>,
    free: Vec<u32>,
    connections: usize,
    team_moved: Option<Moved>,
    /// What was last told of each person who is here.
    pub(super) announced: HashMap<UserId, PresenceStatus>,
}

impl Rooms {
    /// A connection comes. `true`: the memberships have to be read and given to [`Rooms::settle`].
    pub(super) fn arrive(&mut self, user: UserId, outbox: Arc<Outbox>) -> (Arc<Person>, bool) {
        self.connections += 1;
        let desk = self.desks.entry(user).or_insert_with(|| Desk {
            person: Arc::new(Person {
                id: user,
                connections: Mutex::new(Vec::with_capacity(1)),
                hidden: AtomicU8::new(0),
            }),
            rooms: Vec::new(),
            loading: Some(HashMap::new()),
            moved: None,
        });
        desk.person.connections().push(outbox);
        (desk.person.clone(), desk.loading.is_some())
    }

    /// The memberships were read after [`Rooms::arrive`]; what was told since then is newer and wins.
    pub(super) fn settle(&mut self, user: UserId, chats: impl IntoIterator<Item = ChatId>) {
        let Some(changed) = self.desks.get_mut(&user).and_then(|desk| desk.loading.take()) else { return };
        for chat in chats.into_iter().filter(|chat| !changed.contains_key(chat)) {
            self.enter(user, chat);
        }
        for (chat, _) in changed.iter().filter(|(_, there)| **there) {
            self.enter(user, chat.clone());
        }
    }

    /// A connection goes; `true` when it was the person's last.
    pub(super) fn leave(&mut self, person: &Person, outbox: &Arc<Outbox>) -> bool {
        let mut connections = person.connections();
        let before = connections.len();
        connections.retain(|other| !Arc::ptr_eq(other, outbox));
        self.connections -= before - connections.len();
        if !connections.is_empty() {
            return false;
        }
        drop(connections);
        if let Some(desk) = self.desks.remove(&person.id) {
            for room in desk.rooms {
                self.drop_from(room, person.id);
            }
        }
        true
    }

    /// A membership changed: from now on the person hears the chat, or no longer.
    pub(super) fn membership(&mut self, user: UserId, chat: &ChatId, there: bool) {
        match self.desks.get_mut(&user) {
            None => {}
            Some(Desk { loading: Some(changed), .. }) => {
                changed.insert(chat.clone(), there);
            }
            Some(_) if there => self.enter(user, chat.clone()),
            Some(desk) => {
                if let Some(&room) = self.by_chat.get(chat) {
                    desk.rooms.retain(|other| *other != room);
                    self.drop_from(room, user);
                }
            }
        }
    }

    fn enter(&mut self, user: UserId, chat: ChatId) {
        let Some(desk) = self.desks.get_mut(&user) else { return };
        let number = *self.by_chat.entry(chat).or_insert_with_key(|id| {
            let room = Room { id: id.clone(), people: HashMap::new(), moved: None };
            match self.free.pop() {
                Some(number) => {
                    self.rooms[number as usize] = Some(room);
                    number
                }
                None => {
                    self.rooms.push(Some(room));
                    (self.rooms.len() - 1) as u32
                }
            }
        });
        if let Some(room) = &mut self.rooms[number as usize]
            && room.people.insert(user, desk.person.clone()).is_none()
        {
            desk.rooms.push(number);
        }
    }

    fn drop_from(&mut self, number: u32, user: UserId) {
        let Some(room) = &mut self.rooms[number as usize] else { return };
        room.people.remove(&user);
        if room.people.is_empty() {
            self.by_chat.remove(&room.id);
            self.rooms[number as usize] = None;
            self.free.push(number);
        }
    }

    fn room(&self, chat: &ChatId) -> Option<&Room> {
        self.by_chat.get(chat).and_then(|number| self.rooms[*number as usize].as_ref())
    }

    /// The people of a chat who are here.
    pub(super) fn people_of(&self, chat: &ChatId) -> impl Iterator<Item = &Arc<Person>> {
        self.room(chat).into_iter().flat_map(|room| room.people.values())
    }

    /// The person is here and hears the chat.
    pub(super) fn hears(&self, user: UserId, chat: &ChatId) -> bool {
        self.room(chat).is_some_and(|room| room.people.contains_key(&user))
    }

    pub(super) fn person(&self, user: UserId) -> Option<&Arc<Person>> {
        self.desks.get(&user).map(|desk| &desk.person)
    }

    pub(super) fn everyone(&self) -> impl Iterator<Item = &Arc<Person>> {
        self.desks.values().map(|desk| &desk.person)
    }

    /// Everyone with their number of connections.
    pub(super) fn people_here(&self) -> Vec<(UserId, u32)> {
        let count = |desk: &Desk| u32::try_from(desk.person.connections().len()).unwrap_or(u32::MAX);
        self.desks.iter().map(|(id, desk)| (*id, count(desk))).collect()
    }

    pub(super) fn people_count(&self) -> usize {
        self.desks.len()
    }

    pub(super) fn connections_count(&self) -> usize {
        self.connections
    }

    /// Who shares a chat of at most `people_max` present people with a person; themselves included.
    pub(super) fn near(&self, user: UserId, people_max: usize) -> HashSet<UserId> {
        let rooms = self.desks.get(&user).into_iter().flat_map(|desk| &desk.rooms);
        let small = rooms
            .filter_map(|number| self.rooms[*number as usize].as_ref())
            .filter(|room| room.people.len() <= people_max);
        small.flat_map(|room| room.people.keys().copied()).chain([user]).collect()
    }

    /// Notes that a scope moved, for the heartbeats.
    pub(super) fn moved(&mut self, scope: &Scope, rev: u64) {
        let moved = Some(Moved { rev, at: Instant::now() });
        match scope {
            Scope::Team => self.team_moved = moved,
            Scope::User(user) => {
                if let Some(desk) = self.desks.get_mut(user) {
                    desk.moved = moved;
                }
            }
            Scope::Chat(chat) => {
                if let Some(number) = self.by_chat.get(chat)
                    && let Some(room) = &mut self.rooms[*number as usize]
                {
                    room.moved = moved;
                }
            }
        }
    }

    /// Newest revisions of a person's scopes that moved lately.
    pub(super) fn heads(&self, user: UserId) -> Vec<ScopeHead> {
        let lately = |scope: Scope, moved: Option<Moved>| {
            moved.filter(|moved| moved.at.elapsed() < LATELY).map(|moved| ScopeHead { scope, rev: moved.rev })
        };
        let mut heads: Vec<ScopeHead> = lately(Scope::Team, self.team_moved).into_iter().collect();
        let Some(desk) = self.desks.get(&user) else { return heads };
        heads.extend(lately(Scope::User(user), desk.moved));
        let rooms = desk.rooms.iter().filter_map(|number| self.rooms[*number as usize].as_ref());
        heads.extend(rooms.filter_map(|room| lately(Scope::Chat(room.id.clone()), room.moved)));
        heads
    }

    /// Every connection of a person, or of all.
    pub(super) fn outboxes(&self, of: Option<UserId>) -> Vec<Arc<Outbox>> {
        let people = self.desks.iter().filter(|(user, _)| of.is_none_or(|of| of == **user));
        people.flat_map(|(_, desk)| desk.person.connections().clone()).collect()
    }

    /// Rooms in use, and places for rooms.
    #[cfg(test)]
    pub(super) fn rooms_count(&self) -> (usize, usize) {
        (self.by_chat.len(), self.rooms.len())
    }
}
