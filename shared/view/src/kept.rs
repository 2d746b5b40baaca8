//! Wishes about the interface that a person's devices share: entries of own data (ADR 0020) whose keys begin with `ui:`. Their meaning
//! is the UI's alone, but for a few that are named here or in the protocol, so a new wish needs a key and a type here, and no change of the protocol, the server or the engine.

use serde::{Deserialize, Serialize};

/// With this each key begins.
pub const UI: &str = "ui:";
/// The entry whose presence says: this person's devices do not look behind links that they seal. The engine reads it.
pub const NO_SEALED_PREVIEWS: &str = "ui:no-sealed-previews";
/// Most entries that the host tells at once; more would be a mistake of some version.
pub const KEPT_MAX: u32 = 1_000;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// `ui:…`, see [`is_key`].
    pub key: String,
    /// JSON of what the key stands for, at most 16 KiB; `None`: taken away.
    pub value: Option<String>,
}

/// A key that may be kept: `ui:` and then some of `a…z 0…9 : - _ .`, as long as the server takes.
pub fn is_key(key: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":-_.".contains(&byte);
    key.strip_prefix(UI).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(plain))
        && key.len() <= protocol::limits::ITEM_KEY_BYTES_MAX
}

/// An entry that may be kept.
pub fn is_good(key: &str, value: Option<&str>) -> bool {
    is_key(key) && value.is_none_or(|value| value.len() <= protocol::limits::ITEM_VALUE_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_plain_keys_of_the_interface_are_kept() {
        assert!(is_key("ui:keys") && is_key("ui:folder:0192f-a_b.c"));
        for wrong in ["", "ui:", "emoji", "chat:general", "ui:a b", "ui:Ä", "ui:A", "UI:a"] {
            assert!(!is_key(wrong), "{wrong}");
        }
        assert!(!is_key(&format!("ui:{}", "a".repeat(158))));
        assert!(!is_good("ui:keys", Some(&"x".repeat(16 * 1024 + 1))) && is_good("ui:keys", None));
    }
}
