//! What a key in the text field means. Letters count by what they are on a Latin layout, so that Ctrl+B works in Russian.

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// Send, or keep the edit.
    Send,
    /// Put this mark around the selection.
    Mark(&'static str),
    /// The last own message shall be edited (only in an empty field).
    EditLast,
    /// Leave edit or reply.
    Cancel,
    /// Open the emoji panel.
    Emoji,
}

/// A key with what is held down.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'a> {
    pub key: &'a str,
    pub code: &'a str,
    pub shift: bool,
    /// Ctrl, or Cmd on macOS.
    pub control: bool,
    pub alt: bool,
}

/// What the key asks for here; `None` leaves it to the field.
pub(super) fn ask(key: Key<'_>, empty: bool, enter_sends: bool) -> Option<Ask> {
    if key.alt {
        return None;
    }
    match key.key {
        "Enter" if key.control => Some(Ask::Send),
        "Enter" if key.shift != enter_sends => Some(Ask::Send),
        "ArrowUp" if empty && !key.control && !key.shift => Some(Ask::EditLast),
        "Escape" => Some(Ask::Cancel),
        _ if key.control => match (letter(key)?, key.shift) {
            ('b', false) => Some(Ask::Mark("**")),
            ('i', false) => Some(Ask::Mark("*")),
            ('x', true) => Some(Ask::Mark("~~")),
            ('c', true) => Some(Ask::Mark("`")),
            ('e', false) => Some(Ask::Emoji),
            _ => None,
        },
        _ => None,
    }
}

/// The Latin letter: the character itself, or where the layout has no Latin letter there, the physical key.
fn letter(key: Key<'_>) -> Option<char> {
    let mut chars = key.key.chars();
    let (first, rest) = (chars.next()?, chars.next());
    if rest.is_none() && first.is_ascii_alphabetic() {
        return Some(first.to_ascii_lowercase());
    }
    let letter = key.code.strip_prefix("Key")?.chars().next()?;
    (rest.is_none() && first.is_alphabetic()).then(|| letter.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &'static str, code: &'static str, mods: &str) -> Option<Ask> {
        let has = |c| mods.contains(c);
        ask(Key { key, code, shift: has('s'), control: has('c'), alt: has('a') }, has('0'), !has('n'))
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
        assert_eq!(press("b", "KeyB", "c"), Some(Ask::Mark("**")));
        assert_eq!(press("и", "KeyB", "c"), Some(Ask::Mark("**")));
        assert_eq!(press("Ч", "KeyX", "cs"), Some(Ask::Mark("~~")));
        assert_eq!(press("ψ", "KeyC", "cs"), Some(Ask::Mark("`")));
        assert_eq!(press("a", "KeyQ", "c"), None, "AZERTY: the character counts");
        assert_eq!(press("b", "KeyB", "ca"), None, "AltGr types");
    }

    #[test]
    fn up_edits_the_last_message_only_from_an_empty_field() {
        assert_eq!(press("ArrowUp", "ArrowUp", "0"), Some(Ask::EditLast));
        assert_eq!(press("ArrowUp", "ArrowUp", ""), None);
    }
}
