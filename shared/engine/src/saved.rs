//! Messages apart from the timeline: saved ones, pinned ones, those that mention oneself. Saved ones are own data, and
//! keep enough of the message to be shown when it is not in the cache.

use protocol::{ChatId, Message, MessageId, Timestamp, UserId};
use sql::params;
use view::SearchHit;

use crate::chats;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::{self, Stored};
use crate::step::Step;

/// Entries about saved messages: `saved:MESSAGE_ID`.
pub(crate) const SAVED: &str = "saved:";
/// Longest text that is kept of a saved message or shown of a found one, in characters.
const TEXT_CHARS_MAX: usize = 160;
/// Most messages of one list.
const LIST_MAX: u32 = 200;

/// What is kept of a saved message.
#[derive(serde::Serialize, serde::Deserialize)]
struct Saved {
    chat_id: ChatId,
    author_id: UserId,
    at: Timestamp,
    text: String,
    saved_at: Timestamp,
}

pub(crate) fn saved_key(id: &MessageId) -> String {
    format!("{SAVED}{id}")
}

impl Engine {
    /// Keeps a message among the saved ones, or forgets it. `false`: it is not in the cache.
    pub(crate) fn save_message(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        id: &MessageId,
        on: bool,
    ) -> Result<bool, EngineError> {
        let value = if on {
            // What goes by itself is not to outlive itself here.
            let found = messages::get(s.tx, chat, id)?.filter(|message| message.expires_at.is_none());
            let Some(message) = found else { return Ok(false) };
            let kept = Saved {
                chat_id: chat.clone(),
                author_id: message.sender,
                at: Timestamp(message.at),
                text: line_of(&message),
                saved_at: Timestamp(s.now),
            };
            let kept = serde_json::to_string(&kept)?;
            if chats::get(s.tx, chat)?.is_some_and(|info| self.seals(&info)) {
                match self.seal_own(s, &saved_key(id), &kept)? {
                    Some(sealed) => Some(sealed),
                    None => return Ok(false),
                }
            } else {
                Some(kept)
            }
        } else {
            None
        };
        self.put_item(s, &saved_key(id), value)?;
        Ok(true)
    }

    /// One's saved messages, saved last first.
    pub(crate) fn saved_messages(&mut self, s: &mut Step<'_, '_>) -> Result<Vec<SearchHit>, EngineError> {
        let rows = s.tx.rows(
            "SELECT key, value FROM items WHERE key > 'saved:' AND key < 'saved;' AND value IS NOT NULL",
            &[],
            |r| Ok((r.text(0)?, r.text(1)?)),
        )?;
        let mut saved: Vec<(MessageId, Saved)> = Vec::new();
        for (key, value) in rows {
            let opened = self.open_own(s, &key, &value)?;
            let kept = opened.and_then(|value| serde_json::from_str::<Saved>(&value).ok());
            saved.extend(key.strip_prefix(SAVED).and_then(MessageId::new).zip(kept));
        }
        saved.sort_by_key(|(_, saved)| std::cmp::Reverse(saved.saved_at));
        let mut hits = Vec::new();
        for (id, saved) in saved.into_iter().take(LIST_MAX as usize) {
            let title = match chats::get(s.tx, &saved.chat_id)? {
                Some(info) => self.title(s, &info)?,
                None => continue,
            };
            // As it now is, where that is known: it may have been changed or deleted.
            let (text, author_id) = match messages::get(s.tx, &saved.chat_id, &id)? {
                Some(message) => (line_of(&message), message.sender),
                None => (saved.text, saved.author_id),
            };
            hits.push(SearchHit {
                chat_id: saved.chat_id,
                chat_title: title,
                message_id: id,
                author: self.person_row(s, author_id)?,
                at: saved.at,
                text,
                highlights: Vec::new(),
            });
        }
        Ok(hits)
    }

    /// Messages that mention oneself, newest first.
    pub(crate) fn mentions_of_me(&mut self, s: &mut Step<'_, '_>) -> Result<Vec<SearchHit>, EngineError> {
        let mut hits = Vec::new();
        for n in messages::mentioning(s.tx, LIST_MAX)? {
            if let Some((chat, message)) = messages::by_number(s.tx, n)? {
                hits.extend(self.hit(s, &chat, message)?);
            }
        }
        Ok(hits)
    }

    /// What the cache has of a chat's pinned messages, pinned last first.
    pub(crate) fn pinned_messages(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
    ) -> Result<Vec<SearchHit>, EngineError> {
        let mut hits = Vec::new();
        for message in messages::pinned(s.tx, chat)? {
            hits.extend(self.hit(s, chat, message)?);
        }
        Ok(hits)
    }

    /// The server's list of pinned messages: the cache may lack some, and have some that are pinned no more.
    pub(crate) fn pinned_came(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        pinned: &[Message],
    ) -> Result<Vec<SearchHit>, EngineError> {
        self.apply_found(s, chat, pinned)?;
        let hits = self.pinned_messages(s, chat)?;
        Ok(hits.into_iter().filter(|hit| pinned.iter().any(|message| message.id == hit.message_id)).collect())
    }

    pub(crate) fn hit(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: Stored,
    ) -> Result<Option<SearchHit>, EngineError> {
        let Some(info) = chats::get(s.tx, chat)? else { return Ok(None) };
        Ok(Some(SearchHit {
            chat_id: chat.clone(),
            chat_title: self.title(s, &info)?,
            text: line_of(&message),
            author: self.person_row(s, message.sender)?,
            at: Timestamp(message.at),
            message_id: message.id,
            highlights: Vec::new(),
        }))
    }

    /// A saved message was saved or forgotten: its row shows it.
    pub(crate) fn saved_changed(&mut self, s: &mut Step<'_, '_>, id: &str) -> Result<(), EngineError> {
        let Some(open) = self.screen.open.clone() else { return Ok(()) };
        let there =
            s.tx.row("SELECT 1 FROM messages WHERE chat_id = ?1 AND id = ?2", params![open.as_str(), id], |r| {
                r.int(0)
            })?;
        if let (Some(_), Some(id)) = (there, MessageId::new(id)) {
            self.screen.dirty_message(&open, &id);
        }
        Ok(())
    }
}

/// A message as one line of plain text; empty when it was deleted or cannot be read.
fn line_of(message: &Stored) -> String {
    if message.deleted { String::new() } else { message.line(TEXT_CHARS_MAX) }
}
