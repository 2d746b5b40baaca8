//! The formatting within a paragraph. Pure; linear in the text but for a nesting of at most [`DEPTH_MAX`].

use view::emoji::is_emoji_name;

use super::ink::{Part, Trace};
use super::links::{bare_link_at, is_safe_link};

/// Deepest nesting of bold in italic in …; what is deeper stays as typed.
const DEPTH_MAX: usize = 6;
/// Longest words of a link in square brackets, in bytes.
const LINK_WORDS_BYTES_MAX: usize = 512;
/// Longest address of such a link, in bytes.
const LINK_ADDRESS_BYTES_MAX: usize = 2_048;
/// Longest name of an emoji of the team's own, in bytes.
const EMOJI_NAME_BYTES_MAX: usize = 32;
/// Longest title of a chat after `#`, in bytes.
const CHAT_TITLE_BYTES_MAX: usize = 330;
/// Longest text that can be a row of emoji only, in bytes.
const EMOJI_BYTES_MAX: usize = 96;
/// So many emoji alone are drawn large.
const EMOJI_LARGE_MAX: usize = 3;

/// A piece of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// As it is.
    Text(String),
    /// A line break.
    Break,
    /// `**…**`
    Bold(Vec<Inline>),
    /// `*…*`, `_…_`
    Italic(Vec<Inline>),
    /// `~~…~~`
    Strike(Vec<Inline>),
    /// `||…||`: hidden until asked for.
    Spoiler(Vec<Inline>),
    /// `` `…` ``
    Code(String),
    /// A safe link.
    Link {
        /// Where it leads.
        href: String,
        /// What is shown.
        words: Vec<Inline>,
    },
    /// `@username` of someone who is mentioned.
    Mention(String),
    /// `:name:`: perhaps an emoji of the team's own.
    Emoji(String),
    /// `#title` or `#[title]` of a chat that one knows.
    Chat(String),
}

/// Whether a username is among those mentioned; after `#`, whether a chat has this title.
pub type IsMentioned<'a> = &'a dyn Fn(&str) -> bool;

struct Style {
    mark: &'static str,
    make: fn(Vec<Inline>) -> Inline,
    part: Part,
}

const STYLES: [Style; 5] = [
    Style { mark: "**", make: Inline::Bold, part: Part::Bold },
    Style { mark: "~~", make: Inline::Strike, part: Part::Strike },
    Style { mark: "||", make: Inline::Spoiler, part: Part::Spoiler },
    Style { mark: "*", make: Inline::Italic, part: Part::Italic },
    Style { mark: "_", make: Inline::Italic, part: Part::Italic },
];

/// Reads the formatting of one paragraph; line feeds become breaks.
pub(super) fn parse_inline(text: &str, is_mentioned: IsMentioned<'_>) -> Vec<Inline> {
    read_inline(text, is_mentioned, Trace::default())
}

/// The same, telling which part of the source became what.
pub(super) fn read_inline<'a>(text: &'a str, is_mentioned: IsMentioned<'a>, trace: Trace<'a>) -> Vec<Inline> {
    Reader {
        text,
        at: 0,
        depth: 0,
        plain: String::new(),
        out: Vec::new(),
        hopeless: [false; 5],
        hopeless_ticks: 0,
        hopeless_link: false,
        is_mentioned,
        trace,
    }
    .read()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    plain: String,
    out: Vec<Inline>,
    /// A mark whose end was once sought in vain is not sought again: keeps hostile texts linear.
    hopeless: [bool; 5],
    /// The same for runs of so many backticks, a bit each.
    hopeless_ticks: u64,
    /// No link in square brackets ends any more.
    hopeless_link: bool,
    is_mentioned: IsMentioned<'a>,
    trace: Trace<'a>,
}

impl<'a> Reader<'a> {
    fn read(mut self) -> Vec<Inline> {
        while let Some(c) = self.rest().chars().next() {
            let taken = match c {
                '\\' => self.escape(),
                '\n' => self.line_break(),
                '`' => self.code(),
                '[' => self.link(),
                '@' => self.mention(),
                ':' => self.emoji(),
                '#' => self.chat(),
                'h' | 'H' | 'm' | 'M' => self.bare_link(),
                '*' | '_' | '~' | '|' => self.styled(),
                _ => false,
            };
            if !taken {
                self.plain.push(c);
                self.at += c.len_utf8();
            }
        }
        self.flush();
        self.out
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    fn flush(&mut self) {
        if !self.plain.is_empty() {
            self.out.push(Inline::Text(std::mem::take(&mut self.plain)));
        }
    }

    fn push(&mut self, piece: Inline, bytes: usize) -> bool {
        self.flush();
        self.out.push(piece);
        self.at += bytes;
        true
    }

    /// What stands inside, `skipped` bytes from here.
    fn inner(&self, text: &'a str, skipped: usize) -> Vec<Inline> {
        let (depth, is_mentioned) = (self.depth + 1, self.is_mentioned);
        let trace = self.trace.at(self.at + skipped);
        Reader {
            text,
            at: 0,
            depth,
            plain: String::new(),
            out: Vec::new(),
            hopeless: [false; 5],
            hopeless_ticks: 0,
            hopeless_link: false,
            is_mentioned,
            trace,
        }
        .read()
    }

    fn escape(&mut self) -> bool {
        let Some(c) = self.rest()[1..].chars().next().filter(char::is_ascii_punctuation) else { return false };
        self.trace.note(self.at, 1, Part::Mark);
        self.plain.push(c);
        self.at += 1 + c.len_utf8();
        true
    }

    fn line_break(&mut self) -> bool {
        let kept = self.plain.trim_end_matches(' ').len();
        self.plain.truncate(kept);
        self.push(Inline::Break, 1)
    }

    fn code(&mut self) -> bool {
        let rest = self.rest();
        let ticks = rest.bytes().take_while(|b| *b == b'`').count();
        let bit = 1 << ticks.min(63);
        let mut from = if self.hopeless_ticks & bit == 0 { ticks } else { rest.len() };
        while let Some(found) = rest[from..].find('`') {
            let start = from + found;
            let run = rest[start..].bytes().take_while(|b| *b == b'`').count();
            if run == ticks {
                let inside = &rest[ticks..start];
                let trimmed = inside.strip_prefix(' ').and_then(|inside| inside.strip_suffix(' '));
                let code = trimmed.filter(|code| !code.trim().is_empty()).unwrap_or(inside).replace('\n', " ");
                if code.is_empty() {
                    return false;
                }
                self.trace.note(self.at, start + run, Part::Code);
                self.trace.note(self.at, ticks, Part::Mark);
                self.trace.note(self.at + start, run, Part::Mark);
                return self.push(Inline::Code(code), start + run);
            }
            from = start + run;
        }
        self.hopeless_ticks |= bit;
        // All the ticks at once, so that a long row of them is not looked at again and again.
        self.plain.push_str(&rest[..ticks]);
        self.at += ticks;
        true
    }

    fn link(&mut self) -> bool {
        let rest = self.rest();
        if self.depth >= DEPTH_MAX || self.hopeless_link {
            return false;
        }
        // Words and addresses are bounded, and what has no end is not sought twice: rows of brackets stay linear.
        let near = &rest[..rest.floor_char_boundary(LINK_WORDS_BYTES_MAX)];
        let Some(words_end) = near.find("](") else {
            self.hopeless_link = !rest.contains("](");
            return false;
        };
        let words = &rest[1..words_end];
        let address = &rest[words_end + 2..];
        let near = &address[..address.floor_char_boundary(LINK_ADDRESS_BYTES_MAX)];
        let Some(end) = near.find([')', '\n', ' ']).filter(|end| near[*end..].starts_with(')')) else {
            self.hopeless_link = !address.contains(')');
            return false;
        };
        let href = &address[..end];
        if words.trim().is_empty() || words.contains(['[', '\n']) || !is_safe_link(href) {
            return false;
        }
        let piece = Inline::Link { href: href.to_owned(), words: without_links(self.inner(words, 1)) };
        self.trace.note(self.at, 1, Part::Mark);
        self.trace.note(self.at + 1, words_end - 1, Part::Link);
        self.trace.note(self.at + words_end, 3 + end, Part::Mark);
        self.push(piece, words_end + 2 + end + 1)
    }

    fn bare_link(&mut self) -> bool {
        if self.before().is_some_and(char::is_alphanumeric) {
            return false;
        }
        let rest = self.rest();
        let Some(end) = bare_link_at(rest) else { return false };
        let href = rest[..end].to_owned();
        self.trace.note(self.at, end, Part::Link);
        self.push(Inline::Link { words: vec![Inline::Text(href.clone())], href }, end)
    }

    fn mention(&mut self) -> bool {
        if self.before().is_some_and(|c| c.is_alphanumeric() || c == '@') {
            return false;
        }
        let rest = &self.rest()[1..];
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let mut name = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        while !name.is_empty() {
            if (self.is_mentioned)(name) {
                self.trace.note(self.at, 1 + name.len(), Part::Mention);
                return self.push(Inline::Mention(name.to_owned()), 1 + name.len());
            }
            // "ask @bob." and "@bob-" end before the sign.
            let Some(shorter) = name.strip_suffix(['.', '-', '_']) else { break };
            name = shorter;
        }
        false
    }

    fn emoji(&mut self) -> bool {
        if self.before().is_some_and(|c| c.is_alphanumeric() || c == ':') {
            return false;
        }
        let rest = &self.rest()[1..];
        let near = &rest[..rest.floor_char_boundary(EMOJI_NAME_BYTES_MAX + 1)];
        let Some(name) = near.find(':').map(|end| &near[..end]).filter(|name| is_emoji_name(name)) else {
            return false;
        };
        self.push(Inline::Emoji(name.to_owned()), name.len() + 2)
    }

    fn chat(&mut self) -> bool {
        if self.before().is_some_and(|c| c.is_alphanumeric() || c == '#') {
            return false;
        }
        let rest = &self.rest()[1..];
        let near = &rest[..rest.floor_char_boundary(CHAT_TITLE_BYTES_MAX)];
        let (title, bytes) = match near.strip_prefix('[') {
            Some(inside) => {
                let Some(end) = inside.find([']', '\n']).filter(|end| inside[*end..].starts_with(']')) else {
                    return false;
                };
                (&inside[..end], 3 + end)
            }
            None => {
                let end = near.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(near.len());
                (near[..end].trim_end_matches('-'), 1 + near[..end].trim_end_matches('-').len())
            }
        };
        if title.is_empty() || !(self.is_mentioned)(&format!("#{title}")) {
            return false;
        }
        self.trace.note(self.at, bytes, Part::Mention);
        self.push(Inline::Chat(title.to_owned()), bytes)
    }

    fn styled(&mut self) -> bool {
        let rest = self.rest();
        let Some(which) = STYLES.iter().position(|style| rest.starts_with(style.mark)) else { return false };
        let mark = STYLES[which].mark;
        if self.hopeless[which] || self.depth >= DEPTH_MAX || !self.can_open(mark) {
            return self.as_typed(mark);
        }
        let Some(end) = closing(rest, mark) else {
            self.hopeless[which] = true;
            return self.as_typed(mark);
        };
        let inside = self.inner(&rest[mark.len()..end], mark.len());
        self.trace.note(self.at, end + mark.len(), STYLES[which].part);
        self.trace.note(self.at, mark.len(), Part::Mark);
        self.trace.note(self.at + end, mark.len(), Part::Mark);
        self.push((STYLES[which].make)(inside), end + mark.len())
    }

    /// A mark that stands for itself is taken whole, so that `**` is not read as two `*`.
    fn as_typed(&mut self, mark: &str) -> bool {
        self.plain.push_str(mark);
        self.at += mark.len();
        true
    }

    fn can_open(&self, mark: &str) -> bool {
        let next = self.rest()[mark.len()..].chars().next();
        let in_word = mark.len() == 1 && self.before().is_some_and(char::is_alphanumeric);
        !in_word && next.is_some_and(|c| !c.is_whitespace())
    }
}

/// Where the mark that opens `rest` is closed: not after a space, not inside code, single marks not inside a word.
fn closing(rest: &str, mark: &str) -> Option<usize> {
    let mut at = mark.len();
    let mut before = ' ';
    while let Some(c) = rest[at..].chars().next() {
        let here = &rest[at..];
        if c == '\\' {
            at += 1 + here[1..].chars().next().map_or(0, char::len_utf8);
            before = c;
            continue;
        }
        if let Some(behind) = here.strip_prefix(mark) {
            let run = here.chars().take_while(|other| *other == c).count();
            let after = behind.chars().next();
            let fits = if mark.len() == 1 {
                run != 2 && !after.is_some_and(char::is_alphanumeric)
            } else {
                // `***` closes the inner `*` first.
                run == mark.len() || run == mark.len() + 2
            };
            if fits && !before.is_whitespace() && at > mark.len() {
                return Some(at);
            }
            if run >= mark.len() {
                let odd_end = mark.len() == 2 && run == 3 && !before.is_whitespace();
                if odd_end {
                    return Some(at + 1);
                }
                at += run * c.len_utf8();
                before = c;
                continue;
            }
        }
        before = c;
        at += c.len_utf8();
    }
    None
}

/// A link within a link is its words.
fn without_links(pieces: Vec<Inline>) -> Vec<Inline> {
    let flat = |piece| match piece {
        Inline::Link { words, .. } => words,
        other => vec![other],
    };
    pieces.into_iter().flat_map(flat).collect()
}

/// One line without marks, for quotes and the reply bar.
pub fn plain_text(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let line = line.trim_start_matches(['>', ' ']).trim_start_matches("```");
        if !out.is_empty() && !line.is_empty() {
            out.push(' ');
        }
        write_plain(&parse_inline(line, &|_| true), &mut out);
    }
    out
}

fn write_plain(pieces: &[Inline], out: &mut String) {
    for piece in pieces {
        match piece {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Break => out.push(' '),
            Inline::Mention(name) => {
                out.push('@');
                out.push_str(name);
            }
            Inline::Emoji(name) => {
                out.push(':');
                out.push_str(name);
                out.push(':');
            }
            Inline::Chat(title) => {
                out.push('#');
                out.push_str(title);
            }
            Inline::Spoiler(_) => out.push('…'),
            Inline::Bold(inside)
            | Inline::Italic(inside)
            | Inline::Strike(inside)
            | Inline::Link { words: inside, .. } => {
                write_plain(inside, out);
            }
        }
    }
}

/// One to three emoji and nothing else: drawn large.
pub fn is_only_emoji(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.len() > EMOJI_BYTES_MAX {
        return false;
    }
    let mut count = 0;
    let mut joined = false;
    let mut flag_open = false;
    for c in text.chars() {
        match c {
            '\u{200d}' => joined = true,
            // Variation, skin tones, tags, keycap: part of the one before.
            '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}' | '\u{20e3}' if count > 0 => {}
            '\u{1f1e6}'..='\u{1f1ff}' => {
                count += usize::from(!flag_open);
                flag_open = !flag_open;
            }
            '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b05}'..='\u{2b55}' | '\u{231a}'..='\u{23ff}' => {
                count += usize::from(!joined);
                joined = false;
            }
            ' ' => {}
            _ => return false,
        }
    }
    (1..=EMOJI_LARGE_MAX).contains(&count)
}
