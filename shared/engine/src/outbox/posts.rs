//! Own posts in the outbox: sent again, thrown away, rewritten before anyone saw them.

use protocol::frame::{MessageRef, PostMessage};
use protocol::{Attach, Attachment, ChatId, LocalId, MessageId, Request};
use sql::params;

use super::{What, delete, post_of};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::{self, Details, State};
use crate::polls;
use crate::step::Step;

impl Engine {
    /// Sends a refused message again, at the end.
    pub(crate) fn retry_post(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        id: &MessageId,
    ) -> Result<bool, EngineError> {
        let refused = messages::get(s.tx, chat, id)?.is_some_and(|m| m.state == State::Refused);
        if refused {
            self.queue_post_again(s, chat, id)?;
        }
        Ok(refused)
    }

    /// The server was restored from a backup: what it had accepted, but not sent back yet, may be gone. It is sent again.
    pub(crate) fn offer_accepted_again(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let accepted = s.tx.rows(
            "SELECT chat_id, id FROM messages WHERE state <> 0 AND state = 2 ORDER BY chat_id, ord",
            &[],
            |r| Ok((r.text(0)?, r.text(1)?)),
        )?;
        for (chat, id) in accepted {
            if let (Some(chat), Some(id)) = (ChatId::new(chat), MessageId::new(id)) {
                self.queue_post_again(s, &chat, &id)?;
            }
        }
        Ok(())
    }

    /// Puts an own message, as the cache has it, back into the outbox under its id.
    pub(crate) fn queue_post_again(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        id: &MessageId,
    ) -> Result<(), EngineError> {
        let (Some(old), Ok(uuid)) = (messages::get(s.tx, chat, id)?, uuid::Uuid::parse_str(id.as_str())) else {
            return Ok(());
        };
        if let Some((n, _)) = post_of(s.tx, chat, id)? {
            delete(s.tx, n)?;
            self.outbox.leave(chat, n);
        }
        messages::queue_again(s.tx, chat, &old)?;
        let request = post_request(chat, &old.content, old.reply_to, old.mentions, &old.details, old.thread);
        self.enqueue(s, chat, What::Post, Some(id), LocalId(uuid), &request)?;
        if self.upload_again(s, id)? { self.hold_post(s, chat, id) } else { Ok(()) }
    }

    /// Takes a post that was just written down out of its lane: it waits for its files.
    pub(crate) fn hold_post(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, id: &MessageId) -> Result<(), EngineError> {
        let held = s.tx.rows(
            "UPDATE outbox SET state = 3 WHERE chat_id = ?1 AND message_id = ?2 AND what = 'post' RETURNING n",
            params![chat.as_str(), id.as_str()],
            |r| r.int(0),
        )?;
        held.into_iter().for_each(|n| self.outbox.leave(chat, n));
        Ok(())
    }

    /// Its files are there: it goes behind what waits in its lane.
    pub(crate) fn release_post(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        id: &MessageId,
    ) -> Result<(), EngineError> {
        let freed = s.tx.rows(
            "UPDATE outbox SET state = 0 WHERE chat_id = ?1 AND message_id = ?2 AND what = 'post' AND state = 3 RETURNING n",
            params![chat.as_str(), id.as_str()],
            |r| r.int(0),
        )?;
        self.outbox.lanes.entry(chat.clone()).or_default().extend(freed);
        self.screen.dirty.connection = true;
        Ok(())
    }

    /// Throws away what was never accepted; `false` when it may be with the server already.
    pub(crate) fn discard_post(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        id: &MessageId,
    ) -> Result<bool, EngineError> {
        let Some(message) = messages::get(s.tx, chat, id)? else { return Ok(true) };
        let post = post_of(s.tx, chat, id)?;
        let free = match (message.state, post) {
            (State::Refused, _) => true,
            (State::Queued, Some((_, attempts))) => attempts == 0,
            _ => false,
        };
        if !free {
            return Ok(false);
        }
        let rows = s.tx.rows(
            "DELETE FROM outbox WHERE chat_id = ?1 AND message_id = ?2 RETURNING n",
            params![chat.as_str(), id.as_str()],
            |r| r.int(0),
        )?;
        for n in rows {
            self.outbox.leave(chat, n);
        }
        self.forget_uploads_of(s, id, false)?;
        messages::remove(s.tx, chat, id)?;
        self.screen.dirty.removed.push((chat.clone(), id.clone()));
        self.screen.dirty.chats.insert(chat.clone());
        self.screen.dirty.connection = true;
        Ok(true)
    }

    /// Rewrites a message that the server has not seen; `false` when it may have.
    pub(crate) fn rewrite_post(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        id: &MessageId,
        text: &str,
        mentions: &[protocol::UserId],
    ) -> Result<bool, EngineError> {
        let Some(message) = messages::get(s.tx, chat, id)? else { return Ok(false) };
        let Some((n, attempts)) = post_of(s.tx, chat, id)? else { return Ok(false) };
        if !(message.state == State::Refused || (message.state == State::Queued && attempts == 0)) {
            return Ok(false);
        }
        messages::rewrite(s.tx, chat, id, text, mentions)?;
        let request = post_request(chat, text, message.reply_to, mentions.to_vec(), &message.details, message.thread);
        s.tx.execute("UPDATE outbox SET request = ?2 WHERE n = ?1", params![n, serde_json::to_string(&request)?])?;
        self.screen.dirty_message(chat, id);
        self.screen.dirty.chats.insert(chat.clone());
        Ok(true)
    }
}

/// The request that posts a text.
pub(crate) fn post_request(
    chat: &ChatId,
    text: &str,
    reply_to: Option<MessageId>,
    mentions: Vec<protocol::UserId>,
    details: &Details,
    thread: Option<MessageId>,
) -> Request {
    Request::Message(PostMessage {
        chat_id: chat.clone(),
        content: text.to_owned(),
        message_type: protocol::MessageType::Text,
        reply_to,
        mentions,
        reactions: Vec::new(),
        encrypt_for_recipients: false,
        thread,
        attachments: attached(details),
        poll: polls::asked(details),
        everyone: details.everyone,
        forward_of: details
            .forwarded
            .as_ref()
            .map(|first| MessageRef { chat_id: first.chat_id.clone(), message_id: first.message_id.clone() }),
    })
}

/// The server takes the files of what is forwarded from the original.
fn attached(details: &Details) -> Vec<Attach> {
    if details.forwarded.is_some() && !details.brought {
        return Vec::new();
    }
    let attach = |a: &Attachment| Attach { file_id: a.file.id.clone(), about: a.about.clone() };
    details.attachments.iter().map(attach).collect()
}
