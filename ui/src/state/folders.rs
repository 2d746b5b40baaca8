//! The folders of the chat list: which there are, which one is open, which chats show.

use leptos::prelude::*;
use view::folders::{FOLDER, Folder, in_order};
use view::{ChatRow, Timestamp};

use super::chats::ChatEntry;
use super::kept::KeptEntries;
use super::{AppState, ToastKind};
use crate::i18n::{t_with, when::now};

/// The folders of the chat list.
#[derive(Clone, Copy)]
pub struct Folders {
    /// In the order of the screen.
    pub all: Memo<Vec<Folder>>,
    /// The id of the one that shows; `None` for all chats. May name one that is gone.
    pub open: RwSignal<Option<String>>,
    kept: KeptEntries,
}

impl Folders {
    /// Those that are kept.
    pub fn new(kept: KeptEntries) -> Self {
        let all = Memo::new(move |_| in_order(kept.read(FOLDER, Folder::read)));
        Self { all, open: RwSignal::new(None), kept }
    }

    /// The folder that shows; tracked.
    pub fn shown(&self) -> Option<Folder> {
        let open = self.open.get()?;
        self.all.with(|all| all.iter().find(|folder| folder.id == open).cloned())
    }

    /// Shows the n-th: 0 for all chats, from 1 the folders. `false` when there is none.
    pub fn show_nth(&self, number: usize) -> bool {
        let Some(at) = number.checked_sub(1) else {
            self.open.set(None);
            return true;
        };
        let id = self.all.with_untracked(|all| all.get(at).map(|folder| folder.id.clone()));
        let there = id.is_some();
        if there {
            self.open.set(id);
        }
        there
    }

    /// Keeps a folder, new or changed.
    pub fn keep(&self, folder: &Folder) {
        self.kept.keep(folder.key(), Some(folder.value()));
    }

    /// Takes a folder away; its chats stay.
    pub fn delete(&self, folder: &Folder) {
        self.kept.keep(folder.key(), None);
    }

    /// Moves a folder by one place. Equal places are told apart first, so that the move is seen.
    pub fn shift(&self, id: &str, forward: bool) {
        let all = self.all.get_untracked();
        for (folder, place) in all.iter().zip(moved(&all, id, forward)) {
            if folder.place != place {
                self.keep(&Folder { place, ..folder.clone() });
            }
        }
    }

    /// The place after all others.
    pub fn last_place(&self) -> u32 {
        self.all
            .with_untracked(|all| all.iter().map(|folder| folder.place).max().map_or(0, |last| last.saturating_add(1)))
    }
}

/// The places that the folders have once this one moved by one.
fn moved(all: &[Folder], id: &str, forward: bool) -> Vec<u32> {
    let mut places: Vec<u32> = (0..all.len() as u32).collect();
    let Some(at) = all.iter().position(|folder| folder.id == id) else { return places };
    let other = if forward { at + 1 } else { at.wrapping_sub(1) };
    if other < all.len() {
        places.swap(at, other);
    }
    places
}

impl AppState {
    /// The chats of a folder, in the order of the list; tracks each of them.
    pub fn chats_of(&self, folder: &Folder) -> Vec<ChatEntry> {
        let open = self.nav.chat.get();
        let now = now();
        let mut order = self.chats.order.get();
        order.retain(|entry| entry.row.with(|row| folder.holds(row, now, open.as_ref() == Some(&entry.id))));
        order
    }

    /// The chats of the list as it shows, without what is typed above it; tracked.
    pub fn listed_chats(&self) -> Vec<ChatEntry> {
        match self.folders.shown() {
            Some(folder) => self.chats_of(&folder),
            None => self.chats.order.get(),
        }
    }

    /// How many chats of a folder have something new; tracked.
    pub fn folder_unread(&self, folder: &Folder) -> u32 {
        let now = now();
        let counts = |row: &ChatRow| folder.unread(std::iter::once(row), now);
        self.chats.order.with(|order| order.iter().map(|entry| entry.row.with(counts)).sum())
    }

    /// Puts a chat into a folder or out of it, and says so.
    pub fn put_in_folder(&self, folder: &Folder, row: &ChatRow, inside: bool) {
        let mut changed = folder.clone();
        if changed.put(row, now(), inside) {
            self.folders.keep(&changed);
        } else {
            let full = untrack(|| t_with("folders-full", &[("name", folder.name.clone().into())]));
            self.toasts.push(full, ToastKind::Failure);
        }
    }
}

/// A chat is in a folder now.
pub fn is_in(folder: &Folder, row: &ChatRow) -> bool {
    folder.holds(row, Timestamp(now().0), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_moves_by_one_place_and_stays_at_the_ends() {
        let folder = |id: &str| Folder { id: id.into(), name: id.into(), ..Folder::default() };
        let all = [folder("a"), folder("b"), folder("c")];
        assert_eq!(moved(&all, "a", true), [1, 0, 2]);
        assert_eq!(moved(&all, "c", false), [0, 2, 1]);
        assert_eq!(moved(&all, "a", false), [0, 1, 2]);
        assert_eq!(moved(&all, "x", true), [0, 1, 2]);
    }
}
