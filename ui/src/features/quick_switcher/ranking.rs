//! How well a title fits what was typed. Pure.

/// Smaller is better; `None` when it does not fit. The beginning of the title beats the beginning of a word, that beats the
/// middle of a word, and that beats letters in order with gaps. Both are folded already.
pub fn rank(query: &str, title: &str) -> Option<u32> {
    if query.is_empty() {
        return Some(0);
    }
    if title.starts_with(query) {
        return Some(1);
    }
    if let Some(at) = title.find(query) {
        let word_start = title[..at].chars().next_back().is_some_and(|before| !before.is_alphanumeric());
        return Some(if word_start { 2 } else { 3 });
    }
    let mut letters = title.chars();
    let in_order =
        query.chars().filter(|letter| !letter.is_whitespace()).all(|letter| letters.any(|other| other == letter));
    in_order.then_some(4)
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn the_beginning_beats_a_word_and_a_word_beats_its_middle() {
        assert_eq!(rank("диз", "дизайн-ревью"), Some(1));
        assert_eq!(rank("рев", "дизайн-ревью"), Some(2));
        assert_eq!(rank("айн", "дизайн-ревью"), Some(3));
        assert_eq!(rank("дрв", "дизайн-ревью"), Some(4));
        assert_eq!(rank("xyz", "дизайн-ревью"), None);
    }
}
