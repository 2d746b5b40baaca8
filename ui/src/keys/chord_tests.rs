//! Presses as browsers report them under four layouts, and what they shall do.
#![allow(clippy::unwrap_used)]

use super::super::keymap::Keymap;
use super::super::table::{Action, BINDINGS};
use super::*;

pub(in crate::keys) fn press(held: &str, key: &str, code: &str) -> KeyPress {
    KeyPress {
        key: key.to_owned(),
        code: code.to_owned(),
        ctrl: held.contains('C'),
        alt: held.contains('A'),
        shift: held.contains('S'),
        alt_graph: held.contains('G'),
        composing: held.contains('…'),
    }
}

fn action(held: &str, key: &str, code: &str) -> Option<Action> {
    Keymap::default().action_of(&press(held, key, code))
}

#[test]
fn under_a_russian_layout_letters_go_by_their_place() {
    assert_eq!(action("C", "л", "KeyK"), Some(Action::QuickSwitcher));
    assert_eq!(action("CS", "Л", "KeyK"), Some(Action::CommandPalette));
    assert_eq!(action("C", "а", "KeyF"), Some(Action::SearchChat));
    assert_eq!(action("CS", "А", "KeyF"), Some(Action::SearchEverywhere));
    assert_eq!(action("CS", "Ч", "KeyX"), Some(Action::Strike));
    // Ю and Б lie where US keyboards have the full stop and the comma.
    assert_eq!(action("C", "ю", "Period"), Some(Action::RightPanel));
    assert_eq!(action("C", "б", "Comma"), Some(Action::Settings));
    // The key right of Ю types a full stop, and with the key left of Enter a slash: the character counts.
    assert_eq!(action("C", ".", "Slash"), Some(Action::RightPanel));
    assert_eq!(action("CS", "/", "Backslash"), Some(Action::Shortcuts));
    assert_eq!(action("C", "3", "Digit3"), Some(Action::Chat(3)));
}

#[test]
fn under_a_german_layout_the_character_counts_and_a_slash_needs_shift() {
    assert_eq!(action("C", "k", "KeyK"), Some(Action::QuickSwitcher));
    // Z and Y change places: whoever presses the key labelled Y means Y.
    assert_eq!(Key::meant_by(&press("C", "y", "KeyZ")), Some(Key::Letter('y')));
    assert_eq!(action("CS", "/", "Digit7"), Some(Action::Shortcuts));
    assert_eq!(action("C", "7", "Digit7"), Some(Action::Chat(7)));
    // Ü is Latin and lies on no letter key: never a letter chord.
    assert_eq!(Key::meant_by(&press("C", "ü", "BracketLeft")), Some(Key::Symbol('[')));
    // AltGr types @, { and \: never a chord.
    assert_eq!(action("CAG", "\\", "Minus"), None);
    assert_eq!(Key::meant_by(&press("C", "Dead", "Backquote")), Some(Key::Symbol('`')));
}

#[test]
fn under_a_french_layout_letters_have_moved_and_digits_need_shift() {
    // The key labelled A lies where US keyboards have Q.
    assert_eq!(Key::meant_by(&press("C", "a", "KeyQ")), Some(Key::Letter('a')));
    assert_eq!(action("C", "b", "KeyB"), Some(Action::Bold));
    assert_eq!(action("CS", "1", "Digit1"), Some(Action::Chat(1)));
    // É is not ASCII: the place counts.
    assert_eq!(action("C", "é", "Digit2"), Some(Action::Chat(2)));
    assert_eq!(action("CS", "/", "Period"), Some(Action::Shortcuts));
    assert_eq!(action("C", ",", "KeyM"), Some(Action::Settings));
}

#[test]
fn under_a_greek_layout_letters_go_by_their_place() {
    assert_eq!(action("C", "κ", "KeyK"), Some(Action::QuickSwitcher));
    assert_eq!(action("CS", "Κ", "KeyK"), Some(Action::CommandPalette));
    assert_eq!(action("C", "φ", "KeyF"), Some(Action::SearchChat));
    assert_eq!(Key::meant_by(&press("C", "ς", "KeyW")), Some(Key::Letter('w')));
    // Greek has ; on the Q key: a symbol is known by its character.
    assert_eq!(Key::meant_by(&press("C", ";", "KeyQ")), Some(Key::Symbol(';')));
}

#[test]
fn a_latin_letter_with_a_mark_on_a_letter_key_is_no_chord() {
    assert_eq!(Key::meant_by(&press("C", "ı", "KeyI")), None);
}

#[test]
fn nothing_happens_while_composing_and_nothing_without_the_modifiers() {
    assert_eq!(action("C…", "k", "KeyK"), None);
    assert_eq!(action("", "k", "KeyK"), None);
    assert_eq!(action("CA", "k", "KeyK"), None);
    assert_eq!(action("CS", "Y", "KeyY"), None);
}

#[test]
fn a_symbol_that_asks_for_shift_is_found_by_both_its_characters() {
    assert_eq!(action("CS", "|", "Backslash"), Some(Action::ReactToLast));
    assert_eq!(action("CS", "\\", "Backslash"), Some(Action::ReactToLast));
    assert_eq!(action("C", "\\", "Backslash"), None);
}

#[test]
fn named_keys_want_exactly_their_modifiers() {
    assert_eq!(action("A", "ArrowUp", "ArrowUp"), Some(Action::PreviousChat));
    assert_eq!(action("AS", "ArrowUp", "ArrowUp"), Some(Action::PreviousUnread));
    assert_eq!(action("C", "ArrowUp", "ArrowUp"), Some(Action::ReplyPrevious));
    assert_eq!(action("S", "F6", "F6"), Some(Action::PreviousRegion));
    assert_eq!(action("", "Escape", "Escape"), Some(Action::Escape));
    assert_eq!(action("S", "Escape", "Escape"), Some(Action::AllRead));
}

#[test]
fn no_two_actions_share_a_chord() {
    for (index, one) in BINDINGS.iter().enumerate() {
        for other in &BINDINGS[index + 1..] {
            assert_ne!(one.chord, other.chord, "{:?} and {:?}", one.action, other.action);
        }
    }
}

#[test]
fn chords_are_written_as_people_of_each_system_know_them() {
    let chord = Chord::ctrl(Key::Letter('f')).shift();
    assert_eq!(chord.words(false), "Ctrl+Shift+F");
    assert_eq!(chord.words(true), "⌘⇧F");
}
