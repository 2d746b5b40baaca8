//! What a person lets others see, and of whom they want to hear nothing: own data ([`crate::model::Item`]) that the server acts on.

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::limits::{EMAIL_BYTES_MAX, PHONE_CHARS_MAX};

/// The entry with a [`Privacy`].
pub const PRIVACY: &str = "privacy";
/// The entry with a [`Contact`].
pub const CONTACT: &str = "contact";
/// Entries about people who are blocked: `blocked:USER_ID`. Their value is a [`Blocked`].
pub const BLOCKED: &str = "blocked:";

/// Who sees something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everyone of the team.
    #[default]
    Everyone,
    /// Nobody.
    Nobody,
}

/// The value of the entry [`PRIVACY`]. Whoever hides one of the first three does not see it of others either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Privacy {
    /// Who sees whether one is there, and when one was last.
    pub last_seen: Audience,
    /// Others see how far one has read.
    pub receipts: bool,
    /// Others see that one is typing.
    pub typing: bool,
    /// Who sees the e-mail address.
    pub email: Audience,
    /// Who sees the phone number.
    pub phone: Audience,
}

impl Default for Privacy {
    fn default() -> Self {
        Self {
            last_seen: Audience::Everyone,
            receipts: true,
            typing: true,
            email: Audience::Nobody,
            phone: Audience::Nobody,
        }
    }
}

impl Privacy {
    /// From the entry's value; the usual when there is none, or it cannot be read.
    pub fn read(value: Option<&str>) -> Self {
        value.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }
}

/// The value of the entry [`CONTACT`]; empty texts for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// At most [`crate::limits::EMAIL_BYTES_MAX`].
    pub email: String,
    /// At most [`crate::limits::PHONE_CHARS_MAX`] of digits, `+`, `-`, brackets, dots and spaces.
    pub phone: String,
}

impl Contact {
    /// From the entry's value.
    pub fn read(value: Option<&str>) -> Self {
        value.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }

    /// What the server takes; of an address only its shape is looked at.
    pub fn is_good(&self) -> bool {
        let shaped = self.email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
        let plain = !self.email.chars().any(|c| c.is_control() || c.is_whitespace());
        let digit = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | '.' | ' ');
        (self.email.is_empty() || (shaped && plain && self.email.len() <= EMAIL_BYTES_MAX))
            && self.phone.len() <= PHONE_CHARS_MAX
            && self.phone.chars().all(digit)
    }
}

/// The value of an entry about someone who is blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// Since when.
    pub since: crate::time::Timestamp,
}

/// The key about a person.
pub fn blocked_key(user: UserId) -> String {
    format!("{BLOCKED}{user}")
}

/// The person in such a key; `None` when it is another key, or no number.
pub fn blocked_user(key: &str) -> Option<UserId> {
    let user = UserId(key.strip_prefix(BLOCKED)?.parse().ok()?);
    // One person has one key.
    (user.0 > 0 && key == blocked_key(user)).then_some(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_as_usual_and_a_person_has_one_key() {
        assert_eq!(Privacy::read(None), Privacy::default());
        let quiet = Privacy::read(Some("{\"receipts\":false,\"new\":1}"));
        assert_eq!(quiet, Privacy { receipts: false, ..Privacy::default() });
        assert_eq!(blocked_user(&blocked_key(UserId(7))), Some(UserId(7)));
        let contact = |email: &str, phone: &str| Contact { email: email.into(), phone: phone.into() }.is_good();
        assert!(contact("", "") && contact("a@b.example", "+7 (900) 000-00-00"));
        assert!(!contact("a", "") && !contact("a b@c", "") && !contact("", "call me") && !contact("@c", ""));
        for wrong in ["blocked:", "blocked:0", "blocked:-1", "blocked:07", "blocked:x", "privacy"] {
            assert_eq!(blocked_user(wrong), None, "{wrong}");
        }
    }
}
