//! Bodies about polls: voting, closing, who voted.

use crate::id::{ChatId, MessageId, UserId};

bodies! {
    /// Body of `vote`.
    Vote {
        /// The chat.
        chat_id: ChatId,
        /// The message that asks.
        message_id: MessageId,
        /// What one chooses, counted from 0, in place of what one chose before; empty takes the vote back.
        options: Vec<u32>,
        /// The same for a sealed poll, sealed, base64; `options` is empty then.
        #[serde(default, skip_serializing_if = "Option::is_none")] ballot: Option<String>,
    }
    /// Body of `list_voters`.
    ListVoters {
        /// The chat.
        chat_id: ChatId,
        /// The message that asks.
        message_id: MessageId,
        /// Those who chose this one, counted from 0.
        option: u32,
        /// `next_cursor` of the page before.
        #[serde(default)] cursor: Option<String>,
        /// 1 to [`crate::limits::DIRECTORY_PAGE_MAX`].
        #[serde(default)] limit: Option<u32>,
    }
    /// Body of `voters`.
    Voters {
        /// In the order of their votes.
        user_ids: Vec<UserId>,
        /// For the next page; absent at the end.
        #[serde(default, skip_serializing_if = "Option::is_none")] next_cursor: Option<String>,
    }
}
