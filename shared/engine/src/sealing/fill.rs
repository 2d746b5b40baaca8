//! What was said before the newest page of a chat that is new here, fetched before any of it is opened: keys go forward only, so
//! who begins with the newest never reads the oldest.

use crypto::mls::{Group, Sealed};
use protocol::frame::History;
use protocol::limits::PAGE_MESSAGES_MAX;
use protocol::{ChatId, Message, Request};
use sql::params;

use super::log::{Entry, content_bytes};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::requests::{Ask, Page};
use crate::step::Step;
use crate::{messages, ranges};

impl Engine {
    /// The part of the history in which this message stands begins with one that waits as well: what is before that one is
    /// fetched first. `true`: it is on its way.
    pub(super) fn fills(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        group: &Group,
        seq: u64,
    ) -> Result<bool, EngineError> {
        let low = ranges::around(s.tx, chat, seq)?.map_or(seq, |(low, _)| low);
        if low <= 1 || !self.is_entered() {
            return Ok(false);
        }
        let Some(oldest) = waiting_at(s, chat, low)? else { return Ok(false) };
        // What was said before this device was in the group, or in an epoch that is over here, is opened or never will be.
        let readable = Sealed::parse(&content_bytes(&oldest.content))
            .is_ok_and(|sealed| sealed.group_id().ok() == group.id().ok() && sealed.epoch() >= group.epoch());
        if !readable {
            return Ok(false);
        }
        if self.requests.any(|ask| matches!(ask, Ask::Page { chat: asked, .. } if asked == chat)) {
            return Ok(true);
        }
        // Asked for once: a server that has nothing there, or keeps it, does not stop the rest.
        if self.sealing.filled.insert(chat.clone(), low) == Some(low) {
            return Ok(false);
        }
        let history = History {
            chat_id: chat.clone(),
            before_seq: Some(low),
            after_seq: None,
            around_seq: None,
            around_time: None,
            limit: Some(PAGE_MESSAGES_MAX),
        };
        self.requests.ask(s, Ask::Page { chat: chat.clone(), page: Page::Left }, None, Request::History(history));
        Ok(true)
    }
}

/// The message of this place, if it waits to be opened.
fn waiting_at(s: &mut Step<'_, '_>, chat: &ChatId, seq: u64) -> Result<Option<Message>, EngineError> {
    let entry = s.tx.row(
        "SELECT l.entry FROM sealed_log l JOIN messages m ON m.chat_id = l.chat_id AND m.id = l.message_id
         WHERE m.chat_id = ?1 AND m.ord = ?2",
        params![chat.as_str(), messages::ord_of(seq)],
        |r| r.text(0),
    )?;
    Ok(match entry.map(|entry| serde_json::from_str(&entry)).transpose()? {
        Some(Entry::Message { message, .. }) => Some(*message),
        _ => None,
    })
}
