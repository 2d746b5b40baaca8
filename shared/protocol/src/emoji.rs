//! Emoji and stickers of the team's own.

use serde::{Deserialize, Serialize};

use crate::id::{FileId, UserId};
use crate::limits::{EMOJI_NAME_BYTES_MAX, NAME_CHARS_MAX};

/// A picture that stands for `:name:` in texts and reactions. A message that is nothing but the name of a sticker shows it large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamEmoji {
    /// What stands between the colons: see [`is_emoji_name`]. Unique on the server.
    pub name: String,
    /// The picture; everyone with an account may read it.
    pub file_id: FileId,
    /// In a message of its own, large.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sticker: bool,
    /// The set it belongs to, for people; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pack: String,
    /// Who brought it.
    pub by: UserId,
    /// Tombstone: the name may be used again, old texts show the name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// Revision in scope `team`.
    pub rev: u64,
}

/// A name for an emoji: 2 to [`EMOJI_NAME_BYTES_MAX`] bytes of small letters, digits, `_` and `-`, in any script.
pub fn is_emoji_name(name: &str) -> bool {
    let fits = |c: char| matches!(c, '_' | '-') || (c.is_alphanumeric() && c.to_lowercase().eq(std::iter::once(c)));
    (2..=EMOJI_NAME_BYTES_MAX).contains(&name.len())
        && name.chars().count() >= 2
        && name.chars().all(fits)
        && name.chars().any(char::is_alphabetic)
}

/// A name for a set of them: at most [`NAME_CHARS_MAX`] characters without control characters; empty for none.
pub fn is_pack_name(name: &str) -> bool {
    name.chars().count() <= NAME_CHARS_MAX && !name.chars().any(char::is_control) && name.trim() == name
}

/// The name between colons, when `text` is nothing else.
pub fn bare_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix(':')?.strip_suffix(':')?;
    is_emoji_name(name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_small_letters_and_never_a_clock() {
        for good in ["party_cat", "котик", "v2", "ok-hand"] {
            assert!(is_emoji_name(good), "{good}");
        }
        for bad in ["", "a", "Party", "two words", "30", "a:b", "ё", &"x".repeat(33)] {
            assert!(!is_emoji_name(bad), "{bad}");
        }
        assert_eq!(bare_name(":party_cat:"), Some("party_cat"));
        assert_eq!(bare_name("hi :party_cat:"), None);
        assert_eq!(bare_name(":"), None);
    }
}
