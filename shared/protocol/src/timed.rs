//! What happens at a moment that a person chose: messages to be sent later, reminders. They are own data ([`crate::model::Item`])
//! that the server acts on; these are the values of their entries. Reads no clock and no rules of time zones.

use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;
use crate::id::{ChatId, LocalId, MessageId, UserId};
use crate::time::Timestamp;

/// Entries about messages that are to be sent later: `scheduled:LOCAL_ID`, the id that the message will have.
pub const SCHEDULED: &str = "scheduled:";

/// Entries about messages that a person wants to be reminded of: `reminder:MESSAGE_ID`.
pub const REMINDER: &str = "reminder:";

/// A moment as a person chose it: what their clock shows, where, and which instant that was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// The instant, by the rules that the person's device knew.
    pub at: Timestamp,
    /// IANA name of the zone, `Europe/Berlin`; absent when only the instant counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What the clock shows there, `2026-03-29T09:00`; counts only together with `zone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall: Option<String>,
}

/// The value of an entry `scheduled:LOCAL_ID`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledMessage {
    /// Where to.
    pub chat_id: ChatId,
    /// Text with Markdown.
    pub content: String,
    /// The content can be read by the writer's devices alone: when it is time the server refuses it with `plaintext_refused`, and one of
    /// these devices posts what is inside.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// A message of the same chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// People called by name; those who are not in the chat by then are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
    /// The message in whose thread it will be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<MessageId>,
    /// When.
    #[serde(flatten)]
    pub when: When,
    /// Written by the server: it was time, but the message was refused with this code. It stays until its writer decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<ErrorCode>,
}

/// The value of an entry `reminder:MESSAGE_ID`. It says where the message stands, and nothing of what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Where it is.
    pub chat_id: ChatId,
    /// Who wrote it.
    pub author_id: UserId,
    /// When it was said.
    pub said_at: Timestamp,
    /// When to remind.
    #[serde(flatten)]
    pub when: When,
    /// Written by the server: when it was time. The entry stays until its person takes it away or chooses another moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rang_at: Option<Timestamp>,
}

/// The key of a reminder.
pub fn reminder_key(id: &MessageId) -> String {
    format!("{REMINDER}{id}")
}

/// The message in such a key; `None` when it is another key, or no id.
pub fn reminder_id(key: &str) -> Option<MessageId> {
    key.strip_prefix(REMINDER).and_then(MessageId::new)
}

/// The key of a message that is to be sent later.
pub fn scheduled_key(id: LocalId) -> String {
    format!("{SCHEDULED}{id}")
}

/// The id in such a key; `None` when it is another key, or no id.
pub fn scheduled_id(key: &str) -> Option<LocalId> {
    let id: uuid::Uuid = key.strip_prefix(SCHEDULED)?.parse().ok()?;
    // One id has one key.
    (key == scheduled_key(LocalId(id))).then_some(LocalId(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_key_and_other_keys_have_none() {
        let id = LocalId::from_parts(1, [7; 10]);
        assert_eq!(scheduled_id(&scheduled_key(id)), Some(id));
        assert_eq!(scheduled_id(&scheduled_key(id).to_uppercase()), None);
        assert_eq!(scheduled_id(&format!("{SCHEDULED}{}", id.0.simple())), None);
        assert_eq!(scheduled_id("draft:general"), None);
    }
}
