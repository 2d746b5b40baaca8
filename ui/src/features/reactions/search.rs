//! Finds emoji by words of either language. Pure.

use super::catalog::{Emoji, all};

/// A part of a word is sought from so many characters on.
const INSIDE_CHARS_MIN: usize = 3;

/// What is sought in, in small letters and without ё.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// Short codes and names.
    pub(super) names: String,
    /// All that it could mean.
    pub(super) words: String,
}

/// Emoji that fit each word of `query`, in either language; best first: those named so, those whose name begins so, those
/// that can mean it, the rest.
pub fn search(query: &str, limit: usize) -> Vec<&'static Emoji> {
    let query = fold(query);
    let words: Vec<&str> = query.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    let rank = |emoji: &Emoji| words.iter().map(|word| rank(&emoji.folded, word)).try_fold(0, |a, b| Some(b?.max(a)));
    let mut found: Vec<(u8, &'static Emoji)> = all().filter_map(|emoji| Some((rank(emoji)?, emoji))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(limit).map(|(_, emoji)| emoji).collect()
}

/// In small letters, ё as е.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

fn rank(folded: &Folded, query: &str) -> Option<u8> {
    let in_part = |text: &str, whole: u8, begins: u8, inside: u8| {
        let rank = |word: &str| match word {
            word if word == query => Some(whole),
            word if word.starts_with(query) => Some(begins),
            word if query.chars().count() >= INSIDE_CHARS_MIN && word.contains(query) => Some(inside),
            _ => None,
        };
        let pieces = text.split([' ', '_', '-', ',', ':', '(', ')']).filter(|piece| !piece.is_empty());
        text.split(' ').chain(pieces).filter_map(rank).min()
    };
    let (name, word) = (in_part(&folded.names, 0, 1, 4), in_part(&folded.words, 2, 3, 5));
    name.into_iter().chain(word).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(query: &str) -> Option<&'static str> {
        search(query, 5).first().map(|emoji| emoji.text)
    }

    #[test]
    fn it_is_found_in_both_languages_and_by_its_code() {
        assert_eq!(first("tad"), Some("🎉"));
        assert_eq!(first("лайк"), Some("👍"));
        assert_eq!(first("thumbs up"), Some("👍"));
        assert_eq!(first("Кот"), first("кот"));
        assert!(search("ёлка", 9).iter().any(|emoji| emoji.text == "🎄"), "ё and е are one letter");
        assert!(search("елка", 9).iter().any(|emoji| emoji.text == "🎄"), "ё and е are one letter");
        assert_eq!(first("россия"), Some("🇷🇺"));
        assert!(search("", 5).is_empty() && search("zzzz", 5).is_empty());
        assert_eq!(search("heart", 3).len(), 3);
    }

    #[test]
    fn every_word_that_is_typed_counts() {
        assert!(search("красное сердце", 3).iter().any(|emoji| emoji.text == "❤️"));
        assert!(search("сердце zzzz", 3).is_empty());
    }
}
