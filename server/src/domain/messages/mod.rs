//! Messages: posting, changing, and reading back.

mod append;
mod change;
pub(super) mod disappear;
mod history;
pub(crate) mod note;
pub(super) mod poll;
mod thread;

pub use append::{append, append_among};
pub use change::{delete, edit, pin, react};
pub(super) use history::fitting;
pub use history::{by_time, page, pinned, versions};
pub use poll::{close as close_poll, vote, voters};
pub use thread::page as thread_page;

use protocol::ChatId;
use protocol::frame::MessageAccepted;
use protocol::limits::{MENTIONS_MAX, MESSAGE_BYTES_MAX, REACTION_BYTES_MAX};
use protocol::{Message, UserId};

use super::{Cx, Failure};
use crate::store::members;

pub(super) fn accepted(chat_id: &ChatId, message: &Message) -> MessageAccepted {
    MessageAccepted {
        chat_id: chat_id.clone(),
        message_id: message.id.clone(),
        seq: message.seq,
        rev: message.rev,
        timestamp: message.timestamp,
    }
}

/// `bare`: nothing else is said.
pub(crate) fn check_content(content: &str, bare: bool) -> Result<(), Failure> {
    if bare && content.trim().is_empty() {
        return Err(Failure::field("content", "empty"));
    }
    if content.len() > MESSAGE_BYTES_MAX {
        return Err(Failure::field("content", "longer than 32768 bytes"));
    }
    if content.contains('\0') {
        return Err(Failure::field("content", "holds a NUL"));
    }
    Ok(())
}

pub(crate) fn check_emoji(field: &str, emoji: &str) -> Result<(), Failure> {
    let odd = |c: char| c.is_control() || c.is_whitespace();
    if emoji.is_empty() || emoji.len() > REACTION_BYTES_MAX || emoji.chars().any(odd) {
        return Err(Failure::field(field, "not one emoji"));
    }
    Ok(())
}

/// Each once, in the order given; all of them members now.
fn checked_mentions(cx: &mut Cx<'_, '_>, chat: &ChatId, mentions: &[UserId]) -> Result<Vec<UserId>, Failure> {
    if mentions.len() > MENTIONS_MAX {
        return Err(Failure::field("mentions", "more than 64 people"));
    }
    let mut seen = std::collections::HashSet::new();
    let once: Vec<UserId> = mentions.iter().copied().filter(|user| seen.insert(*user)).collect();
    if !once.is_empty() && members::count_among(cx.tx, chat, &once)? != once.len() {
        return Err(Failure::field("mentions", "someone who is not in the chat"));
    }
    Ok(once)
}
