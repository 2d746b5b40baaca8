//! What a key in the text field means: chords by the page's keymap, so that Ctrl+B works in Russian, and what every field knows.

use super::editing::Change;
use crate::keys::{Action, KeyPress};

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// Send, or keep the edit.
    Send,
    /// Change what is selected.
    Change(Change),
    /// The last own message shall be edited (only in an empty field).
    EditLast,
    /// Leave edit or reply.
    Cancel,
    /// Open the emoji panel.
    Emoji,
}

/// What the key asks for here, given what it does by the keymap; `None` leaves it to the field.
pub(super) fn ask(press: &KeyPress, action: Option<Action>, empty: bool, enter_sends: bool) -> Option<Ask> {
    match action {
        Some(Action::Bold) => return Some(Ask::Change(Change::Mark("**"))),
        Some(Action::Italic) => return Some(Ask::Change(Change::Mark("*"))),
        Some(Action::Strike) => return Some(Ask::Change(Change::Mark("~~"))),
        Some(Action::Code) => return Some(Ask::Change(Change::Mark("`"))),
        Some(Action::Spoiler) => return Some(Ask::Change(Change::Mark("||"))),
        Some(Action::Quote) => return Some(Ask::Change(Change::Quote)),
        Some(Action::Link) => return Some(Ask::Change(Change::Link)),
        Some(Action::Emoji) => return Some(Ask::Emoji),
        _ => {}
    }
    match press.key.as_str() {
        _ if press.alt => None,
        "Enter" if press.ctrl => Some(Ask::Send),
        "Enter" if press.shift != enter_sends => Some(Ask::Send),
        "ArrowUp" if empty && !press.ctrl && !press.shift => Some(Ask::EditLast),
        "Escape" => Some(Ask::Cancel),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::keymap::Keymap;

    fn press(key: &'static str, code: &'static str, mods: &str) -> Option<Ask> {
        let has = |c| mods.contains(c);
        let held = KeyPress { shift: has('s'), ctrl: has('c'), alt: has('a'), ..KeyPress::default() };
        let press = KeyPress { key: key.to_owned(), code: code.to_owned(), ..held };
        ask(&press, Keymap::default().action_of(&press), has('0'), !has('n'))
    }

    #[test]
    fn enter_sends_or_breaks_the_line_as_the_person_likes() {
        assert_eq!(press("Enter", "Enter", ""), Some(Ask::Send));
        assert_eq!(press("Enter", "Enter", "s"), None);
        assert_eq!(press("Enter", "Enter", "n"), None);
        assert_eq!(press("Enter", "Enter", "ns"), Some(Ask::Send));
        assert_eq!(press("Enter", "Enter", "nc"), Some(Ask::Send));
    }

    #[test]
    fn marks_work_on_russian_french_and_german_layouts() {
        assert_eq!(press("b", "KeyB", "c"), Some(Ask::Change(Change::Mark("**"))));
        assert_eq!(press("и", "KeyB", "c"), Some(Ask::Change(Change::Mark("**"))));
        assert_eq!(press("Ч", "KeyX", "cs"), Some(Ask::Change(Change::Mark("~~"))));
        assert_eq!(press("ψ", "KeyC", "cs"), Some(Ask::Change(Change::Mark("`"))));
        assert_eq!(press("a", "KeyQ", "c"), None, "AZERTY: the character counts");
        assert_eq!(press("b", "KeyB", "ca"), None, "AltGr types");
    }

    #[test]
    fn up_edits_the_last_message_only_from_an_empty_field() {
        assert_eq!(press("ArrowUp", "ArrowUp", "0"), Some(Ask::EditLast));
        assert_eq!(press("ArrowUp", "ArrowUp", ""), None);
    }
}
