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

impl Selected {
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
    fn offsets_count_as_text_fields_do() {
        assert_eq!(selected("👍!", 2, 2).insert("🎉"), selected("👍🎉!", 4, 4));
        assert_eq!(byte_at("👍!", 1), 0, "within a surrogate pair");
        assert_eq!(byte_at("я", 9), 2);
        assert_eq!(selected("ab", 1, 1).before(), "a");
    }
}
