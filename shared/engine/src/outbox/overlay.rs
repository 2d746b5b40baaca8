//! Own changes shown before the server has them: laid over what the cache has when a row is built, so that a refusal
//! needs no undoing.

use std::collections::HashMap;

use protocol::{ChatId, MessageId, Request, UserId};
use sql::{Tx, params};

use crate::error::EngineError;
use crate::messages::Stored;
use crate::polls::Pending;

/// One chat's changes by message, in the order they were made.
#[derive(Default)]
pub(crate) struct Overlay {
    changes: HashMap<MessageId, Vec<Request>>,
}

/// Reads a chat's changes; nearly always there are none.
pub(crate) fn load(tx: &mut Tx<'_>, chat: &ChatId) -> Result<Overlay, EngineError> {
    let rows = tx.rows(
        "SELECT message_id, request FROM outbox
         WHERE chat_id = ?1 AND state < 2 AND what IN ('edit', 'delete', 'react', 'pin', 'vote', 'close_poll', 'remove_preview')
         ORDER BY n",
        params![chat.as_str()],
        |r| Ok((r.opt_text(0)?, r.text(1)?)),
    )?;
    let mut overlay = Overlay::default();
    for (id, request) in rows {
        if let Some(id) = id.and_then(MessageId::new) {
            overlay.changes.entry(id).or_default().push(serde_json::from_str(&request)?);
        }
    }
    Ok(overlay)
}

impl Overlay {
    /// What is on its way about a poll.
    pub(crate) fn poll(&self, id: &MessageId) -> Pending<'_> {
        let mut pending = Pending::default();
        for change in self.changes.get(id).into_iter().flatten() {
            match change {
                Request::Vote(vote) => pending.vote = Some(&vote.options),
                Request::ClosePoll(_) => pending.closed = true,
                _ => {}
            }
        }
        pending
    }

    /// The message as this person sees it.
    pub(crate) fn over(&self, mut message: Stored, me: UserId) -> Stored {
        for change in self.changes.get(&message.id).into_iter().flatten() {
            match change {
                Request::EditMessage(edit) => {
                    message.content.clone_from(&edit.content);
                    message.mentions.clone_from(&edit.mentions);
                    message.edited = true;
                }
                Request::DeleteMessage(_) => {
                    message.deleted = true;
                    message.content.clear();
                    message.reactions.clear();
                }
                Request::PinMessage(pin) => message.pinned_at = pin.on.then_some(message.pinned_at.unwrap_or(0)),
                Request::RemovePreview(_) => message.details.preview = None,
                Request::React(react) => set_reaction(&mut message, &react.emoji, react.on, me),
                _ => {}
            }
        }
        message
    }
}

fn set_reaction(message: &mut Stored, emoji: &str, on: bool, me: UserId) {
    let at = message.reactions.iter().position(|(known, _)| known == emoji);
    match (at, on) {
        (Some(at), true) if !message.reactions[at].1.contains(&me) => message.reactions[at].1.push(me),
        (None, true) => message.reactions.push((emoji.to_owned(), vec![me])),
        (Some(at), false) => {
            message.reactions[at].1.retain(|who| *who != me);
            if message.reactions[at].1.is_empty() {
                message.reactions.remove(at);
            }
        }
        _ => {}
    }
}
