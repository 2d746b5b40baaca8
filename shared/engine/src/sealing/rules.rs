//! What this device allows in a group, whatever the server says: people are known by their keys, a private chat is between
//! its two, and nobody but oneself has devices of one's own.

use std::cell::RefCell;
use std::collections::HashMap;

use crypto::mls::{Actor, Device, PersonId, Policy, Step as GroupStep};
use protocol::{ChatId, UserId};
use sql::Tx;

use super::rows::{self, Pin};

/// The rules of one chat.
pub(crate) struct Rules {
    me: UserId,
    own: PersonId,
    pins: HashMap<UserId, Pin>,
    pair: Option<(UserId, UserId)>,
    /// Keys that were met: of new people, or in place of others.
    met: RefCell<Vec<(UserId, PersonId)>>,
}

impl Rules {
    pub(crate) fn load(tx: &mut Tx<'_>, chat: &ChatId, me: UserId, own: PersonId) -> Result<Self, sql::Error> {
        let pins = rows::pins(tx)?.into_iter().map(|pin| (pin.user, pin)).collect();
        Ok(Self { me, own, pins, pair: chat.private_members(), met: RefCell::default() })
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
            (Actor::Device(_), GroupStep::Add(_) | GroupStep::Remove(_)) => true,
            // The server removes nobody by itself, and nobody comes back unasked.
            (Actor::Server, _) | (_, GroupStep::Rejoin(_)) => false,
        }
    }
}
