//! Texts for places with little room: one line, no marks of formatting. Pure.

/// As it is, cut to at most `chars_max` characters: names, which have no formatting.
pub(crate) fn clipped(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The text as one plain line of at most `chars_max` characters.
pub(crate) fn one_line(text: &str, chars_max: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    let mut chars = text.chars().peekable();
    let mut line_start = true;
    while let Some(c) = chars.next() {
        if line_start && matches!(c, '>' | '#' | ' ' | '\t') {
            continue;
        }
        if c.is_whitespace() {
            line_start = c == '\n';
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
                count += 1;
            }
            continue;
        }
        line_start = false;
        // Doubled marks are formatting; single ones may be meant.
        if matches!(c, '*' | '_' | '~' | '|') && chars.peek() == Some(&c) {
            chars.next();
            continue;
        }
        if c == '`' {
            continue;
        }
        if count >= chars_max {
            out.push('…');
            return out;
        }
        out.push(c);
        count += 1;
    }
    out.truncate(out.trim_end().len());
    out
}

/// A piece of `text` around byte `at`, at most about `chars_max` characters, with the byte offset at which it was cut out.
pub(crate) fn around(text: &str, at: usize, chars_max: usize) -> (&str, usize) {
    let before = chars_max / 3;
    let start = text[..at].char_indices().rev().take(before).last().map_or(at, |(i, _)| i);
    let start = if text[..start].trim().is_empty() { 0 } else { start };
    let end = text[start..].char_indices().nth(chars_max).map_or(text.len(), |(i, _)| start + i);
    (&text[start..end], start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_join_and_marks_go() {
        assert_eq!(one_line("> **Привет**,\n\n`мир` ||тайна||", 50), "Привет, мир тайна");
        assert_eq!(one_line("snake_case * 2", 50), "snake_case * 2");
        assert_eq!(one_line("абвгд", 3), "абв…");
    }

    #[test]
    fn a_piece_is_cut_at_characters() {
        let text = "очень длинный текст про ёлку и ещё немного слов";
        let at = text.find("ёлку").unwrap_or(0);
        let (piece, start) = around(text, at, 12);
        assert_eq!(&text[start..start + piece.len()], piece);
        assert!(piece.contains("ёлку"));
    }
}
