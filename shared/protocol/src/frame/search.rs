//! Bodies about finding messages by their words.

use serde::{Deserialize, Serialize};

use crate::id::{ChatId, UserId};
use crate::model::Message;
use crate::time::Timestamp;

/// What a message that is looked for holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Has {
    /// A file.
    File,
    /// A link.
    Link,
    /// A poll.
    Poll,
}

bodies! {
    /// Body of `search`: the newest messages of one's own chats that have every word of `query` and fit the rest.
    Search {
        /// Beginnings or other forms of words, at most [`crate::limits::QUERY_CHARS_MAX`] characters; may be empty when something
        /// else is said.
        #[serde(default)] query: String,
        /// Only in this chat.
        #[serde(default)] chat_id: Option<ChatId>,
        /// Only from this person.
        #[serde(default)] sender_id: Option<UserId>,
        /// Only with this.
        #[serde(default)] has: Option<Has>,
        /// Only before this moment.
        #[serde(default)] before: Option<Timestamp>,
        /// Only at or after this moment.
        #[serde(default)] after: Option<Timestamp>,
        /// `next_cursor` of the page before.
        #[serde(default)] cursor: Option<String>,
        /// 1 to [`crate::limits::SEARCH_PAGE_MAX`].
        #[serde(default)] limit: Option<u32>,
    }
    /// A found message.
    FoundMessage {
        /// Where it stands.
        chat_id: ChatId,
        /// The message.
        message: Message,
        /// Which parts of its content are words of the query: first byte, and the one after the last, of UTF-8.
        highlights: Vec<(u32, u32)>,
    }
    /// Body of `found`.
    Found {
        /// The newest first.
        hits: Vec<FoundMessage>,
        /// For the next page; absent at the end. A page may be empty and yet have a next one.
        #[serde(default, skip_serializing_if = "Option::is_none")] next_cursor: Option<String>,
    }
}
