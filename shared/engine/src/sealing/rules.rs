//! What this device allows in a group, whatever the server says: people are known by their keys, a private chat is between
//! its two, a group has the people whom its list of members shows, and nobody but oneself has devices of one's own.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use crypto::mls::{Actor, Device, PersonId, Policy, Step as GroupStep};
use protocol::{ChatId, UserId};
use sql::Tx;

use super::rows::{self, Pin};
use crate::members;

/// The rules of one chat.
pub(crate) struct Rules {
    me: UserId,
    own: PersonId,
    pins: HashMap<UserId, Pin>,
    pair: Option<(UserId, UserId)>,
    members: HashSet<UserId>,
    /// Those who went.
    former: HashSet<UserId>,
    /// Who is added must be a member: not so in commits of long ago, whose people may be forgotten.
    strict: Cell<bool>,
    /// Keys that were met: of new people, or in place of others.
    met: RefCell<Vec<(UserId, PersonId)>>,
}

impl Rules {
    pub(crate) fn load(tx: &mut Tx<'_>, chat: &ChatId, me: UserId, own: PersonId) -> Result<Self, sql::Error> {
        let pins = rows::pins(tx)?.into_iter().map(|pin| (pin.user, pin)).collect();
        let pair = chat.private_members();
        let (members, former) = match pair {
            Some((low, high)) => (HashSet::from([low, high]), HashSet::new()),
            None => members::now_and_before(tx, chat)?,
        };
        Ok(Self { me, own, pins, pair, members, former, strict: Cell::new(true), met: RefCell::default() })
    }

    /// In the chat, by what this device knows.
    pub(super) fn is_member(&self, user: UserId) -> bool {
        self.members.contains(&user)
    }

    /// Somebody besides oneself is in the chat.
    pub(super) fn has_others(&self) -> bool {
        self.members.iter().any(|user| *user != self.me)
    }

    /// Whether the next commit is the newest: who is added by it must be known as a member.
    pub(super) fn judge_strictly(&self, on: bool) {
        self.strict.set(on);
    }

    /// Remembers the keys that were met; returns the people who had another one before.
    pub(crate) fn keep(self, tx: &mut Tx<'_>, now: i64) -> Result<Vec<UserId>, sql::Error> {
        let mut changed = Vec::new();
        for (user, person) in self.met.into_inner() {
            rows::pin(tx, user, person, now)?;
            if self.pins.contains_key(&user) {
                changed.push(user);
            }
        }
        Ok(changed)
    }
}

impl Policy for Rules {
    fn knows(&self, device: &Device) -> bool {
        if self.pair.is_some_and(|(low, high)| device.user != low && device.user != high) {
            return false;
        }
        if device.user == self.me {
            return device.person == self.own;
        }
        let met = self.met.borrow().iter().rev().find(|(user, _)| *user == device.user).map(|(_, person)| *person);
        match (met, self.pins.get(&device.user)) {
            (Some(person), _) if person == device.person => true,
            (None, Some(pin)) if pin.person == device.person => true,
            // Who was compared does not change unnoticed: the person must be compared again.
            (_, Some(pin)) if pin.verified => false,
            _ => {
                self.met.borrow_mut().push((device.user, device.person));
                true
            }
        }
    }

    fn allows(&self, by: &Actor, step: &GroupStep) -> bool {
        match (by, step) {
            (Actor::Device(_), GroupStep::Add(device)) => {
                let known = self.is_member(device.user) || self.former.contains(&device.user);
                known || !self.strict.get()
            }
            (Actor::Device(_), GroupStep::Remove(_)) => true,
            // The server removes nobody by itself, and nobody comes back unasked.
            (Actor::Server, _) | (_, GroupStep::Rejoin(_)) => false,
        }
    }
}
