//! Which addresses may become links, and where a bare one ends. Pure text.

use super::{Block, Inline, parse};

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

fn words_of(pieces: &[Inline]) -> String {
    let words = pieces.iter().map(|piece| match piece {
        Inline::Text(text) | Inline::Code(text) | Inline::Mention(text) | Inline::Chat(text) => text.clone(),
        Inline::Emoji(name) => format!(":{name}:"),
        Inline::Break => " ".to_owned(),
        Inline::Bold(inside) | Inline::Italic(inside) | Inline::Strike(inside) | Inline::Spoiler(inside) => {
            words_of(inside)
        }
        Inline::Link { words, .. } => words_of(words),
    });
    words.collect()
}

/// The links of a text in their order, each with its words.
pub fn links_of(text: &str) -> Vec<(String, String)> {
    fn inline(piece: &Inline, links: &mut Vec<(String, String)>) {
        match piece {
            Inline::Link { href, words } => links.push((href.clone(), words_of(words))),
            Inline::Bold(inside) | Inline::Italic(inside) | Inline::Strike(inside) | Inline::Spoiler(inside) => {
                inside.iter().for_each(|piece| inline(piece, links));
            }
            Inline::Text(_)
            | Inline::Break
            | Inline::Code(_)
            | Inline::Mention(_)
            | Inline::Chat(_)
            | Inline::Emoji(_) => {}
        }
    }
    fn block(one: &Block, links: &mut Vec<(String, String)>) {
        match one {
            Block::Paragraph(pieces) => pieces.iter().for_each(|piece| inline(piece, links)),
            Block::Quote(blocks) => blocks.iter().for_each(|one| block(one, links)),
            Block::List { items, .. } => items.iter().flatten().for_each(|piece| inline(piece, links)),
            Block::Code { .. } => {}
        }
    }
    let mut links = Vec::new();
    parse(text, &|_| false).iter().for_each(|one| block(one, &mut links));
    links.dedup();
    links
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
