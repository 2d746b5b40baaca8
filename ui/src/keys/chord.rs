//! Which key is meant, whatever the keyboard's layout. Pure: tested with Russian, German, French and Greek layouts.
//!
//! The character comes first, so that AZERTY and QWERTZ stay right. Only when a letter key yields a non-Latin character
//! does its place count (`KeyK`). A symbol is known by its character, and by its place only when it is not printable ASCII.

use super::press::KeyPress;

/// A key that has a name instead of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Named {
    Up,
    Down,
    Left,
    Right,
    Enter,
    Escape,
    PageUp,
    PageDown,
    Home,
    End,
    /// F1 to F12.
    F(u8),
}

/// A key, after the layout was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A lower-case Latin letter.
    Letter(char),
    /// A digit or an ASCII symbol; whether Shift is needed for it depends on the layout.
    Symbol(char),
    /// A key with a name.
    Named(Named),
}

/// Keys held together. Ctrl stands for Cmd on macOS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    /// Ctrl, or Cmd on macOS.
    pub ctrl: bool,
    /// Alt.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
    /// The key itself.
    pub key: Key,
}

impl Chord {
    /// A key alone.
    pub const fn plain(key: Key) -> Self {
        Self { ctrl: false, alt: false, shift: false, key }
    }

    /// With Ctrl.
    pub const fn ctrl(key: Key) -> Self {
        Self { ctrl: true, ..Self::plain(key) }
    }

    /// With Alt.
    pub const fn alt(key: Key) -> Self {
        Self { alt: true, ..Self::plain(key) }
    }

    /// The same with Shift.
    pub const fn shift(self) -> Self {
        Self { shift: true, ..self }
    }

    /// The press means this chord. Shift counts exactly for letters and named keys, and for symbols that ask for it;
    /// for other symbols it is only the layout's way of typing them.
    pub fn is(&self, press: &KeyPress) -> bool {
        let Some(key) = Key::meant_by(press) else { return false };
        if self.ctrl != press.ctrl || self.alt != press.alt {
            return false;
        }
        match (self.key, key) {
            (Key::Symbol(wanted), Key::Symbol(typed)) if self.shift => {
                press.shift && (typed == wanted || us_shifted(wanted) == Some(typed))
            }
            (Key::Symbol(wanted), Key::Symbol(typed)) => wanted == typed,
            (wanted, typed) => wanted == typed && self.shift == press.shift,
        }
    }

    /// `Ctrl+Shift+K`, `⌘⇧K` on macOS; for the sheet of shortcuts and tooltips.
    pub fn words(&self, mac: bool) -> String {
        let mut words = String::new();
        for (held, name, sign) in [(self.ctrl, "Ctrl+", "⌘"), (self.alt, "Alt+", "⌥"), (self.shift, "Shift+", "⇧")]
        {
            if held {
                words.push_str(if mac { sign } else { name });
            }
        }
        match self.key {
            Key::Letter(letter) => words.push(letter.to_ascii_uppercase()),
            Key::Symbol(' ') => words.push_str("Space"),
            Key::Symbol(symbol) => words.push(symbol),
            Key::Named(named) => words.push_str(&named.words()),
        }
        words
    }

    /// How it is kept: `Ctrl+Shift+K`, on every system and in every language.
    pub fn name(&self) -> String {
        self.words(false)
    }

    /// Reads [`Chord::name`]; `None` for what is no chord.
    pub fn named(name: &str) -> Option<Self> {
        let mut rest = name;
        let mut held = |word: &str| rest.strip_prefix(word).map(|after| rest = after).is_some();
        let (ctrl, alt, shift) = (held("Ctrl+"), held("Alt+"), held("Shift+"));
        let mut characters = rest.chars();
        let key = match (characters.next()?, characters.next()) {
            (letter @ 'A'..='Z', None) => Key::Letter(letter.to_ascii_lowercase()),
            (symbol, None) if symbol.is_ascii_graphic() && !symbol.is_ascii_alphabetic() => Key::Symbol(symbol),
            _ if rest == "Space" => Key::Symbol(' '),
            _ => Key::Named(Named::worded(rest)?),
        };
        Some(Self { ctrl, alt, shift, key })
    }
}

impl Key {
    /// The key that was meant; `None` while composing, with AltGr, and for keys that no chord uses.
    pub fn meant_by(press: &KeyPress) -> Option<Key> {
        if press.composing || press.alt_graph {
            return None;
        }
        let Some(character) = press.character() else {
            return Named::of(&press.key).map(Key::Named).or_else(|| {
                // A dead key (^ in German) has no character yet: its place counts.
                (press.key == "Dead").then(|| symbol_at(&press.code)).flatten()
            });
        };
        if character.is_ascii_alphabetic() {
            Some(Key::Letter(character.to_ascii_lowercase()))
        } else if character.is_ascii_graphic() || character == ' ' {
            Some(Key::Symbol(character))
        } else if let Some(letter) = letter_at(&press.code) {
            (!is_latin(character)).then_some(Key::Letter(letter))
        } else {
            symbol_at(&press.code)
        }
    }
}

impl Named {
    fn of(name: &str) -> Option<Named> {
        Some(match name {
            "ArrowUp" => Named::Up,
            "ArrowDown" => Named::Down,
            "ArrowLeft" => Named::Left,
            "ArrowRight" => Named::Right,
            "Enter" => Named::Enter,
            "Escape" => Named::Escape,
            "PageUp" => Named::PageUp,
            "PageDown" => Named::PageDown,
            "Home" => Named::Home,
            "End" => Named::End,
            _ => {
                let number = name.strip_prefix('F').filter(|digits| !digits.starts_with('0'))?.parse().ok()?;
                (1..=12).contains(&number).then_some(Named::F(number))?
            }
        })
    }

    /// Reads [`Named::words`].
    fn worded(words: &str) -> Option<Named> {
        use Named::{Down, End, Enter, Escape, Home, Left, PageDown, PageUp, Right, Up};
        let all = [Up, Down, Left, Right, Enter, Escape, PageUp, PageDown, Home, End];
        all.into_iter()
            .find(|named| named.words() == words)
            .or_else(|| Named::of(words).filter(|one| one.words() == words))
    }

    fn words(self) -> String {
        let words = match self {
            Named::Up => "↑",
            Named::Down => "↓",
            Named::Left => "←",
            Named::Right => "→",
            Named::Enter => "Enter",
            Named::Escape => "Esc",
            Named::PageUp => "PgUp",
            Named::PageDown => "PgDn",
            Named::Home => "Home",
            Named::End => "End",
            Named::F(number) => return format!("F{number}"),
        };
        words.to_owned()
    }
}

/// The letter on a letter key of a US keyboard: `KeyK` → `k`.
fn letter_at(code: &str) -> Option<char> {
    let letter = code.strip_prefix("Key")?.chars().next()?;
    letter.is_ascii_uppercase().then(|| letter.to_ascii_lowercase())
}

/// The digit or symbol on a key of a US keyboard.
fn symbol_at(code: &str) -> Option<Key> {
    let digit = code.strip_prefix("Digit").and_then(|digit| digit.chars().next());
    let symbol = digit.or(match code {
        "Comma" => Some(','),
        "Period" => Some('.'),
        "Slash" => Some('/'),
        "Backslash" => Some('\\'),
        "Semicolon" => Some(';'),
        "Quote" => Some('\''),
        "BracketLeft" => Some('['),
        "BracketRight" => Some(']'),
        "Minus" => Some('-'),
        "Equal" => Some('='),
        "Backquote" => Some('`'),
        _ => None,
    });
    symbol.map(Key::Symbol)
}

/// What Shift makes of a symbol on a US keyboard.
fn us_shifted(symbol: char) -> Option<char> {
    let pairs = [('\\', '|'), ('/', '?'), ('.', '>'), (',', '<'), (';', ':'), ('\'', '"'), ('-', '_'), ('=', '+')];
    pairs.into_iter().find(|(plain, _)| *plain == symbol).map(|(_, shifted)| shifted)
}

/// A Latin letter with a mark, or a letter of the Latin script outside ASCII.
fn is_latin(character: char) -> bool {
    matches!(character, 'ª' | 'º' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
        && !matches!(character, '\u{d7}' | '\u{f7}')
}

#[cfg(test)]
#[path = "chord_tests.rs"]
pub(super) mod tests;
