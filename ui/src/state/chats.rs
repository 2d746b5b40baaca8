//! The chat list in the host's order: a vector of handles, and one signal per row.

use std::collections::{HashMap, HashSet};

use leptos::prelude::*;
use view::{ChatId, ChatRow};

/// A row of the chat list: the list holds handles, the row changes by itself.
#[derive(Debug, Clone)]
pub struct ChatEntry {
    /// Which chat; the key of the row.
    pub id: ChatId,
    /// What it shows.
    pub row: ArcRwSignal<ChatRow>,
}

impl PartialEq for ChatEntry {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// The chat list.
#[derive(Debug, Clone, Copy)]
pub struct Chats {
    /// In the order of the screen; changes when a chat comes, goes or moves.
    pub order: RwSignal<Vec<ChatEntry>>,
    /// The list has come from the host at least once.
    pub loaded: RwSignal<bool>,
    /// Those that are put away.
    pub archived: RwSignal<HashSet<ChatId>>,
    by_id: StoredValue<HashMap<ChatId, ArcRwSignal<ChatRow>>>,
}

impl Chats {
    /// An empty list, not yet loaded.
    pub fn new() -> Self {
        Self {
            order: RwSignal::new(Vec::new()),
            loaded: RwSignal::new(false),
            archived: RwSignal::new(HashSet::new()),
            by_id: StoredValue::new(HashMap::new()),
        }
    }

    /// The row of a chat that is in the list; not tracked.
    pub fn find(&self, id: &ChatId) -> Option<ArcRwSignal<ChatRow>> {
        self.by_id.with_value(|rows| rows.get(id).cloned())
    }

    /// The row of a chat; tracks the list's order and the row.
    pub fn row(&self, id: &ChatId) -> Option<ChatRow> {
        self.order.track();
        self.find(id).map(|row| row.get())
    }

    /// Replaces the whole list; rows that stay keep their signals.
    pub fn reset(&self, rows: Vec<ChatRow>) {
        let order: Vec<ChatEntry> = rows.into_iter().map(|row| self.entry(row)).collect();
        self.by_id.update_value(|rows| {
            *rows = order.iter().map(|entry| (entry.id.clone(), entry.row.clone())).collect();
        });
        self.loaded.set(!order.is_empty() || self.loaded.get_untracked());
        self.order.set(order);
    }

    /// Puts a new or changed row at `index`, counted after it was taken out from where it stood.
    pub fn place(&self, row: ChatRow, index: usize) {
        // A new account's list begins empty and fills row by row.
        self.loaded.set(true);
        let entry = self.entry(row);
        let stands = self.order.with_untracked(|order| order.iter().position(|other| *other == entry));
        let last = self.order.with_untracked(Vec::len).saturating_sub(usize::from(stands.is_some()));
        let index = index.min(last);
        if stands == Some(index) {
            return;
        }
        self.order.update(|order| {
            if let Some(old) = stands {
                order.remove(old);
            }
            order.insert(index, entry);
        });
    }

    /// Takes a chat out.
    pub fn remove(&self, id: &ChatId) {
        self.by_id.update_value(|rows| {
            rows.remove(id);
        });
        if self.archived.with_untracked(|archived| archived.contains(id)) {
            self.archived.update(|archived| _ = archived.remove(id));
        }
        if self.order.with_untracked(|order| order.iter().any(|entry| entry.id == *id)) {
            self.order.update(|order| order.retain(|entry| entry.id != *id));
        }
    }

    /// The handle of a row, its signal patched when it was there and differs.
    fn entry(&self, row: ChatRow) -> ChatEntry {
        let id = row.id.clone();
        if row.archived != self.archived.with_untracked(|archived| archived.contains(&id)) {
            self.archived
                .update(|archived| _ = if row.archived { archived.insert(id.clone()) } else { archived.remove(&id) });
        }
        let signal = match self.find(&id) {
            Some(signal) => {
                if signal.with_untracked(|old| *old != row) {
                    signal.set(row);
                }
                signal
            }
            None => {
                let signal = ArcRwSignal::new(row);
                self.by_id.update_value(|rows| {
                    rows.insert(id.clone(), signal.clone());
                });
                signal
            }
        };
        ChatEntry { id, row: signal }
    }
}

impl Default for Chats {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn row(id: &str, text: &str) -> ChatRow {
        ChatRow {
            id: ChatId::new(id).unwrap(),
            kind: view::ChatKind::Group,
            title: id.to_owned(),
            description: String::new(),
            avatar: None,
            person: None,
            role: None,
            public: false,
            encrypted: false,
            waits: false,
            rights: view::Rights::default(),
            may_post: true,
            may_invite: true,
            may_mention_everyone: false,
            disappear_after: None,
            may_set_timer: false,
            member_count: 1,
            join_requests: 0,
            last_text: text.to_owned(),
            last_author: String::new(),
            last_own: false,
            last_note: None,
            last_delivery: None,
            last_at: None,
            unread: 0,
            unread_mentions: 0,
            draft: String::new(),
            typing: Vec::new(),
            settings: view::ChatSettings::default(),
            archived: false,
            last_seq: 0,
        }
    }

    fn ids(chats: &Chats) -> Vec<String> {
        chats.order.with_untracked(|order| order.iter().map(|entry| entry.id.to_string()).collect())
    }

    #[test]
    fn a_chat_with_a_new_message_moves_up_and_keeps_its_signal() {
        let owner = Owner::new();
        owner.set();
        let chats = Chats::new();
        chats.reset(vec![row("a", ""), row("b", ""), row("c", "")]);
        let b = chats.find(&ChatId::new("b").unwrap()).unwrap();
        chats.place(row("b", "hi"), 0);
        assert_eq!(ids(&chats), ["b", "a", "c"]);
        assert_eq!(b.get_untracked().last_text, "hi");
    }

    #[test]
    fn an_index_past_the_end_is_the_end_and_removal_forgets_the_row() {
        let owner = Owner::new();
        owner.set();
        let chats = Chats::new();
        chats.reset(vec![row("a", "")]);
        chats.place(row("b", ""), 9);
        assert_eq!(ids(&chats), ["a", "b"]);
        chats.place(row("a", "x"), 9);
        assert_eq!(ids(&chats), ["b", "a"]);
        chats.remove(&ChatId::new("b").unwrap());
        assert_eq!(ids(&chats), ["a"]);
        assert!(chats.find(&ChatId::new("b").unwrap()).is_none());
    }
}
