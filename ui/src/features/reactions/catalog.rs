//! A common set of emoji with short codes and words in both languages. Pure.

use std::sync::LazyLock;

/// One emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emoji {
    /// Itself.
    pub text: &'static str,
    /// Its name between colons: `tada`.
    pub code: &'static str,
    words: &'static str,
}

/// A group of the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmojiGroup {
    /// `people`, `hands`, …: the key of its name is `emoji-group-…`.
    pub name: &'static str,
    /// In the panel's order.
    pub emoji: Vec<Emoji>,
}

static GROUPS: LazyLock<Vec<EmojiGroup>> = LazyLock::new(|| {
    let mut groups: Vec<EmojiGroup> = Vec::new();
    for line in include_str!("emoji.txt").lines() {
        if let Some(name) = line.strip_prefix("# ") {
            groups.push(EmojiGroup { name, emoji: Vec::new() });
        } else if let (Some(group), Some((text, words))) = (groups.last_mut(), line.split_once('|')) {
            let code = words.split([' ', '|']).next().unwrap_or_default();
            group.emoji.push(Emoji { text, code, words });
        }
    }
    groups
});

/// All groups, in the panel's order.
pub fn groups() -> &'static [EmojiGroup] {
    &GROUPS
}

/// The emoji named exactly so between colons.
pub fn by_code(code: &str) -> Option<Emoji> {
    all().find(|emoji| emoji.words.split('|').next().is_some_and(|words| words.split(' ').any(|word| word == code)))
}

/// Emoji one of whose words begins with `query`, in either language; best first: whole words, then short codes, then the rest.
pub fn search(query: &str, limit: usize) -> Vec<Emoji> {
    let query = fold(query);
    if query.is_empty() {
        return Vec::new();
    }
    let rank = |emoji: &Emoji| {
        let rank = |word: &str| match word {
            word if word == query => Some(0),
            word if word.starts_with(&query) => Some(if emoji.code.starts_with(&query) { 1 } else { 2 }),
            word if word.contains(&query) && query.chars().count() > 2 => Some(3),
            _ => None,
        };
        fold(emoji.words).split([' ', '|', '_']).chain([fold(emoji.code).as_str()]).filter_map(rank).min()
    };
    let mut found: Vec<(u8, Emoji)> = all().filter_map(|emoji| Some((rank(&emoji)?, emoji))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(limit).map(|(_, emoji)| emoji).collect()
}

fn all() -> impl Iterator<Item = Emoji> {
    GROUPS.iter().flat_map(|group| group.emoji.iter().copied())
}

fn fold(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_emoji_stands_once_and_has_words_in_both_languages() {
        let mut seen = HashSet::new();
        for emoji in all() {
            assert!(seen.insert(emoji.text), "{} stands twice", emoji.text);
            let (english, russian) = emoji.words.split_once('|').unwrap();
            assert!(!english.is_empty() && russian.chars().any(|c| ('а'..='я').contains(&c)), "{}", emoji.text);
        }
        assert!(seen.len() > 200);
    }

    #[test]
    fn it_is_found_in_both_languages_and_by_its_code() {
        assert_eq!(search("tad", 5)[0].text, "🎉");
        assert_eq!(search("лайк", 5)[0].text, "👍");
        assert!(search("елка", 5).iter().any(|emoji| emoji.text == "🌲"), "ё and е are one letter");
        assert_eq!(by_code("+1").unwrap().text, "👍");
        assert_eq!(by_code("nothing"), None);
        assert!(search("", 5).is_empty() && search("zzzz", 5).is_empty());
        assert_eq!(search("heart", 3).len(), 3);
    }
}
