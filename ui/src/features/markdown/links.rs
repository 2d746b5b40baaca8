//! Which addresses may become links, and where a bare one ends. Pure text.

/// The only schemes a message can lead to.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// The byte at which a bare link ends.
pub type LinkEnd = usize;

/// Whether an address may be followed: http, https or mailto with something behind it and no control characters.
pub fn is_safe_link(address: &str) -> bool {
    let scheme = SCHEMES.iter().find(|scheme| starts_with_ignoring_case(address, scheme));
    scheme.is_some_and(|scheme| {
        address.len() > scheme.len() && !address.chars().any(|c| c.is_control() || c.is_whitespace())
    })
}

/// Where the bare link that starts at the start of `text` ends; `None` when none starts there.
pub fn bare_link_at(text: &str) -> Option<LinkEnd> {
    let scheme = SCHEMES.iter().find(|scheme| starts_with_ignoring_case(text, scheme))?;
    let end = text
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '«' | '»' | '|'))
        .unwrap_or(text.len());
    let mut link = &text[..end];
    // Punctuation at the end belongs to the sentence, and so does a bracket that the link did not open.
    while let Some(last) = link.chars().next_back() {
        let opens = |open: char, close: char| link.matches(open).count() >= link.matches(close).count();
        let belongs = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' => false,
            ')' => opens('(', ')'),
            ']' => opens('[', ']'),
            _ => true,
        };
        if belongs {
            break;
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    (link.len() > scheme.len()).then_some(link.len())
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
