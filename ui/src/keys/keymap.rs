//! The table of chords as the person has it: own chords over those of [`BINDINGS`]. Pure; [`super::live`] holds the one of the page.
//!
//! Kept as one entry an action, `ui:key:NAME`, so that two devices may change two of them at a time. Its value is the chord by
//! [`Chord::name`], or empty for none.

use std::collections::BTreeMap;

use super::chord::{Chord, Key, Named};
use super::press::KeyPress;
use super::table::{Action, BINDINGS, Binding};

/// Keys of own chords begin with this.
pub const KEY: &str = "ui:key:";

/// Own chords by the name of the action; `None`: none at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keymap {
    own: BTreeMap<String, Option<Chord>>,
}

/// Why keys cannot be bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not a whole chord yet, or a key that no chord uses.
    Unknown,
    /// It would type or move within a text: Ctrl or Alt is missing.
    Types,
    /// The system, the browser or every text field uses it.
    Reserved,
}

impl Keymap {
    /// From entries; names and chords that this version does not know are left out.
    pub fn new(entries: impl IntoIterator<Item = (String, Option<Chord>)>) -> Self {
        Self { own: entries.into_iter().collect() }
    }

    /// Reads one entry.
    pub fn read(key: &str, value: &str) -> Option<(String, Option<Chord>)> {
        let name = key.strip_prefix(KEY)?;
        BINDINGS.iter().find(|binding| binding.action.name() == name && is_free(binding.action))?;
        if value.is_empty() {
            return Some((name.to_owned(), None));
        }
        Some((name.to_owned(), Some(Chord::named(value).filter(|chord| check(*chord).is_ok())?)))
    }

    /// What to press for an action; `None` when the person took it away. The nine of a family share what is held.
    pub fn chord(&self, binding: &Binding) -> Option<Chord> {
        let Some(own) = self.own.get(binding.action.name()) else { return Some(binding.chord) };
        let own = (*own)?;
        match binding.action {
            Action::Chat(number) | Action::Folder(number) => {
                Some(Chord { key: Key::Symbol(char::from(b'0' + number)), ..own })
            }
            _ => Some(own),
        }
    }

    /// The person changed it.
    pub fn is_own(&self, action: Action) -> bool {
        self.own.contains_key(action.name())
    }

    /// Some action has another chord than at first.
    pub fn has_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// The names of all actions that were changed.
    pub fn own_names(&self) -> Vec<String> {
        self.own.keys().cloned().collect()
    }

    /// What a press does; a chord that asks for Shift comes before one that only tolerates it.
    pub fn action_of(&self, press: &KeyPress) -> Option<Action> {
        let chords = BINDINGS.iter().filter_map(|binding| Some((binding.action, self.chord(binding)?)));
        let mut fitting = chords.filter(|(_, chord)| chord.is(press));
        let first = fitting.next()?;
        let exact = fitting.find(|(_, chord)| chord.shift && press.shift);
        Some(exact.unwrap_or(first).0)
    }

    /// The action, another than this one and its family, that has the chord already.
    pub fn holder(&self, chord: Chord, action: Action) -> Option<&'static Binding> {
        let wanted = family(action, chord);
        let others = BINDINGS.iter().filter(|other| other.action.name() != action.name());
        let mut holders = others.filter(|other| self.chord(other).is_some_and(|taken| wanted.contains(&taken)));
        holders.next().map(first_of_family)
    }
}

/// The person may give it another chord: all but Esc, which also closes what is native.
pub fn is_free(action: Action) -> bool {
    action != Action::Escape
}

/// The chord that a press asks to bind to an action.
///
/// # Errors
/// When no chord, or none that may be bound, was pressed.
pub fn chord_for(action: Action, press: &KeyPress) -> Result<Chord, Refusal> {
    let key = Key::meant_by(press).ok_or(Refusal::Unknown)?;
    // The layout's way of typing a symbol is no part of the chord.
    let shift = press.shift && !matches!(key, Key::Symbol(symbol) if symbol != ' ');
    let chord = Chord { ctrl: press.ctrl, alt: press.alt, shift, key };
    if matches!(action, Action::Chat(_) | Action::Folder(_)) {
        // Of nine chords the digit is given, what is held with it is chosen.
        let Key::Symbol('1'..='9') = key else { return Err(Refusal::Unknown) };
        return check(Chord { key: Key::Symbol('1'), ..chord });
    }
    check(chord)
}

/// A chord that may be bound.
fn check(chord: Chord) -> Result<Chord, Refusal> {
    let held = chord.ctrl || chord.alt;
    match chord.key {
        Key::Letter(_) | Key::Symbol(_) if !held => return Err(Refusal::Types),
        Key::Named(Named::F(_)) => {}
        Key::Named(Named::PageUp | Named::PageDown) if chord.shift => {}
        Key::Named(Named::Escape) if chord.shift => {}
        Key::Named(Named::Escape) => return Err(Refusal::Reserved),
        Key::Named(_) if !held => return Err(Refusal::Types),
        Key::Letter(_) | Key::Symbol(_) | Key::Named(_) => {}
    }
    if is_reserved(chord) { Err(Refusal::Reserved) } else { Ok(chord) }
}

fn is_reserved(chord: Chord) -> bool {
    let (ctrl, alt, shift) = (chord.ctrl, chord.alt, chord.shift);
    match chord.key {
        // Copy, paste, cut, all, undo; the browser's tabs and windows, print, reload.
        Key::Letter(letter) if ctrl && !alt && !shift => "acvxzywtnqpr".contains(letter),
        // Paste plain, redo; the browser's windows and tools.
        Key::Letter(letter) if ctrl && !alt => "vztnwpqrij".contains(letter),
        // The size of the page.
        Key::Symbol(symbol) if ctrl && !alt => "+-=0".contains(symbol),
        Key::Named(Named::F(4)) => alt || ctrl,
        Key::Named(Named::F(5 | 11 | 12)) => !alt,
        _ => false,
    }
}

/// The chord, or the nine that it stands for.
fn family(action: Action, chord: Chord) -> Vec<Chord> {
    match action {
        Action::Chat(_) | Action::Folder(_) => {
            ('1'..='9').map(|digit| Chord { key: Key::Symbol(digit), ..chord }).collect()
        }
        _ => vec![chord],
    }
}

fn first_of_family(binding: &'static Binding) -> &'static Binding {
    let name = binding.action.name();
    BINDINGS.iter().find(|first| first.action.name() == name).unwrap_or(binding)
}

#[cfg(test)]
#[path = "keymap_tests.rs"]
mod tests;
