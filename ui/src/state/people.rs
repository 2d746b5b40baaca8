//! The freshest row of each person: presence and names that are newer than the rows that lists were given.

use std::collections::HashMap;

use leptos::prelude::*;
use view::{PersonRow, UserId};

/// People by id, one signal each.
#[derive(Debug, Clone, Copy)]
pub struct People {
    rows: StoredValue<HashMap<UserId, ArcRwSignal<PersonRow>>>,
}

impl People {
    /// Nobody yet.
    pub fn new() -> Self {
        Self { rows: StoredValue::new(HashMap::new()) }
    }

    /// The freshest row of a person, beginning with the one at hand; tracks changes.
    pub fn fresh(&self, at_hand: &PersonRow) -> PersonRow {
        self.signal(at_hand).get()
    }

    /// A person's signal, made from the row at hand when nothing is known yet.
    pub fn signal(&self, at_hand: &PersonRow) -> ArcRwSignal<PersonRow> {
        if let Some(signal) = self.rows.with_value(|rows| rows.get(&at_hand.id).cloned()) {
            return signal;
        }
        let signal = ArcRwSignal::new(at_hand.clone());
        self.rows.update_value(|rows| {
            rows.insert(at_hand.id, signal.clone());
        });
        signal
    }

    /// Takes a person's newest row.
    pub fn put(&self, person: PersonRow) {
        let signal = self.signal(&person);
        if signal.with_untracked(|old| *old != person) {
            signal.set(person);
        }
    }

    /// Forgets everyone (log-out).
    pub fn clear(&self) {
        self.rows.update_value(HashMap::clear);
    }
}

impl Default for People {
    fn default() -> Self {
        Self::new()
    }
}
