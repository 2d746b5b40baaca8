//! Words of a text: folded, stemmed, matched; the same on clients and servers. Pure.
//!
//! A text has a word of a query when one of its words begins with it, or is another form of it. A single letter is looked for as a
//! word, since a tenth of all words begins with it; so is a word of up to three letters that another one follows, for nobody is still
//! typing it. Both databases of a server and the cache of a client answer so; [`matches`] is the plain meaning that they are measured
//! by.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Longest word that is indexed, in characters; a longer one is cut.
const WORD_CHARS_MAX: usize = 64;
/// A word of so many letters is complete when another follows: what begins so would be a large part of everything.
const SHORT_CHARS_MAX: usize = 3;
/// Most words of one query.
const QUERY_WORDS_MAX: usize = 16;

/// The form in which words are compared: NFC, lower case, ё as е.
pub fn fold(text: &str) -> String {
    // Latin and Russian letters are NFC as they stand, and most texts have no others.
    let plain = |c: char| c.is_ascii() || matches!(c, 'А'..='я' | 'ё' | 'Ё');
    let mut folded = String::with_capacity(text.len());
    if text.chars().all(plain) || is_nfc(text) {
        text.chars().for_each(|c| push_lower(&mut folded, c));
    } else {
        text.nfc().for_each(|c| push_lower(&mut folded, c));
    }
    folded
}

fn push_lower(folded: &mut String, c: char) {
    match c {
        'ё' | 'Ё' => folded.push('е'),
        'а'..='я' => folded.push(c),
        _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
        _ => folded.extend(c.to_lowercase().map(|c| if c == 'ё' { 'е' } else { c })),
    }
}

/// The stem of a folded word, Russian or English by its letters.
pub fn stem(word: &str) -> String {
    let algorithm = match word.chars().next() {
        Some(c) if ('а'..='я').contains(&c) => Algorithm::Russian,
        Some(c) if c.is_ascii_alphabetic() => Algorithm::English,
        _ => return word.to_owned(),
    };
    Stemmer::create(algorithm).stem(word).into_owned()
}

/// Words with their byte ranges in `text`, unfolded.
fn words(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, _) = chars.by_ref().find(|(_, c)| c.is_alphanumeric())?;
        let mut end = text.len();
        while let Some(&(at, c)) = chars.peek() {
            if !(c.is_alphanumeric() || is_mark(c)) {
                end = at;
                break;
            }
            chars.next();
        }
        Some((start, end))
    })
}

/// Combining marks belong to the letter before them.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn cut(mut word: String) -> String {
    if word.len() > WORD_CHARS_MAX
        && let Some((end, _)) = word.char_indices().nth(WORD_CHARS_MAX)
    {
        word.truncate(end);
    }
    word
}

/// The words of a text as they are indexed, each with its stem where it differs.
fn indexed(text: &str) -> impl Iterator<Item = (String, Option<String>)> + '_ {
    words(text).map(|(start, end)| {
        let word = cut(fold(&text[start..end]));
        let stem = stem(&word);
        let other = (stem != word).then_some(stem);
        (word, other)
    })
}

/// What an index holds for a text: each word and each stem once.
pub fn terms(text: &str) -> BTreeSet<String> {
    indexed(text).flat_map(|(word, stem)| [Some(word), stem]).flatten().collect()
}

/// A word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// A term that begins so fits; where it is the whole word that is wanted, only the term itself.
    pub prefix: String,
    /// Terms that only begin so do not fit.
    pub whole: bool,
    /// This very term fits too, where it is not such a beginning.
    pub stem: Option<String>,
}

/// The words of a query, at most 16.
pub fn wanted(query: &str) -> Vec<Wanted> {
    let mut words = indexed(query).take(QUERY_WORDS_MAX).peekable();
    let mut wanted = Vec::new();
    while let Some((prefix, stem)) = words.next() {
        let followed = words.peek().is_some();
        let whole = is_letter(&prefix) || (followed && is_short(&prefix));
        wanted.push(Wanted { prefix, whole, stem });
    }
    wanted
}

/// A few letters of an alphabet.
fn is_short(word: &str) -> bool {
    word.chars().count() <= SHORT_CHARS_MAX && word.chars().all(is_alphabetic)
}

/// One letter of an alphabet. Of scripts that write words with one sign, a sign may begin one.
fn is_letter(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(is_alphabetic) && chars.next().is_none()
}

fn is_alphabetic(c: char) -> bool {
    c.is_ascii_lowercase() || ('а'..='я').contains(&c)
}

impl Wanted {
    /// A folded word fits, or its stem.
    fn fits(&self, term: &str) -> bool {
        let begins = if self.whole { term == self.prefix } else { term.starts_with(&self.prefix) };
        begins || self.stem.as_deref() == Some(term)
    }
}

/// Whether a text has every word of a query: what every index must answer.
pub fn matches(text: &str, query: &[Wanted]) -> bool {
    let terms = terms(text);
    query.iter().all(|wanted| terms.iter().any(|term| wanted.fits(term)))
}

/// A term written with letters and digits that no tokenizer folds, splits or drops: others become U+E000, their number, U+E000. What
/// begins another term still does.
pub fn spelled(term: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ('а'..='я').contains(&c);
    if term.chars().all(plain) {
        return term.to_owned();
    }
    let mut out = String::with_capacity(term.len() * 3);
    for c in term.chars() {
        match plain(c) {
            true => out.push(c),
            false => _ = write!(out, "\u{e000}{:x}\u{e000}", u32::from(c)),
        }
    }
    out
}

/// What the index is given for a text: each word, and its stem where it differs.
pub fn index_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (start, end) in words(text) {
        let word = cut(fold(&text[start..end]));
        let stem = stem(&word);
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word);
        if stem != word {
            out.push(' ');
            out.push_str(&stem);
        }
    }
    out
}

/// An FTS5 expression: every word of the query, as the beginning of a word or by its stem. `spell` writes a term as the index has it;
/// `beginning` names all terms of the index that begin so, or none where they are many: FTS5 reads all places of all of them before
/// it answers a beginning, and stops at the first answers where the terms are named.
///
/// # Errors
/// Those of `beginning`.
pub fn expression<E>(
    wanted: &[Wanted],
    spell: impl Fn(&str) -> String,
    mut beginning: impl FnMut(&str) -> Result<Option<Vec<String>>, E>,
) -> Result<String, E> {
    let mut words = Vec::with_capacity(wanted.len());
    for Wanted { prefix, whole, stem } in wanted {
        let prefix = spell(prefix);
        let known = if *whole { Some(Vec::new()) } else { beginning(&prefix)? };
        let mut terms = match known {
            // A term that is not in the index leads to nothing.
            Some(terms) if terms.is_empty() => vec![quoted(&prefix)],
            Some(terms) => terms.iter().map(|term| quoted(term)).collect(),
            None => vec![format!("{}*", quoted(&prefix))],
        };
        let stem = stem.as_deref().map(|stem| quoted(&spell(stem)));
        terms.extend(stem.filter(|stem| !terms.contains(stem)));
        words.push(if terms.len() > 1 { format!("({})", terms.join(" OR ")) } else { terms.remove(0) });
    }
    Ok(words.join(" AND "))
}

/// Terms hold letters, digits and marks only, so quoting cannot be broken out of.
fn quoted(term: &str) -> String {
    format!("\"{term}\"")
}

/// Byte ranges of `text` that match a word of `query`.
pub fn highlights(text: &str, query: &str) -> Vec<(usize, usize)> {
    let wanted = wanted(query);
    let is_wanted = |&(start, end): &(usize, usize)| {
        let word = cut(fold(&text[start..end]));
        let stem = stem(&word);
        wanted.iter().any(|wanted| wanted.fits(&word) || wanted.fits(&stem))
    };
    words(text).filter(is_wanted).collect()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// As of an index that knows of no terms.
    fn plainly(query: &str) -> String {
        expression(&wanted(query), str::to_owned, |_| Ok::<_, Infallible>(None)).unwrap()
    }

    #[test]
    fn words_fold_case_and_yo() {
        assert_eq!(fold("ЁЛКА Straße"), "елка straße");
        assert_eq!(fold("и\u{306}"), "й");
    }

    #[test]
    fn any_text_folds_as_its_normal_form_in_lower_case() {
        let texts = "Ё Й й и\u{306} е\u{308} Ωμέγα ΟΔΟΣ İstanbul K Å ẞ ǅ ЀЍ A\u{301} 日本 \u{1F600}";
        for text in texts.split(' ').chain([texts]) {
            let slowly: String =
                text.nfc().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }).collect();
            assert_eq!(fold(text), slowly, "{text}");
        }
    }

    #[test]
    fn a_long_word_is_cut_between_letters() {
        assert_eq!(cut("я".repeat(65)), "я".repeat(64));
        assert_eq!(cut("я".repeat(64)), "я".repeat(64));
        assert_eq!(cut("x".repeat(200)), "x".repeat(64));
    }

    #[test]
    fn every_form_of_a_word_has_one_stem() {
        assert_eq!(stem("привета"), stem("приветы"));
        assert_eq!(stem("messages"), stem("message"));
    }

    #[test]
    fn a_word_is_found_by_its_beginning_and_by_its_other_forms() {
        let found = |text: &str, query: &str| matches(text, &wanted(query));
        assert!(found("Собрание Ёлки завтра", "елка завт"));
        assert!(found("messages were sent", "message"));
        assert!(!found("Собрание завтра", "собрание вчера"));
        assert!(!found("завтра", "автра"));
        assert!(
            found("я и ты", "и") && !found("или", "и") && found("日本", "日"),
            "a letter is a word, a sign may begin one"
        );
        assert_eq!(highlights("и или", "и").len(), 1);
    }

    #[test]
    fn a_short_word_is_complete_once_another_follows() {
        let found = |text: &str, query: &str| matches(text, &wanted(query));
        assert!(found("Андрей занят", "анд") && found("Андрей занят", "занят анд"), "it may still be typed");
        assert!(!found("Андрей занят", "анд занят") && found("Андрей занят", "андр занят"));
        assert!(found("дома были", "дом был"), "another form of it is the same word");
        assert!(found("a1b2 c", "a1b c"), "no word of a language");
        assert_eq!(plainly("and report"), "\"and\" AND \"report\"*");
        assert_eq!(highlights("android and reports", "and report"), [(8, 11), (12, 19)]);
    }

    #[test]
    fn what_begins_a_term_begins_it_however_it_is_spelled() {
        for (prefix, term) in [("straß", "straße"), ("стр", "стро"), ("日", "日本"), ("a", "a\u{301}b")] {
            assert!(spelled(term).starts_with(&spelled(prefix)), "{term}");
        }
        assert_eq!(spelled("привет42"), "привет42");
        assert!(!spelled("é").starts_with(&spelled("e")));
    }

    #[test]
    fn a_query_cannot_break_out_of_its_quotes() {
        assert_eq!(plainly("a\" OR b*"), "\"a\" AND \"or\" AND \"b\"");
        assert_eq!(plainly("\"*()-"), "");
    }

    #[test]
    fn a_beginning_is_asked_for_by_the_terms_that_begin_so_where_they_are_few() {
        let known = |prefix: &str| Ok::<_, Infallible>((prefix != "при").then(|| vec!["встреча".to_owned()]));
        let said = expression(&wanted("привет встречами при"), str::to_owned, known).unwrap();
        assert_eq!(said, "\"встреча\" AND (\"встреча\" OR \"встреч\") AND \"при\"*");
        let nothing = expression(&wanted("xyzw"), spelled, |_| Ok::<_, Infallible>(Some(Vec::new()))).unwrap();
        assert_eq!(nothing, "\"xyzw\"");
    }

    #[test]
    fn highlights_are_byte_ranges_of_whole_words() {
        let text = "Собрание ёлки завтра";
        let found = highlights(text, "елка");
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].0..found[0].1], "ёлки");
    }
}
