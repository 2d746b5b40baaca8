//! Colours for code: words, strings, numbers and comments of common languages, by one small reader for all of them. Pure; linear in the
//! text. What it does not know stays plain, and nothing is ever left out.

mod languages;
mod markup;

use languages::{Language, Quote, find};

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// A word of the language.
    Keyword,
    /// A text in quotes.
    Text,
    /// A number, `true`, `null`.
    Number,
    /// For people.
    Comment,
    /// A type, a tag, a key, something called.
    Name,
    /// A line that came.
    Added,
    /// A line that went.
    Removed,
}

impl Token {
    /// The class with which it is drawn.
    pub fn class(self) -> &'static str {
        match self {
            Token::Keyword => "code--keyword",
            Token::Text => "code--text",
            Token::Number => "code--number",
            Token::Comment => "code--comment",
            Token::Name => "code--name",
            Token::Added => "code--added",
            Token::Removed => "code--removed",
        }
    }
}

/// The source in pieces; together they are the source. One plain piece for a language that is not known.
pub fn highlight<'a>(language: &str, source: &'a str) -> Vec<(Option<Token>, &'a str)> {
    let mut out = Out { source, done: 0, pieces: Vec::new() };
    match language {
        "html" | "xml" | "svg" | "vue" => markup::read(&mut out),
        "diff" | "patch" => lines_of_diff(&mut out),
        _ => {
            if let Some(language) = find(language) {
                read(language, &mut out);
            }
        }
    }
    out.plain_until(source.len());
    out.pieces
}

/// Cuts the source.
struct Out<'a> {
    source: &'a str,
    done: usize,
    pieces: Vec<(Option<Token>, &'a str)>,
}

impl Out<'_> {
    fn plain_until(&mut self, end: usize) {
        if end > self.done {
            self.pieces.push((None, &self.source[self.done..end]));
            self.done = end;
        }
    }

    fn token(&mut self, start: usize, end: usize, token: Token) {
        self.plain_until(start);
        if end > start {
            self.pieces.push((Some(token), &self.source[start..end]));
            self.done = end;
        }
    }
}

fn lines_of_diff(out: &mut Out<'_>) {
    let mut at = 0;
    for line in out.source.split_inclusive('\n') {
        let token = match line.as_bytes() {
            [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] | [b'd', b'i', b'f', b'f', b' ', ..] => {
                Some(Token::Comment)
            }
            [b'@', b'@', ..] => Some(Token::Keyword),
            [b'+', ..] => Some(Token::Added),
            [b'-', ..] => Some(Token::Removed),
            _ => None,
        };
        if let Some(token) = token {
            out.token(at, at + line.len(), token);
        }
        at += line.len();
    }
}

fn read(language: &Language, out: &mut Out<'_>) {
    let source = out.source;
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        let rest = &source[at..];
        let begins =
            at == 0 || source[..at].ends_with(|c: char| c.is_whitespace() || matches!(c, '(' | '{' | ';' | ','));
        // `#` begins a comment only where a word could: `${#list}` and `a#b` do not.
        let comment = |mark: &&&str| rest.starts_with(**mark) && (**mark != "#" || begins);
        if language.lines.iter().find(comment).is_some() {
            let end = at + rest.find('\n').unwrap_or(rest.len());
            out.token(at, end, Token::Comment);
            at = end;
        } else if let Some((open, close)) = language.block.filter(|(open, _)| rest.starts_with(open)) {
            let end = rest[open.len()..].find(close).map_or(rest.len(), |found| open.len() + found + close.len());
            out.token(at, at + end, Token::Comment);
            at += end;
        } else if let Some(end) = language.quotes.iter().find_map(|quote| text_end(rest, quote)) {
            let key = language.keys && rest[end..].trim_start_matches([' ', '\t']).starts_with(':');
            out.token(at, at + end, if key { Token::Name } else { Token::Text });
            at += end;
        } else if c.is_ascii_digit() {
            let end = number_end(rest);
            out.token(at, at + end, Token::Number);
            at += end;
        } else if is_word(c) {
            let end = rest.find(|c| !(is_word(c) || language.dashes && c == '-')).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            if let Some(token) = language.token(word, behind, source[..at].ends_with('\n') || at == 0) {
                out.token(at, at + end, token);
            }
            at += end;
        } else {
            at += c.len_utf8();
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '@')
}

/// Where a text in quotes that starts here ends; `None` when none does.
fn text_end(rest: &str, quote: &Quote) -> Option<usize> {
    let inside = rest.strip_prefix(quote.open)?;
    if quote.one_character {
        // A lifetime is no text.
        let mut chars = inside.char_indices();
        let (_, first) = chars.next()?;
        let end = if first == '\\' { inside[1..].find('\'').map(|at| at + 1)? } else { chars.next()?.0 };
        return (inside[end..].starts_with('\'') && end <= 12).then_some(end + 2);
    }
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote.escapes {
            escaped = true;
        } else if inside[at..].starts_with(quote.close) {
            return Some(quote.open.len() + at + quote.close.len());
        } else if c == '\n' && !quote.lines {
            return Some(quote.open.len() + at);
        }
    }
    Some(rest.len())
}

/// `0x1f`, `1_000`, `3.14e-2`, `10ms`.
fn number_end(rest: &str) -> usize {
    let mut before = ' ';
    for (at, c) in rest.char_indices() {
        let dot = c == '.' && rest[at + 1..].starts_with(|next: char| next.is_ascii_digit()) && before != '.';
        let sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E') && !rest.starts_with("0x");
        if !(c.is_ascii_alphanumeric() || c == '_' || dot || sign) {
            return at;
        }
        before = c;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(language: &str, source: &str, token: Token) -> Vec<String> {
        let pieces = highlight(language, source);
        assert_eq!(pieces.iter().map(|(_, piece)| *piece).collect::<String>(), source);
        pieces.into_iter().filter(|(kind, _)| *kind == Some(token)).map(|(_, piece)| piece.to_owned()).collect()
    }

    #[test]
    fn rust_has_lifetimes_characters_and_raw_texts() {
        let source = "fn name<'a>(c: char) -> &'a str { // да\n    let x = 'я'; match c { '\\n' => r#\"a\"b\"#, _ => \"ё\\\"\" } /* 1 */ }";
        assert_eq!(tokens("rust", source, Token::Keyword), ["fn", "let", "match"]);
        assert_eq!(tokens("rust", source, Token::Text), ["'я'", "'\\n'", "r#\"a\"b\"#", "\"ё\\\"\""]);
        assert_eq!(tokens("rs", source, Token::Comment), ["// да", "/* 1 */"]);
        assert_eq!(
            tokens("rust", "Vec::<u8>::new(0x1f, 1_000.5e-3, 1..2)", Token::Number),
            ["0x1f", "1_000.5e-3", "1", "2"]
        );
        assert!(tokens("rust", "Vec::<u8>::new()", Token::Name).contains(&"Vec".to_owned()));
    }

    #[test]
    fn each_language_has_its_comments_texts_and_words() {
        assert_eq!(tokens("python", "def f(): # нет\n    '''a\nb'''", Token::Text), ["'''a\nb'''"]);
        assert_eq!(tokens("py", "def f(): # нет\n    return None", Token::Comment), ["# нет"]);
        assert_eq!(tokens("bash", "echo \"${#list}\" # да\nif true; then", Token::Comment), ["# да"]);
        assert_eq!(tokens("sql", "SELECT 'it''s' FROM t -- да", Token::Keyword), ["SELECT", "FROM"]);
        assert_eq!(tokens("js", "const a = `x\n${1}`; let b", Token::Text), ["`x\n${1}`"]);
        assert_eq!(tokens("json", "{\"a\": \"b\", \"c\": true}", Token::Name), ["\"a\"", "\"c\""]);
        assert_eq!(tokens("json", "{\"a\": \"b\"}", Token::Text), ["\"b\""]);
        assert_eq!(tokens("yaml", "name: x\n  on-push: [a] # c", Token::Name), ["name", "on-push"]);
        assert_eq!(tokens("toml", "[package]\nname = \"x\"", Token::Name), ["name"]);
        assert_eq!(tokens("html", "<!-- c --><a href=\"x\">t</a>", Token::Name), ["<a", ">", "</a", ">"]);
        assert_eq!(tokens("html", "<!-- c --><a href=\"x\">t</a>", Token::Text), ["\"x\""]);
        assert_eq!(tokens("diff", "-a\n+b\n c", Token::Added), ["+b\n"]);
    }

    #[test]
    fn what_is_not_known_or_not_finished_is_still_whole() {
        for language in ["", "klingon", "rust", "js", "html", "json", "sql", "bash", "css", "yaml", "diff", "python"] {
            for source in
                ["", "\"не закрыто", "/* нет", "<!-- ", "<a href='", "'", "'\\", "`", "0x", "1.", "я\u{301}👍", "\\"]
            {
                let pieces = highlight(language, source);
                assert_eq!(pieces.iter().map(|(_, piece)| *piece).collect::<String>(), source, "{language}");
            }
        }
    }
}
