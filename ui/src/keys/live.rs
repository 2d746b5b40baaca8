//! The page's keymap: what dispatch, tooltips, the palette and the sheet of shortcuts go by, so that they never disagree.

use std::sync::LazyLock;

use leptos::prelude::*;

use super::keymap::{KEY, Keymap};
use super::press::{KeyPress, is_mac};
use super::table::{Action, BINDINGS, Binding};
use crate::state::KeptEntries;

/// One for the page: whoever shows a chord shares it, in the gallery as well, where there is no state.
static KEYMAP: LazyLock<ArcRwSignal<Keymap>> = LazyLock::new(|| ArcRwSignal::new(Keymap::default()));

/// Keeps the keymap equal to what is kept.
pub fn keep_in_step(kept: KeptEntries) {
    Effect::new(move || {
        let keymap = Keymap::new(kept.read(KEY, Keymap::read));
        if KEYMAP.with_untracked(|old| *old != keymap) {
            KEYMAP.set(keymap);
        }
    });
}

/// The keymap; tracked.
pub fn keymap() -> Keymap {
    KEYMAP.get()
}

/// What a press does now.
pub fn action_of(press: &KeyPress) -> Option<Action> {
    KEYMAP.with_untracked(|keymap| keymap.action_of(press))
}

/// The chord of an action, for tooltips: `Ctrl+K`; empty for none. Tracked.
pub fn chord_words(action: Action) -> String {
    let binding = BINDINGS.iter().find(|binding| binding.action == action);
    binding.map(words_of).unwrap_or_default()
}

/// The same of a line of the table; of a family, of its first and last. Tracked.
pub fn words_of(binding: &Binding) -> String {
    let Some(chord) = KEYMAP.with(|keymap| keymap.chord(binding)) else { return String::new() };
    let mut words = chord.words(is_mac());
    if matches!(binding.action, Action::Chat(1) | Action::Folder(1)) {
        words.push_str("…9");
    }
    words
}
