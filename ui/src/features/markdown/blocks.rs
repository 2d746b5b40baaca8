//! The paragraphs of a text. Pure.

use super::inline::{Inline, IsMentioned, parse_inline};

/// Deepest quote in a quote; what is deeper stays as typed.
const QUOTE_DEPTH_MAX: usize = 4;

/// A paragraph or the like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Lines of text.
    Paragraph(Vec<Inline>),
    /// Between fences.
    Code {
        /// As named after the fence; may be empty.
        language: String,
        /// The source, without a line feed at the end.
        text: String,
    },
    /// `> …`
    Quote(Vec<Block>),
    /// `- …` or `1. …`
    List {
        /// The first number; `None` for bullets.
        start: Option<u64>,
        /// Each point.
        items: Vec<Vec<Inline>>,
    },
}

/// Reads a message's text. `is_mentioned` tells which `@names` are people.
pub fn parse(text: &str, is_mentioned: IsMentioned<'_>) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    parse_lines(&lines, is_mentioned, 0)
}

fn parse_lines(lines: &[&str], is_mentioned: IsMentioned<'_>, depth: usize) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let starts = line.trim_start();
        let found = if starts.starts_with("```") {
            Some(code(&lines[at..]))
        } else if depth < QUOTE_DEPTH_MAX && quoted(line).is_some() {
            Some(quote(&lines[at..], is_mentioned, depth))
        } else if point(line).is_some() {
            Some(list(&lines[at..], is_mentioned))
        } else {
            None
        };
        match found {
            Some((block, used)) => {
                end_paragraph(&mut paragraph, &mut blocks, is_mentioned);
                blocks.push(block);
                at += used;
            }
            None => {
                if starts.is_empty() {
                    end_paragraph(&mut paragraph, &mut blocks, is_mentioned);
                } else {
                    paragraph.push(line);
                }
                at += 1;
            }
        }
    }
    end_paragraph(&mut paragraph, &mut blocks, is_mentioned);
    blocks
}

fn end_paragraph(lines: &mut Vec<&str>, blocks: &mut Vec<Block>, is_mentioned: IsMentioned<'_>) {
    if !lines.is_empty() {
        blocks.push(Block::Paragraph(parse_inline(lines.join("\n").trim_end(), is_mentioned)));
        lines.clear();
    }
}

/// From a fence to the next, or to the end. A fence may open and close on one line.
fn code(lines: &[&str]) -> (Block, usize) {
    let first = lines[0].trim().trim_start_matches('`');
    if let Some(text) = first.strip_suffix("```") {
        return (Block::Code { language: String::new(), text: text.to_owned() }, 1);
    }
    let is_name = first.len() <= 24 && !first.contains(' ');
    let (language, mut body) = if is_name { (first, Vec::new()) } else { ("", vec![first]) };
    let mut used = 1;
    for line in &lines[1..] {
        used += 1;
        if line.trim() == "```" {
            break;
        }
        if let Some(last) = line.strip_suffix("```") {
            body.push(last);
            break;
        }
        body.push(line);
    }
    (Block::Code { language: language.to_lowercase(), text: body.join("\n") }, used)
}

/// What a line quotes.
pub(super) fn quoted(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('>')?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

fn quote(lines: &[&str], is_mentioned: IsMentioned<'_>, depth: usize) -> (Block, usize) {
    let inside: Vec<&str> = lines.iter().map_while(|line| quoted(line)).collect();
    let used = inside.len();
    (Block::Quote(parse_lines(&inside, is_mentioned, depth + 1)), used)
}

/// The number (if any) and the words of a list's point.
pub(super) fn point(line: &str) -> Option<(Option<u64>, &str)> {
    let line = line.trim_start();
    if let Some(words) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).or_else(|| line.strip_prefix("• "))
    {
        return Some((None, words.trim())).filter(|(_, words)| !words.is_empty());
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    let words = line[digits..].strip_prefix(". ").or_else(|| line[digits..].strip_prefix(") "))?.trim();
    let number = line[..digits].parse().ok()?;
    (!words.is_empty()).then_some((Some(number), words))
}

fn list(lines: &[&str], is_mentioned: IsMentioned<'_>) -> (Block, usize) {
    let start = point(lines[0]).and_then(|(number, _)| number);
    let mut items: Vec<String> = Vec::new();
    let mut used = 0;
    for line in lines {
        match point(line) {
            Some((number, words)) if number.is_some() == start.is_some() => items.push(words.to_owned()),
            None if line.starts_with("  ") && !line.trim().is_empty() => {
                if let Some(last) = items.last_mut() {
                    last.push('\n');
                    last.push_str(line.trim());
                }
            }
            _ => break,
        }
        used += 1;
    }
    let items = items.iter().map(|words| parse_inline(words, is_mentioned)).collect();
    (Block::List { start, items }, used)
}
