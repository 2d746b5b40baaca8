//! Mentioning everyone: `@all`, `@here`. Who may is said by the chat's [`crate::Rights`].

use serde::{Deserialize, Serialize};

/// Whom a message mentions, beside those whom it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Everyone {
    /// Everyone in the chat.
    All,
    /// Everyone in the chat who is there when the server takes the message: they stand in its `mentions`.
    Here,
}

/// What is written for it, without the `@`, in lower case. Nobody can be called so.
pub const WORDS: [(&str, Everyone); 5] = [
    ("all", Everyone::All),
    ("here", Everyone::Here),
    ("все", Everyone::All),
    ("здесь", Everyone::Here),
    ("everyone", Everyone::All),
];

impl Everyone {
    /// Who a word (without `@`) means, whatever its case.
    pub fn named(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        WORDS.iter().find(|(name, _)| *name == word).map(|(_, everyone)| *everyone)
    }

    /// Whom of these a text with Markdown mentions, not counting what is code. `All` before `Here`.
    pub fn in_text(text: &str) -> Option<Self> {
        let mut found = None;
        // Every other piece stands between backticks.
        for plain in text.split('`').step_by(2) {
            let mut before = None;
            for (at, sign) in plain.char_indices() {
                if sign == '@' && !before.is_some_and(|c: char| c.is_alphanumeric() || c == '@') {
                    let rest = &plain[at + 1..];
                    let end =
                        rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
                    match Self::named(&rest[..end]) {
                        Some(Everyone::All) => return Some(Everyone::All),
                        everyone => found = found.or(everyone),
                    }
                }
                before = Some(sign);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_is_a_word_of_its_own_in_either_language_and_not_code() {
        let texts = [
            ("@all, come", Some(Everyone::All)),
            ("Кто @Здесь?", Some(Everyone::Here)),
            ("@here and @all", Some(Everyone::All)),
            ("(@все)", Some(Everyone::All)),
            ("@all.", Some(Everyone::All)),
            ("@allan", None),
            ("me@all.example", None),
            ("@@all", None),
            ("write `@all` to ring", None),
            ("```\n@here\n```", None),
            ("all here", None),
            ("@", None),
        ];
        for (text, everyone) in texts {
            assert_eq!(Everyone::in_text(text), everyone, "{text}");
        }
    }
}
