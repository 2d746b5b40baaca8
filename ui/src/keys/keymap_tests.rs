//! Own chords, bound and pressed under five layouts with the codes and characters that browsers report.
#![allow(clippy::unwrap_used)]

use super::super::chord::tests::press;
use super::*;

fn keymap(entries: &[(&str, &str)]) -> Keymap {
    Keymap::new(entries.iter().filter_map(|(name, value)| Keymap::read(&format!("{KEY}{name}"), value)))
}

/// Binds what is pressed under one layout, and finds it by what is pressed under another.
fn bound(action: Action, held: &str, key: &str, code: &str) -> Keymap {
    let chord = chord_for(action, &press(held, key, code)).unwrap();
    keymap(&[(action.name(), &chord.name())])
}

fn does(keymap: &Keymap, held: &str, key: &str, code: &str) -> Option<Action> {
    keymap.action_of(&press(held, key, code))
}

#[test]
fn a_chord_bound_under_a_russian_layout_works_under_the_latin_and_greek_ones() {
    let own = bound(Action::QuickSwitcher, "C", "о", "KeyJ");
    assert_eq!(does(&own, "C", "j", "KeyJ"), Some(Action::QuickSwitcher), "US, German");
    assert_eq!(does(&own, "C", "ξ", "KeyJ"), Some(Action::QuickSwitcher), "Greek");
    assert_eq!(does(&own, "C", "о", "KeyJ"), Some(Action::QuickSwitcher), "Russian");
    assert_eq!(does(&own, "C", "k", "KeyK"), None, "the old chord is free");
    assert_eq!(does(&own, "C", "л", "KeyK"), None);
}

#[test]
fn under_azerty_and_qwertz_the_letter_on_the_key_counts() {
    // A lies on the key of Q, M on that of the semicolon, Z on that of Y.
    let own = bound(Action::Settings, "CS", "A", "KeyQ");
    assert_eq!(does(&own, "CS", "A", "KeyQ"), Some(Action::Settings));
    assert_eq!(does(&own, "CS", "A", "KeyA"), Some(Action::Settings), "the same letter under a US layout");
    assert_eq!(does(&own, "CS", "Ф", "KeyA"), Some(Action::Settings), "and where it lies under a Russian one");
    assert_eq!(does(&bound(Action::Settings, "C", "m", "Semicolon"), "C", "m", "KeyM"), Some(Action::Settings));
    let german = bound(Action::Settings, "CA", "z", "KeyY");
    assert_eq!(does(&german, "CA", "z", "KeyZ"), Some(Action::Settings));
    assert_eq!(does(&german, "CA", "y", "KeyZ"), None, "the key labelled Y means Y");
}

#[test]
fn shift_that_only_types_a_symbol_is_no_part_of_the_chord() {
    // A slash is Shift+7 on a German keyboard, Shift+: on a French one, and a key of its own on a US one.
    for (held, code) in [("CS", "Digit7"), ("CS", "Period"), ("C", "Slash")] {
        let own = bound(Action::Emoji, held, "/", code);
        assert_eq!(own.chord(binding(Action::Emoji)), Some(Chord::ctrl(Key::Symbol('/'))));
    }
    let own = bound(Action::Emoji, "C", ";", "KeyQ");
    assert_eq!(does(&own, "C", ";", "Semicolon"), Some(Action::Emoji), "Greek has ; where US keyboards have Q");
    let own = bound(Action::Emoji, "A", "ж", "Semicolon");
    assert_eq!(does(&own, "A", ";", "Semicolon"), Some(Action::Emoji), "Ж lies on ;");
}

#[test]
fn nine_chords_for_numbers_share_what_is_held() {
    let own = bound(Action::Chat(1), "CA", "4", "Digit4");
    assert_eq!(does(&own, "CA", "9", "Digit9"), Some(Action::Chat(9)));
    assert_eq!(does(&own, "CA", "ç", "Digit9"), Some(Action::Chat(9)), "French, without Shift");
    assert_eq!(does(&own, "C", "9", "Digit9"), None);
    assert_eq!(does(&own, "A", "9", "Digit9"), Some(Action::Folder(9)), "the folders keep theirs");
    assert_eq!(chord_for(Action::Chat(1), &press("C", "k", "KeyK")), Err(Refusal::Unknown));
    let taken = Keymap::default().holder(Chord::alt(Key::Symbol('1')), Action::Chat(1));
    assert_eq!(taken.map(|other| other.action), Some(Action::Folder(1)));
}

#[test]
fn a_chord_that_another_action_has_is_told() {
    let own = keymap(&[("quick-switcher", "Ctrl+J")]);
    let holder = |chord: &str, action| own.holder(Chord::named(chord).unwrap(), action).map(|other| other.action);
    assert_eq!(holder("Ctrl+J", Action::Emoji), Some(Action::QuickSwitcher));
    assert_eq!(holder("Ctrl+J", Action::QuickSwitcher), None, "one's own is no conflict");
    assert_eq!(holder("Ctrl+K", Action::Emoji), None, "it was given up");
    assert_eq!(holder("Ctrl+7", Action::Emoji), Some(Action::Chat(1)), "one of nine stands for all");
}

#[test]
fn an_action_can_be_left_without_keys_and_what_is_not_known_is_left_out() {
    let own =
        keymap(&[("bold", ""), ("escape", "Ctrl+J"), ("newer", "Ctrl+J"), ("italic", "Hyper+I"), ("code", "Ctrl+C")]);
    assert_eq!(does(&own, "C", "b", "KeyB"), None);
    assert_eq!(own.own_names(), ["bold"]);
    assert_eq!(does(&own, "C", "i", "KeyI"), Some(Action::Italic));
    assert_eq!(does(&own, "C", "j", "KeyJ"), None);
}

#[test]
fn what_types_moves_or_belongs_to_the_system_is_refused() {
    let refused = |held: &str, key: &str, code: &str| chord_for(Action::Emoji, &press(held, key, code)).err();
    assert_eq!(refused("", "k", "KeyK"), Some(Refusal::Types));
    assert_eq!(refused("S", "Л", "KeyK"), Some(Refusal::Types));
    assert_eq!(refused("", "ArrowUp", "ArrowUp"), Some(Refusal::Types));
    assert_eq!(refused("C", "с", "KeyC"), Some(Refusal::Reserved), "copy, under a Russian layout");
    assert_eq!(refused("C", "w", "KeyZ"), Some(Refusal::Reserved), "close, under a French one");
    assert_eq!(refused("A", "F4", "F4"), Some(Refusal::Reserved));
    assert_eq!(refused("C", "Control", "ControlLeft"), Some(Refusal::Unknown), "not whole yet");
    assert_eq!(refused("CAG", "@", "KeyQ"), Some(Refusal::Unknown), "AltGr types");
    assert_eq!(refused("C…", "k", "KeyK"), Some(Refusal::Unknown), "composing");
    assert_eq!(refused("", "F8", "F8"), None);
}

#[test]
fn every_chord_of_the_table_is_read_back_by_its_name_and_each_action_by_its_own() {
    for binding in BINDINGS {
        assert_eq!(Chord::named(&binding.chord.name()), Some(binding.chord), "{}", binding.chord.name());
        assert!(view::kept::is_key(&format!("{KEY}{}", binding.action.name())), "{:?}", binding.action);
        let same = BINDINGS.iter().filter(|other| other.action.name() == binding.action.name());
        let family = matches!(binding.action, Action::Chat(_) | Action::Folder(_));
        assert_eq!(same.count(), if family { 9 } else { 1 }, "{:?}", binding.action);
        assert!(!is_free(binding.action) || check(binding.chord).is_ok(), "{} may be bound", binding.chord.name());
    }
    assert_eq!(Chord::named("Ctrl+Alt++").map(|chord| chord.key), Some(Key::Symbol('+')));
    assert_eq!(Chord::named("Alt+Space").map(|chord| chord.key), Some(Key::Symbol(' ')));
    for wrong in ["", "Ctrl+", "Ctrl+KK", "Ctrl+Я", "F13", "F0", "Meta+K", "ctrl+k"] {
        assert_eq!(Chord::named(wrong), None, "{wrong}");
    }
}

fn binding(action: Action) -> &'static Binding {
    BINDINGS.iter().find(|binding| binding.action == action).unwrap()
}
