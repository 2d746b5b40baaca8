//! Previews of links: what stands behind the first link of a message, in short. And which link that is.

use serde::{Deserialize, Serialize};

use crate::file::FileInfo;
use crate::limits::LINK_BYTES_MAX;

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
