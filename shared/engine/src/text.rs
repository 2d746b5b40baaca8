//! Texts for places with little room: one line, no marks of formatting. Pure.

use std::borrow::Cow;

/// As it is, cut to at most `chars_max` characters: names, which have no formatting.
pub(crate) fn clipped(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Stands for what is hidden until one asks for it.
const HIDDEN: &str = "▒▒▒";

/// The text without what its writer hid: `||…||`, except in code.
pub(crate) fn without_hidden(text: &str) -> Cow<'_, str> {
    if !text.contains("||") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        in_code ^= c == '`';
        let end = if !in_code && text[at..].starts_with("||") { hidden_end(&text[at..]) } else { None };
        match end {
            Some(end) => {
                out.push_str(HIDDEN);
                at += end;
            }
            None => {
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
    Cow::Owned(out)
}

/// Where what is hidden from here on ends; marks beside spaces are no marks, and a paragraph ends everything.
fn hidden_end(text: &str) -> Option<usize> {
    let inside = &text[2..];
    if inside.starts_with(char::is_whitespace) {
        return None;
    }
    let paragraph = &inside[..inside.find("\n\n").unwrap_or(inside.len())];
    let mut from = 0;
    while let Some(found) = paragraph[from..].find("||") {
        let end = from + found;
        if end > 0 && !paragraph[..end].ends_with(char::is_whitespace) {
            return Some(2 + end + 2);
        }
        from = end + 2;
    }
    None
}

/// The text as one plain line of at most `chars_max` characters. What is hidden in it stays so.
pub(crate) fn one_line(text: &str, chars_max: usize) -> String {
    let text = without_hidden(text);
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
        assert_eq!(one_line("> **Привет**,\n\n`мир` и __мы__", 50), "Привет, мир и мы");
        assert_eq!(one_line("snake_case * 2", 50), "snake_case * 2");
        assert_eq!(one_line("абвгд", 3), "абв…");
    }

    #[test]
    fn what_is_hidden_stays_hidden_in_short_texts() {
        assert_eq!(one_line("убийца ||садовник **он** самый||, да", 50), "убийца ▒▒▒, да");
        assert_eq!(one_line("||раз|| и ||два||", 50), "▒▒▒ и ▒▒▒");
        for open in ["`a || b || c`", "a || b || c"] {
            assert!(one_line(open, 50).contains('b'), "{open}");
        }
        assert_eq!(one_line("||не закрыто", 50), "не закрыто");
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
