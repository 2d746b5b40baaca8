//! Whether an action is meant by what is typed: a part of its words, or of its keys.

use view::folders::folded;

/// Each word of the query is in the action's words, or the query is a part of its keys.
pub(super) fn fits(query: &str, words: &str, keys: &str) -> bool {
    let (query, words) = (folded(query.trim()), folded(words));
    let plain = |text: &str| text.to_lowercase().replace(char::is_whitespace, "");
    query.split_whitespace().all(|word| words.contains(word)) || plain(keys).contains(&plain(&query))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn an_action_is_found_by_its_words_and_by_its_keys() {
        assert!(fits("наст", "Настройки", "Ctrl+,") && fits("", "Bold", "Ctrl+B"));
        assert!(fits("ctrl + b", "Bold", "Ctrl+B") && fits("зачёрк", "Зачеркнутый", "Ctrl+Shift+X"));
        assert!(!fits("italic", "Bold", "Ctrl+B"));
    }
}
