//! A pressed key as the browser reports it, without the browser's types.

/// One `keydown`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyPress {
    /// `KeyboardEvent.key`: the character, or the name of a key that has none.
    pub key: String,
    /// `KeyboardEvent.code`: where the key lies on a US keyboard.
    pub code: String,
    /// Ctrl, or Cmd on macOS.
    pub ctrl: bool,
    /// Alt (Option).
    pub alt: bool,
    /// Shift.
    pub shift: bool,
    /// AltGr: types a character, never a chord.
    pub alt_graph: bool,
    /// An input method is composing: the key is part of a word.
    pub composing: bool,
}

impl KeyPress {
    /// Reads an event; on macOS Cmd takes the place of Ctrl.
    pub fn of(event: &web_sys::KeyboardEvent) -> Self {
        Self {
            key: event.key(),
            code: event.code(),
            ctrl: if is_mac() { event.meta_key() } else { event.ctrl_key() },
            alt: event.alt_key(),
            shift: event.shift_key(),
            alt_graph: event.get_modifier_state("AltGraph"),
            // 229: WebKit's way of saying "composing" on the key that ends it.
            composing: event.is_composing() || event.key_code() == 229,
        }
    }

    /// The one character that the key types, if it is one.
    pub fn character(&self) -> Option<char> {
        let mut characters = self.key.chars();
        characters.next().filter(|_| characters.next().is_none())
    }
}

/// This is a Mac: Cmd is meant where others say Ctrl.
pub fn is_mac() -> bool {
    thread_local! {
        static MAC: bool = leptos::prelude::window().navigator().platform().is_ok_and(|name| name.starts_with("Mac"));
    }
    MAC.with(|mac| *mac)
}
