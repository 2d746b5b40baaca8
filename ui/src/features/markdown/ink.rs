//! How a text looks while it is being typed: the source with its marks, each part told what it becomes. Pure; the rules within a
//! paragraph are those of the reader itself, which notes what it does.

use std::cell::RefCell;

use super::blocks::{point, quoted};
use super::inline::{IsMentioned, read_inline};

/// Longer texts are shown as they are, in bytes: each key would cost too much.
pub const INKED_BYTES_MAX: usize = 8_000;

/// What a part of the source becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A mark, which will not be seen.
    Mark,
    /// Strong.
    Bold,
    /// Slanted.
    Italic,
    /// Struck through.
    Strike,
    /// Hidden until asked for.
    Spoiler,
    /// Code.
    Code,
    /// Leads somewhere.
    Link,
    /// Names a person.
    Mention,
    /// Someone else's words.
    Quote,
}

const PARTS: [(Part, &str); 9] = [
    (Part::Mark, "ink--mark"),
    (Part::Bold, "ink--bold"),
    (Part::Italic, "ink--italic"),
    (Part::Strike, "ink--strike"),
    (Part::Spoiler, "ink--spoiler"),
    (Part::Code, "ink--code"),
    (Part::Link, "ink--link"),
    (Part::Mention, "ink--mention"),
    (Part::Quote, "ink--quote"),
];

/// Everything that a piece of the source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ink(u16);

impl Ink {
    fn with(self, part: Part) -> Self {
        Self(self.0 | 1 << part as u16)
    }

    /// It is this too.
    pub fn has(self, part: Part) -> bool {
        self.0 & 1 << part as u16 != 0
    }

    /// The classes with which it is drawn; empty for plain text.
    pub fn classes(self) -> String {
        let own = PARTS.iter().filter(|(part, _)| self.has(*part)).map(|(_, class)| *class);
        own.collect::<Vec<_>>().join(" ")
    }
}

/// Where the reader notes what it does; nowhere by default.
#[derive(Clone, Copy, Default)]
pub(super) struct Trace<'a> {
    base: usize,
    inks: Option<&'a RefCell<Vec<Ink>>>,
}

impl Trace<'_> {
    /// The same from a later byte on.
    pub(super) fn at(self, skipped: usize) -> Self {
        Self { base: self.base + skipped, ..self }
    }

    /// So many bytes from a byte on are this.
    pub(super) fn note(self, from: usize, bytes: usize, part: Part) {
        let Some(inks) = self.inks else { return };
        let from = self.base + from;
        for ink in inks.borrow_mut().iter_mut().skip(from).take(bytes) {
            *ink = ink.with(part);
        }
    }
}

/// The text in pieces; together they are the text.
pub fn ink<'a>(text: &'a str, is_mentioned: IsMentioned<'_>) -> Vec<(Ink, &'a str)> {
    let inks = RefCell::new(vec![Ink::default(); text.len()]);
    if text.len() <= INKED_BYTES_MAX {
        trace_blocks(text, is_mentioned, Trace { base: 0, inks: Some(&inks) });
    }
    let inks = inks.into_inner();
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 1..=text.len() {
        // Marks are whole characters, so that a change never falls inside of one.
        if text.is_char_boundary(at) && (at == text.len() || inks[at] != inks[start]) {
            pieces.push((inks[start], &text[start..at]));
            start = at;
        }
    }
    pieces
}

fn trace_blocks(text: &str, is_mentioned: IsMentioned<'_>, trace: Trace<'_>) {
    let mut paragraph: Option<usize> = None;
    let mut fenced = false;
    let mut at = 0;
    let end_paragraph = |paragraph: &mut Option<usize>, end: usize| {
        if let Some(start) = paragraph.take() {
            let _ = read_inline(&text[start..end], is_mentioned, trace.at(start));
        }
    };
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        let starts = body.trim_start();
        let indent = body.len() - starts.len();
        if fenced || starts.starts_with("```") {
            end_paragraph(&mut paragraph, at);
            fenced = trace_code(body, fenced, trace.at(at));
        } else if let Some(said) = quoted(body) {
            end_paragraph(&mut paragraph, at);
            let mark = body.len() - said.len();
            trace.at(at).note(0, body.len(), Part::Quote);
            trace.at(at).note(0, mark, Part::Mark);
            let _ = read_inline(said, is_mentioned, trace.at(at + mark));
        } else if point(body).is_some() {
            end_paragraph(&mut paragraph, at);
            let mark = indent + starts.find(' ').map_or(starts.len(), |space| space + 1);
            trace.at(at).note(0, mark, Part::Mark);
            let _ = read_inline(&body[mark..], is_mentioned, trace.at(at + mark));
        } else if starts.is_empty() {
            end_paragraph(&mut paragraph, at);
        } else {
            paragraph.get_or_insert(at);
        }
        at += line.len();
    }
    end_paragraph(&mut paragraph, text.len());
}

/// A line with a fence, or between fences; whether the code goes on below it.
fn trace_code(line: &str, inside: bool, trace: Trace<'_>) -> bool {
    trace.note(0, line.len(), Part::Code);
    let body = line.trim();
    let start = line.len() - line.trim_start().len();
    if inside {
        let closes = line.ends_with("```") || body == "```";
        if closes {
            trace.note(line.trim_end().len() - 3, 3, Part::Mark);
        }
        return !closes;
    }
    let ticks = body.bytes().take_while(|byte| *byte == b'`').count();
    let first = &body[ticks..];
    trace.note(start, ticks, Part::Mark);
    if first.ends_with("```") {
        trace.note(start + body.len() - 3, 3, Part::Mark);
        return false;
    }
    if first.len() <= 24 && !first.contains(' ') {
        trace.note(start, body.len(), Part::Mark);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::markdown::{Inline, parse};

    fn seen(text: &str, part: Part) -> String {
        let pieces = ink(text, &|name| name == "anna");
        pieces.into_iter().filter(|(ink, _)| ink.has(part) && !ink.has(Part::Mark)).map(|(_, text)| text).collect()
    }

    #[test]
    fn each_part_of_a_text_looks_as_it_will() {
        let text =
            "**жирно _и_ так** ~~нет~~ `код` ||тайна|| [сюда](https://a.example) @anna @nobody https://b.example.";
        assert_eq!(seen(text, Part::Bold), "жирно и так");
        assert_eq!(seen(text, Part::Italic), "и");
        assert_eq!(seen(text, Part::Strike), "нет");
        assert_eq!(seen(text, Part::Code), "код");
        assert_eq!(seen(text, Part::Spoiler), "тайна");
        assert_eq!(seen(text, Part::Link), "сюдаhttps://b.example");
        assert_eq!(seen(text, Part::Mention), "@anna");
        assert_eq!(seen("> сказал **он**\n- раз *два*", Part::Quote), "сказал он");
        assert_eq!(seen("> сказал **он**\n- раз *два*", Part::Italic), "два");
        assert_eq!(seen("до\n```rust\nlet a = **1**;\n```\n**после**", Part::Code), "let a = **1**;");
        assert_eq!(seen("до\n```rust\nlet a = **1**;\n```\n**после**", Part::Bold), "после");
    }

    #[test]
    fn what_is_not_finished_stays_plain() {
        for text in ["**жир", "5 * 3 * 2", "snake_case_name", "`код", "a || b", "[слово](javascript:x)"] {
            assert!(ink(text, &|_| false).iter().all(|(ink, _)| *ink == Ink::default()), "{text}");
        }
    }

    /// The text of a paragraph without what the reader takes away.
    fn bare(pieces: &[Inline]) -> String {
        let one = |piece: &Inline| match piece {
            Inline::Text(text) | Inline::Code(text) => text.clone(),
            Inline::Break => "\n".to_owned(),
            Inline::Mention(name) => format!("@{name}"),
            Inline::Chat(title) => format!("#{title}"),
            Inline::Emoji(name) => format!(":{name}:"),
            Inline::Bold(inside) | Inline::Italic(inside) | Inline::Strike(inside) | Inline::Spoiler(inside) => {
                bare(inside)
            }
            Inline::Link { words, .. } => bare(words),
        };
        pieces.iter().map(one).collect()
    }

    /// Whatever is typed, the pieces are the text, and what is not a mark is what will be read.
    #[test]
    fn a_hundred_thousand_odd_texts_are_neither_torn_nor_misread() {
        let words = [
            "*",
            "**",
            "_",
            "~~",
            "||",
            "`",
            "``",
            "\\",
            "[",
            "](",
            ")",
            "https://a.example",
            "@anna",
            "я",
            "ab",
            "👍",
            "x",
        ];
        let mut seed = 7_u64;
        let mut chance = move |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for _ in 0..100_000 {
            let text: String = (0..1 + chance(9)).map(|_| words[chance(words.len())]).collect();
            let pieces = ink(&text, &|name| name == "anna");
            assert_eq!(pieces.iter().map(|(_, piece)| *piece).collect::<String>(), text);
            let blocks = parse(&text, &|name| name == "anna");
            let [super::super::Block::Paragraph(paragraph)] = &blocks[..] else { continue };
            let kept: String = pieces.iter().filter(|(ink, _)| !ink.has(Part::Mark)).map(|(_, piece)| *piece).collect();
            assert_eq!(kept, bare(paragraph), "{text}");
        }
    }
}
