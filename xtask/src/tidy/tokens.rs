//! Colours, sizes and durations have names: only `ui/styles/tokens.css` holds a value.

use super::{Findings, Source};

const TOKENS: &str = "ui/styles/tokens.css";

/// Functions that make a colour out of numbers. `color-mix()` and `light-dark()` of tokens are welcome.
const COLOUR_CALLS: [&str; 10] =
    ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch(", "color("];

/// The colour names that people type; `currentcolor`, `transparent` and the system colours are no colours of ours.
const COLOUR_NAMES: [&str; 20] = [
    "white", "black", "red", "green", "blue", "gray", "grey", "yellow", "orange", "purple", "pink", "brown", "cyan",
    "magenta", "lime", "navy", "teal", "silver", "gold", "crimson",
];

/// Checks the style sheets, and the literals in the interface's code.
pub fn check(css: &[Source], ui: &[&Source], findings: &mut Findings) {
    for source in css.iter().filter(|source| source.path.starts_with("ui/") && source.path != TOKENS) {
        for (line, declaration) in declarations(&source.text) {
            if let Some(value) = raw_value(&declaration) {
                findings.complain(format!("{}:{line}: `{value}` belongs into {TOKENS}: `{declaration}`", source.path));
            }
        }
    }
    // The pictures that the demo's people sent are content, not interface; tests need colours of their own.
    for source in ui.iter().filter(|source| source.path != "ui/src/bridge/demo/shown_files.rs") {
        let code = source.text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
        for (index, line) in code.enumerate() {
            if let Some(value) = line.split('"').skip(1).step_by(2).find_map(colour_literal) {
                findings.complain(format!("{}:{}: the colour `{value}` belongs into {TOKENS}", source.path, index + 1));
            }
        }
    }
}

/// The `property: value` pieces of a sheet with the line each ends on; selectors and at-rules are left out.
fn declarations(sheet: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut piece = String::new();
    let (mut line, mut in_comment, mut quote, mut in_brackets) = (1, false, None, 0_u32);
    let mut letters = sheet.chars().peekable();
    while let Some(letter) = letters.next() {
        line += usize::from(letter == '\n');
        if in_comment {
            if letter == '*' && letters.peek() == Some(&'/') {
                letters.next();
                in_comment = false;
            }
            continue;
        }
        match (letter, quote) {
            ('/', None) if letters.peek() == Some(&'*') => in_comment = true,
            ('"' | '\'', None) => quote = Some(letter),
            (_, Some(open)) => {
                if letter == open {
                    quote = None;
                }
            }
            ('{', None) => piece.clear(),
            (';' | '}', None) if in_brackets == 0 => {
                let text = piece.split_whitespace().collect::<Vec<_>>().join(" ");
                if text.contains(':') {
                    found.push((line, text));
                }
                piece.clear();
            }
            _ => {
                in_brackets = match letter {
                    '(' => in_brackets + 1,
                    ')' => in_brackets.saturating_sub(1),
                    _ => in_brackets,
                };
                piece.push(letter);
            }
        }
    }
    found
}

/// The first value in a declaration that should have been a token.
fn raw_value(declaration: &str) -> Option<String> {
    let (property, value) = declaration.split_once(':')?;
    if property.trim() == "unicode-range" || property.trim() == "src" {
        return None;
    }
    colour_in(value).or_else(|| named_colour(value)).or_else(|| length_or_duration(value))
}

/// `#1a2b3c` or a colour function.
fn colour_in(text: &str) -> Option<String> {
    for (at, _) in text.match_indices('#') {
        let digits: String = text[at + 1..].chars().take_while(char::is_ascii_alphanumeric).collect();
        let before = text[..at].chars().next_back().unwrap_or(' ');
        let is_hex = digits.chars().all(|digit| digit.is_ascii_hexdigit()) && [3, 4, 6, 8].contains(&digits.len());
        if is_hex && !before.is_ascii_alphanumeric() && before != '&' && before != '/' {
            return Some(format!("#{digits}"));
        }
    }
    let starts_a_word = |at: usize| !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    COLOUR_CALLS
        .iter()
        .find(|call| text.match_indices(**call).any(|(at, _)| starts_a_word(at)))
        .map(|call| format!("{call}…)"))
}

/// A literal that is a colour, or holds a colour function; `#4127` inside of a text is somebody's number.
fn colour_literal(literal: &str) -> Option<String> {
    colour_in(literal).filter(|colour| colour.len() == literal.trim().len() || colour.ends_with("…)"))
}

fn named_colour(value: &str) -> Option<String> {
    let mut words = value.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    words.find(|word| COLOUR_NAMES.contains(&word.to_ascii_lowercase().as_str())).map(String::from)
}

/// A number of pixels, seconds or milliseconds; none and the one pixel of a hairline are allowed.
fn length_or_duration(value: &str) -> Option<String> {
    let words = value.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-' && c != '_');
    words
        .map(|word| word.trim_start_matches('-'))
        .find(|word| {
            ["px", "ms", "s"].iter().any(|unit| {
                word.strip_suffix(unit)
                    .and_then(|number| number.parse::<f64>().ok())
                    .is_some_and(|number| number != 0.0 && !(number == 1.0 && *unit == "px"))
            })
        })
        .map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(css: &str, code: &str) -> usize {
        let sheet = Source { path: "ui/src/a.css".into(), text: css.into() };
        let code = Source { path: "ui/src/a.rs".into(), text: code.into() };
        let mut findings = Findings::default();
        check(&[sheet], &[&code], &mut findings);
        findings.complaints.len()
    }

    #[test]
    fn a_sheet_that_names_tokens_passes() {
        let sheet = "@layer x { .a:hover, #add { color: var(--text-main); border: 1px solid transparent; \
             background: color-mix(in oklch, var(--a), var(--b)); margin: 0 -1px; } }";
        assert_eq!(complaints(sheet, ""), 0);
    }

    #[test]
    fn colours_in_every_notation_are_refused() {
        for colour in ["#fff", "#12ab34", "rgb(1 2 3)", "hsl(1 2% 3%)", "oklch(0.5 0.1 200)", "white", "Red"] {
            assert_eq!(complaints(&format!(".a {{ color: {colour}; }}"), ""), 1, "{colour}");
        }
    }

    #[test]
    fn the_last_declaration_counts_without_its_semicolon() {
        assert_eq!(complaints(".a { color: red }", ""), 1);
    }

    #[test]
    fn sizes_and_durations_are_refused_but_not_in_media_queries_comments_or_texts() {
        assert_eq!(complaints(".a { padding: 12px; transition: color 150ms; }", ""), 2);
        assert_eq!(complaints("/* 12px */ @media (width < 640px) { .a { content: \"12px\"; } }", ""), 0);
    }

    #[test]
    fn names_that_hold_a_colour_word_are_no_colours() {
        let sheet = ".a { white-space: nowrap; animation-name: fade-red; color: var(--avatar-red-main); }";
        assert_eq!(complaints(sheet, ""), 0);
    }

    #[test]
    fn colours_in_code_are_refused_and_addresses_are_not() {
        assert_eq!(complaints("", "let a = \"#ff0000\";"), 1);
        assert_eq!(
            complaints("", "let a = \"https://example.org/#fade\"; let b = \"&#123;\"; let c = \"see #4127\";"),
            0
        );
    }
}
