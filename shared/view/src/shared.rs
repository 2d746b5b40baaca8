//! What the members of a chat shared in it, apart from the timeline: its files and its links.

use protocol::{Attachment, MessageId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::rows::PersonRow;

/// Which of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedKind {
    /// Messages with files.
    Files,
    /// Messages with links.
    Links,
}

/// A message that has some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedRow {
    /// Which message.
    pub message_id: MessageId,
    /// Sorts the list, falling; the same as [`crate::MessageRow::order`].
    pub order: u64,
    /// Who wrote it.
    pub author: PersonRow,
    /// When.
    pub at: Timestamp,
    /// The text with Markdown, whole: its links are in it.
    pub text: String,
    /// Its files.
    pub files: Vec<Attachment>,
}
