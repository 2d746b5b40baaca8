//! What the server says in a chat: lines in the middle, which clients put into words.

use protocol::frame::Event;
use protocol::{ChatId, Message, MessageId, MessageType, Note};

use crate::domain::{Cx, Failure, SERVER};
use crate::store::{messages, scopes};

/// Says it; returns its place.
///
/// # Errors
/// See [`sql::Error`].
pub(crate) fn say(cx: &mut Cx<'_, '_>, chat: &ChatId, said: &Note) -> Result<u64, Failure> {
    let content = serde_json::to_string(said).map_err(|e| sql::Error::Bug(e.to_string()))?;
    let id = MessageId::from(cx.new_id());
    let place = scopes::next_message(cx.tx, chat, cx.now)?;
    let message = Message {
        id,
        sender_id: SERVER,
        sender_username: String::new(),
        content,
        message_type: MessageType::System,
        timestamp: place.timestamp,
        reply_to: None,
        mentions: Vec::new(),
        reactions: Default::default(),
        sealed: false,
        content_rev: None,
        edited_at: None,
        deleted_at: None,
        pinned_at: None,
        forwarded: None,
        attachments: Vec::new(),
        poll: None,
        preview: None,
        thread: None,
        replies: None,
        everyone: None,
        expires_at: None,
        seq: place.seq,
        rev: place.rev,
    };
    messages::insert(cx.tx, chat, &message)?;
    cx.tell(Event::NewMessage { chat_id: chat.clone(), message });
    Ok(place.seq)
}
