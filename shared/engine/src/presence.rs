//! Who is there and who is typing. Lives in memory only: it means nothing after the connection.

use std::collections::{BTreeMap, HashMap, HashSet};

use protocol::frame::Seen;
use protocol::limits::TYPING_MS;
use protocol::{ChatId, PresenceStatus, Timestamp, UserId};

use crate::engine::Engine;
use crate::io::Timer;
use crate::step::Step;

/// Own typing is told at most this often.
const TELL_TYPING_MS: i64 = 3_000;

#[derive(Default)]
pub(crate) struct Presence {
    seen: HashMap<UserId, (PresenceStatus, Option<Timestamp>)>,
    /// They do not show when they were there.
    hidden: HashSet<UserId>,
    typing: BTreeMap<ChatId, Vec<(UserId, i64)>>,
    told: HashMap<ChatId, i64>,
    /// What the person wants others to see, to be told on each connection.
    pub(crate) own: Option<PresenceStatus>,
}

impl Presence {
    pub(crate) fn of(&self, id: UserId) -> (PresenceStatus, Option<Timestamp>) {
        self.seen.get(&id).copied().unwrap_or_default()
    }

    /// Not there, and not known since when.
    pub(crate) fn is_worth_asking(&self, id: UserId) -> bool {
        matches!(self.of(id), (PresenceStatus::Offline, None))
    }

    /// They do not show when they were there.
    pub(crate) fn is_hidden(&self, id: UserId) -> bool {
        self.hidden.contains(&id)
    }

    /// The server says when someone was last there; `true` when it is news.
    pub(crate) fn last_seen_came(&mut self, seen: &Seen) -> bool {
        let id = seen.user_id;
        let turned = if seen.hidden { self.hidden.insert(id) } else { self.hidden.remove(&id) };
        if !self.is_worth_asking(id) || seen.at.is_none() {
            return turned;
        }
        self.seen.insert(id, (PresenceStatus::Offline, seen.at));
        true
    }

    pub(crate) fn typing(&self, chat: &ChatId) -> Vec<UserId> {
        self.typing.get(chat).into_iter().flatten().map(|(who, _)| *who).collect()
    }

    /// Whether to tell that oneself is typing.
    pub(crate) fn tell_typing(&mut self, chat: &ChatId, now: i64) -> bool {
        let last = self.told.insert(chat.clone(), now);
        let due = last.is_none_or(|at| now - at >= TELL_TYPING_MS || now < at);
        if !due && let Some(at) = last {
            self.told.insert(chat.clone(), at);
        }
        due
    }
}

impl Engine {
    pub(crate) fn presence_came(&mut self, id: UserId, status: PresenceStatus, last_seen: Option<Timestamp>) {
        self.presence.seen.insert(id, (status, last_seen));
        self.screen.dirty.people.insert(id);
        if status != PresenceStatus::Offline {
            self.sealing_person_came(id);
        }
    }

    /// Nobody is known to be there any more.
    pub(crate) fn presence_gone(&mut self) {
        for (id, (status, _)) in self.presence.seen.drain() {
            if status != PresenceStatus::Offline {
                self.screen.dirty.people.insert(id);
            }
        }
        self.screen.dirty.chats.extend(std::mem::take(&mut self.presence.typing).into_keys());
        self.presence.told.clear();
    }

    pub(crate) fn typing_came(&mut self, s: &mut Step<'_, '_>, chat: ChatId, who: UserId) {
        if Some(who) == self.me() || self.own.has_blocked(who) {
            return;
        }
        let until = s.now + i64::from(TYPING_MS);
        let typing = self.presence.typing.entry(chat.clone()).or_default();
        match typing.iter_mut().find(|(known, _)| *known == who) {
            Some(known) => known.1 = until,
            None => {
                typing.push((who, until));
                self.screen.dirty.chats.insert(chat);
            }
        }
        self.set_typing_timer(s);
    }

    pub(crate) fn stopped_typing(&mut self, chat: &ChatId, who: UserId) {
        if let Some(typing) = self.presence.typing.get_mut(chat) {
            typing.retain(|(known, _)| *known != who);
            if typing.is_empty() {
                self.presence.typing.remove(chat);
            }
        }
    }

    pub(crate) fn typing_timer(&mut self, s: &mut Step<'_, '_>) {
        let now = s.now;
        let dirty = &mut self.screen.dirty.chats;
        self.presence.typing.retain(|chat, typing| {
            let before = typing.len();
            typing.retain(|(_, until)| *until > now);
            if typing.len() != before {
                dirty.insert(chat.clone());
            }
            !typing.is_empty()
        });
        self.set_typing_timer(s);
    }

    fn set_typing_timer(&mut self, s: &mut Step<'_, '_>) {
        let next = self.presence.typing.values().flatten().map(|(_, until)| *until).min();
        if let Some(until) = next {
            s.set_timer(Timer::Typing, u32::try_from((until - s.now).max(1)).unwrap_or(TYPING_MS));
        }
    }
}
