//! Previews of links: what stands behind the first link of a message, in short. And which link that is.

use serde::{Deserialize, Serialize};

use crate::file::FileInfo;
use crate::limits::{LINK_BYTES_MAX, PREVIEW_PICTURE_BYTES_MAX, PREVIEW_PICTURE_SIDE_MAX};

/// The entry of own data (see [`crate::Item`]) whose presence says: do not preview my links. The server reads it.
pub const NO_PREVIEWS: &str = "ui:no-previews";

/// What stands behind a link, as whoever made the preview saw it. Plain text without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkPreview {
    /// The link, as it stands in the message: `http` or `https`, at most [`LINK_BYTES_MAX`] bytes.
    pub url: String,
    /// At most [`crate::limits::PREVIEW_TITLE_CHARS_MAX`] characters; never empty.
    pub title: String,
    /// At most [`crate::limits::PREVIEW_TEXT_CHARS_MAX`] characters; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What the site calls itself, or its host; at most [`crate::limits::PREVIEW_SITE_CHARS_MAX`] characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub site_name: String,
    /// A picture, readable for as long as the message stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<FileInfo>,
}

/// The first link of a text that asks for a preview: a bare `http://` or `https://` address, or that of `[words](address)`. Not one in
/// code, in a spoiler, or in angle brackets (`<https://…>` says: no preview), nor one that is too long.
pub fn first_link(text: &str) -> Option<&str> {
    let mut at = 0;
    let mut spoiler = false;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with('`') {
            at += code_bytes(rest);
        } else if rest.starts_with("||") {
            spoiler = !spoiler;
            at += 2;
        } else if let Some(bytes) = link_bytes(rest) {
            let bracketed = text[..at].ends_with('<') && rest[bytes..].starts_with('>');
            if !spoiler && !bracketed && bytes <= LINK_BYTES_MAX {
                return Some(&rest[..bytes]);
            }
            at += bytes;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

/// One line without control characters and without marks that turn the direction of text, at most so many characters.
pub fn cleaned(text: &str, chars_max: usize) -> String {
    let turning =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .filter(|c| !turning(*c))
        .collect();
    let line = plain.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if line.chars().count() <= chars_max {
        return line;
    }
    let cut: String = line.chars().take(chars_max.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

/// A picture that a preview may carry inside of a sealed message: a JPEG that is short and says of itself, once, that it has few dots,
/// so that whoever shows it is not made to unfold a large one.
pub fn is_small_picture(bytes: &[u8]) -> bool {
    let short = bytes.len() <= PREVIEW_PICTURE_BYTES_MAX;
    let side =
        |bytes: &[u8]| (1..=PREVIEW_PICTURE_SIDE_MAX).contains(&u32::from(u16::from_be_bytes([bytes[0], bytes[1]])));
    let Some(mut rest) = bytes.strip_prefix(&[0xff, 0xd8]).filter(|_| short) else { return false };
    let mut frames = 0;
    while let [0xff, mark, high, low, ..] = *rest {
        let (length, inside) = (usize::from(u16::from_be_bytes([high, low])), &rest[4..]);
        match mark {
            // Baseline and progressive frames, of grey or three colours.
            0xc0..=0xc2 => {
                let [8, size @ .., 1 | 3] = inside.get(..6).unwrap_or_default() else { return false };
                if !side(&size[..2]) || !side(&size[2..]) {
                    return false;
                }
                frames += 1;
            }
            // Its dots begin: what it says of itself is over.
            0xda => return frames == 1,
            // Tables, words of the program that made it, restart intervals.
            0xc4 | 0xdb | 0xdd | 0xe0..=0xef | 0xfe => {}
            _ => return false,
        }
        let Some(behind) = rest.get(2 + length.max(2)..) else { return false };
        rest = behind;
    }
    false
}

/// From a mark of code to the end of what it encloses; the mark alone, when nothing closes it.
fn code_bytes(text: &str) -> usize {
    let mark = text.len() - text.trim_start_matches('`').len();
    let ticks = &text[..mark];
    text[mark..].find(ticks).map_or(mark, |end| mark + end + mark)
}

/// How long the bare link is that starts here.
fn link_bytes(text: &str) -> Option<usize> {
    let begins = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let scheme = ["https://", "http://"].into_iter().find(|scheme| begins(scheme))?;
    let ends = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`' | '«' | '»' | '|');
    let mut link = &text[..text.find(ends).unwrap_or(text.len())];
    // Punctuation at the end belongs to the sentence, and so does a bracket that the link did not open.
    while let Some(last) = link.chars().next_back() {
        let opened = |open: char, close: char| link.matches(open).count() >= link.matches(close).count();
        let belongs = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' => false,
            ')' => opened('(', ')'),
            ']' => opened('[', ']'),
            _ => true,
        };
        if belongs {
            break;
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    (link.len() > scheme.len()).then_some(link.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_link_is_found_where_the_sentence_ends_it() {
        for (text, link) in [
            ("смотри https://example.com/a, потом", "https://example.com/a"),
            ("(https://example.com/a_(b))", "https://example.com/a_(b)"),
            ("[слова](https://example.com/x)", "https://example.com/x"),
            ("HTTP://Example.com!", "HTTP://Example.com"),
            ("`https://no.example` https://yes.example", "https://yes.example"),
            ("<https://no.example> https://yes.example", "https://yes.example"),
            ("||https://no.example|| https://yes.example", "https://yes.example"),
            ("a ` b https://yes.example", "https://yes.example"),
        ] {
            assert_eq!(first_link(text), Some(link), "{text}");
        }
    }

    /// A JPEG's parts as far as its dots, with frames of these sides.
    fn jpeg(frames: &[(u16, u16)]) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, b'J', b'F'];
        for (height, width) in frames {
            bytes.extend([0xff, 0xc0, 0, 11, 8]);
            bytes.extend(height.to_be_bytes());
            bytes.extend(width.to_be_bytes());
            bytes.extend([1, 1, 0x11, 0]);
        }
        bytes.extend([0xff, 0xda, 0, 2, 1, 2, 3]);
        bytes
    }

    #[test]
    fn a_small_picture_says_once_that_it_is_small() {
        assert!(is_small_picture(&jpeg(&[(160, 160)])) && is_small_picture(&jpeg(&[(1, 90)])));
        for wrong in [&[][..], &[(161, 1)], &[(1, 161)], &[(0, 10)], &[(10, 0)], &[(65_535, 65_535)], &[(9, 9), (9, 9)]]
        {
            assert!(!is_small_picture(&jpeg(wrong)), "{wrong:?}");
        }
        let whole = jpeg(&[(9, 9)]);
        for cut in 0..whole.len() - 3 {
            assert!(!is_small_picture(&whole[..cut]), "{cut}");
        }
        assert!(!is_small_picture(&[&whole[..], &[0; PREVIEW_PICTURE_BYTES_MAX]].concat()));
        assert!(!is_small_picture(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") && !is_small_picture(b"<svg>"));
    }

    #[test]
    fn texts_are_one_line_without_turning_marks_and_bounded() {
        assert_eq!(cleaned(" a\u{0}\n\tb \u{202e}c\u{2066} ", 10), "a b c");
        assert_eq!(cleaned(&"слово ".repeat(100), 12), "слово слово…");
    }

    #[test]
    fn code_spoilers_and_angle_brackets_ask_for_none() {
        let long = format!("https://example.com/{}", "x".repeat(LINK_BYTES_MAX));
        for text in [
            "```\nhttps://example.com\n```",
            "`https://example.com`",
            "<https://example.com>",
            "||https://example.com||",
            "mailto:a@example.com ftp://example.com javascript:alert(1)",
            "https://",
            "",
            &long,
        ] {
            assert_eq!(first_link(text), None, "{text}");
        }
    }
}
