//! Changes of a text with a selection. Offsets are UTF-16 units, as text fields count. Pure.

/// A text with what is selected in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selected {
    pub text: String,
    /// UTF-16 units.
    pub start: usize,
    /// UTF-16 units; never before `start`.
    pub end: usize,
}

/// Something done to what is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// This mark around it, or away.
    Mark(&'static str),
    /// Its lines as someone's words, or no more.
    Quote,
    /// Words that lead somewhere.
    Link,
}

/// Where a link leads until it is said.
const NOWHERE: &str = "https://";

impl Selected {
    /// As it is after the change.
    pub(super) fn changed(&self, change: Change) -> Selected {
        match change {
            Change::Mark(mark) => self.toggle(mark),
            Change::Quote => self.quote(),
            Change::Link => self.link(),
        }
    }

    /// Puts `> ` before each line that the selection touches, or takes it away when all have it.
    fn quote(&self) -> Selected {
        let (start, end) = self.bytes();
        let from = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let to = self.text[end..].find('\n').map_or(self.text.len(), |at| end + at);
        let lines: Vec<&str> = self.text[from..to].split('\n').collect();
        let bare = |line: &str| line.strip_prefix("> ").or_else(|| line.strip_prefix('>')).map(str::to_owned);
        let quoted: Option<Vec<String>> = lines.iter().map(|line| bare(line)).collect();
        let changed = quoted.unwrap_or_else(|| lines.iter().map(|line| format!("> {line}")).collect()).join("\n");
        let first = self.text[..from].encode_utf16().count();
        let last = first + changed.encode_utf16().count();
        let text = format!("{}{changed}{}", &self.text[..from], &self.text[to..]);
        // A caret stays a caret, behind the line.
        Selected { text, start: if start == end { last } else { first }, end: last }
    }

    /// `[words](address)`: of an address the words are to be typed, else the address.
    pub(super) fn link(&self) -> Selected {
        let (start, end) = self.bytes();
        let (before, inside, after) = (&self.text[..start], &self.text[start..end], &self.text[end..]);
        if inside.starts_with("https://") || inside.starts_with("http://") {
            let text = format!("{before}[]({inside}){after}");
            return Selected { text, start: self.start + 1, end: self.start + 1 };
        }
        let text = format!("{before}[{inside}]({NOWHERE}){after}");
        let address = self.end + "[](".len();
        Selected { text, start: address, end: address + NOWHERE.len() }
    }

    /// The bytes at which the selection starts and ends.
    fn bytes(&self) -> (usize, usize) {
        (byte_at(&self.text, self.start), byte_at(&self.text, self.end))
    }

    /// Puts `mark` around the selection, or takes it away when it is there.
    pub(super) fn toggle(&self, mark: &str) -> Selected {
        let (start, end) = self.bytes();
        let (before, inside, after) = (&self.text[..start], &self.text[start..end], &self.text[end..]);
        let width = mark.encode_utf16().count();
        // `*` inside `**` is not the mark sought.
        let single = |text: &str, at_end: bool| {
            let doubled = mark.repeat(2);
            mark.len() > 1 || !(if at_end { text.ends_with(&doubled) } else { text.starts_with(&doubled) })
        };
        if let (Some(left), Some(right)) = (before.strip_suffix(mark), after.strip_prefix(mark))
            && single(before, true)
            && single(after, false)
        {
            let text = format!("{left}{inside}{right}");
            return Selected { text, start: self.start - width, end: self.end - width };
        }
        if let Some(bare) = inside.strip_prefix(mark).and_then(|inside| inside.strip_suffix(mark))
            && single(inside, false)
            && !bare.is_empty()
        {
            let text = format!("{before}{bare}{after}");
            return Selected { text, start: self.start, end: self.end - 2 * width };
        }
        let text = format!("{before}{mark}{inside}{mark}{after}");
        Selected { text, start: self.start + width, end: self.end + width }
    }

    /// Replaces the selection and stands behind it.
    pub(super) fn insert(&self, words: &str) -> Selected {
        let (start, end) = self.bytes();
        let text = format!("{}{words}{}", &self.text[..start], &self.text[end..]);
        let caret = self.start + words.encode_utf16().count();
        Selected { text, start: caret, end: caret }
    }

    /// What stands before the caret.
    pub(super) fn before(&self) -> &str {
        &self.text[..self.bytes().0]
    }
}

/// What has to be written over one text to have the other: from where to where, in UTF-16 units, and what.
pub(super) fn difference(old: &str, new: &str) -> (usize, usize, String) {
    let same = |(a, b): &(char, char)| a == b;
    let before: usize = old.chars().zip(new.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (rest, wanted) = (&old[before..], &new[before..]);
    let after: usize = rest.chars().rev().zip(wanted.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let start = old[..before].encode_utf16().count();
    let end = start + rest[..rest.len() - after].encode_utf16().count();
    (start, end, wanted[..wanted.len() - after].to_owned())
}

/// The byte at a UTF-16 offset; within a surrogate pair the character's start, beyond the end the end.
pub(super) fn byte_at(text: &str, units: usize) -> usize {
    let mut seen = 0;
    for (at, c) in text.char_indices() {
        if seen + c.len_utf16() > units {
            return at;
        }
        seen += c.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(text: &str, start: usize, end: usize) -> Selected {
        Selected { text: text.to_owned(), start, end }
    }

    #[test]
    fn a_mark_goes_around_the_selection_and_away_again() {
        let bold = selected("раз два три", 4, 7).toggle("**");
        assert_eq!(bold, selected("раз **два** три", 6, 9));
        assert_eq!(bold.toggle("**"), selected("раз два три", 4, 7));
        assert_eq!(selected("a **b** c", 2, 7).toggle("**"), selected("a b c", 2, 3));
    }

    #[test]
    fn italic_within_bold_does_not_take_the_bold_away() {
        assert_eq!(selected("**b**", 2, 3).toggle("*"), selected("***b***", 3, 4));
    }

    #[test]
    fn without_a_selection_the_caret_stands_between_the_marks() {
        assert_eq!(selected("", 0, 0).toggle("`"), selected("``", 1, 1));
    }

    #[test]
    fn lines_are_quoted_and_quoted_no_more() {
        let quoted = selected("раз\nдва\nтри", 5, 9).changed(Change::Quote);
        assert_eq!(quoted, selected("раз\n> два\n> три", 4, 15));
        assert_eq!(quoted.changed(Change::Quote).text, "раз\nдва\nтри");
        assert_eq!(selected("a", 1, 1).changed(Change::Quote), selected("> a", 3, 3));
    }

    #[test]
    fn a_link_asks_for_what_it_lacks() {
        assert_eq!(selected("см. тут", 4, 7).changed(Change::Link), selected("см. [тут](https://)", 10, 18));
        let address = "https://a.example";
        let made = selected(address, 0, 17).changed(Change::Link);
        assert_eq!(made, selected("[](https://a.example)", 1, 1));
    }

    #[test]
    fn only_what_differs_is_written_anew() {
        assert_eq!(difference("раз два", "раз **два**"), (4, 7, "**два**".to_owned()));
        assert_eq!(difference("aaa", "aa"), (2, 3, String::new()));
        assert_eq!(difference("", "👍"), (0, 0, "👍".to_owned()));
        // The halves of two emoji are not told apart within.
        assert_eq!(difference("👍", "👎"), (0, 2, "👎".to_owned()));
        assert_eq!(difference("я", "я"), (1, 1, String::new()));
    }

    #[test]
    fn offsets_count_as_text_fields_do() {
        assert_eq!(selected("👍!", 2, 2).insert("🎉"), selected("👍🎉!", 4, 4));
        assert_eq!(byte_at("👍!", 1), 0, "within a surrogate pair");
        assert_eq!(byte_at("я", 9), 2);
        assert_eq!(selected("ab", 1, 1).before(), "a");
    }
}
