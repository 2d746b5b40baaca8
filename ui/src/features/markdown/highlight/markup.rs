//! HTML and XML: tags, attributes, comments.

use super::{Out, Token};

/// Reads a document.
pub(super) fn read(out: &mut Out<'_>) {
    let source = out.source;
    let mut at = 0;
    while let Some(found) = source[at..].find('<') {
        let start = at + found;
        let rest = &source[start..];
        if rest.starts_with("<!--") {
            at = start + rest.find("-->").map_or(rest.len(), |end| end + 3);
            out.token(start, at, Token::Comment);
            continue;
        }
        let opens = rest[1..].starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '!' | '?'));
        if !opens {
            at = start + 1;
            continue;
        }
        at = tag(out, start);
    }
}

/// From `<` to `>`; returns where it ends.
fn tag(out: &mut Out<'_>, start: usize) -> usize {
    let source = out.source;
    let name_end =
        source[start + 1..].find(|c: char| c.is_whitespace() || c == '>').map_or(source.len(), |end| start + 1 + end);
    out.token(start, name_end, Token::Name);
    let mut at = name_end;
    while let Some(c) = source[at..].chars().next() {
        match c {
            '>' => {
                out.token(at, at + 1, Token::Name);
                return at + 1;
            }
            '"' | '\'' => {
                let end = source[at + 1..].find(c).map_or(source.len(), |end| at + 2 + end);
                out.token(at, end, Token::Text);
                at = end;
            }
            c if c.is_alphabetic() => {
                let end = source[at..]
                    .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.')))
                    .map_or(source.len(), |end| at + end);
                out.token(at, end, Token::Keyword);
                at = end;
            }
            c => at += c.len_utf8(),
        }
    }
    at
}
