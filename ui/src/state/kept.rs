//! Wishes about the interface that a person's devices share (`view::kept`), as they came: each reader checks its own.

use std::collections::BTreeMap;

use leptos::prelude::*;
use view::Command;

use crate::bridge;

/// Entries by key.
#[derive(Debug, Clone, Copy)]
pub struct KeptEntries {
    entries: RwSignal<BTreeMap<String, String>>,
}

impl KeptEntries {
    /// Nothing kept.
    pub fn new() -> Self {
        Self { entries: RwSignal::new(BTreeMap::new()) }
    }

    /// The value of an entry; tracked.
    pub fn get(&self, key: &str) -> Option<String> {
        self.entries.with(|entries| entries.get(key).cloned())
    }

    /// What `read` makes of the entries whose keys begin so, in order of their keys; tracked.
    pub fn read<T>(&self, prefix: &str, read: impl Fn(&str, &str) -> Option<T>) -> Vec<T> {
        self.entries.with(|entries| {
            let after = entries.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
            after.filter_map(|(key, value)| read(key, value)).collect()
        })
    }

    /// Keeps an entry, here at once and on the other devices; `None` takes it away.
    pub fn keep(&self, key: String, value: Option<String>) {
        self.lay(&key, value.as_ref());
        bridge::tell_quietly(Command::Keep { key, value });
    }

    /// What the host says; another device may have changed it.
    pub(super) fn came(&self, entries: Vec<view::Kept>) {
        for entry in entries {
            self.lay(&entry.key, entry.value.as_ref());
        }
    }

    /// Forgets all (log-out).
    pub(super) fn clear(&self) {
        if self.entries.with_untracked(|entries| !entries.is_empty()) {
            self.entries.set(BTreeMap::new());
        }
    }

    fn lay(&self, key: &str, value: Option<&String>) {
        if self.entries.with_untracked(|entries| entries.get(key) == value) {
            return;
        }
        self.entries.update(|entries| {
            match value {
                Some(value) => entries.insert(key.to_owned(), value.clone()),
                None => entries.remove(key),
            };
        });
    }
}

impl Default for KeptEntries {
    fn default() -> Self {
        Self::new()
    }
}
