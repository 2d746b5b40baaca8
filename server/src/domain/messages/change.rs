//! Changes messages: edit, delete, react. Each change is the message's row under a new revision.

use protocol::frame::{EditMessage, MessageAccepted, MessageRef, PinMessage, React};
use protocol::limits::{PINNED_MAX, REACTIONS_PER_MESSAGE_MAX, VERSIONS_MAX};
use protocol::{ChatId, ErrorCode, Everyone, Message, MessageId, MessageType, Note, Role, Row, Scope, Timestamp};

use super::{accepted, check_content, check_emoji, checked_mentions, disappear, note, poll, thread};
use crate::domain::{Cx, Failure, access, files, groups, previews};
use crate::store::{chats, messages, search};

/// Replaces the content of one's own message.
///
/// # Errors
/// `forbidden` for others' messages, `not_found` also when it was deleted, `not_a_member`, `invalid_field`.
pub fn edit(cx: &mut Cx<'_, '_>, body: EditMessage) -> Result<MessageAccepted, Failure> {
    let own = access::own_row(cx, &body.chat_id)?;
    let mut message = standing(cx, &body.chat_id, &body.message_id)?;
    if message.sender_id != cx.actor {
        return Err(Failure::forbidden("only its sender edits a message"));
    }
    if own.role < Role::Member {
        return Err(Failure::forbidden("you may only read here"));
    }
    check_content(&body.content, message.attachments.is_empty())?;
    if message.forwarded.is_some() {
        return Err(Failure::forbidden("a forwarded message stays as it was said"));
    }
    if message.poll.is_some() {
        return Err(Failure::forbidden("a poll stays as it was asked"));
    }
    let encrypted = chats::get(cx.tx, &body.chat_id)?.is_some_and(|chat| chat.encrypted);
    if encrypted {
        groups::check_sealed(cx, &body.chat_id, &body.content, body.encrypt_for_recipients)?;
    }
    let mut mentions = checked_mentions(cx, &body.chat_id, &body.mentions)?;
    if message.everyone == Some(Everyone::Here) {
        // Whoever was there stays mentioned.
        let here = message.mentions.iter().filter(|user| !mentions.contains(user));
        mentions.extend(here.copied().collect::<Vec<_>>());
    }
    message.mentions = mentions;
    // A sealed version could not be opened a second time: devices keep what they saw.
    if message.content != body.content && !message.sealed {
        messages::keep_version(cx.tx, &message, VERSIONS_MAX)?;
    }
    let before = std::mem::replace(&mut message.content, body.content);
    previews::edited(cx, &body.chat_id, &before, &mut message)?;
    message.edited_at = Some(not_before(cx.now, message.timestamp));
    message.rev = cx.next_rev(&Scope::Chat(body.chat_id.clone()))?;
    message.sealed = body.encrypt_for_recipients;
    message.content_rev = message.sealed.then_some(message.rev);
    messages::update(cx.tx, &message)?;
    search::again(cx.tx, &body.chat_id, &message)?;
    Ok(tell(cx, body.chat_id, message))
}

/// Leaves a tombstone; its sender, or an admin for anyone's. Deleted twice is deleted.
///
/// # Errors
/// `forbidden`, `not_found`, `not_a_member`.
pub fn delete(cx: &mut Cx<'_, '_>, body: MessageRef) -> Result<MessageAccepted, Failure> {
    let own = access::own_row(cx, &body.chat_id)?;
    let found = messages::get(cx.tx, &body.chat_id, &body.message_id)?;
    let mut message = found.ok_or_else(no_such_message)?;
    let own_message = message.sender_id == cx.actor;
    if message.message_type == MessageType::System || !(own_message || own.role >= Role::Admin) {
        return Err(Failure::forbidden("you may not delete this message"));
    }
    if message.deleted_at.is_some() {
        return Ok(accepted(&body.chat_id, &message));
    }
    disappear::ended(cx, &mut message)?;
    let rev = cx.next_rev(&Scope::Chat(body.chat_id.clone()))?;
    erase(cx, body.chat_id, message, rev)
}

/// Nothing is left of the message but its place, under a new revision: not what it said, nor its files, votes and versions.
pub(super) fn erase(
    cx: &mut Cx<'_, '_>,
    chat: ChatId,
    mut message: Message,
    rev: u64,
) -> Result<MessageAccepted, Failure> {
    message.content = String::new();
    message.mentions.clear();
    message.everyone = None;
    message.reactions.clear();
    message.pinned_at = None;
    message.forwarded = None;
    files::freed(cx, &message)?;
    poll::ended(cx, &message)?;
    previews::gone(cx, &mut message)?;
    message.poll = None;
    message.attachments.clear();
    let thread = message.thread.clone();
    message.deleted_at = Some(not_before(cx.now, message.timestamp));
    message.rev = rev;
    messages::update(cx.tx, &message)?;
    search::again(cx.tx, &chat, &message)?;
    let reply = tell(cx, chat.clone(), message);
    if let Some(root) = thread {
        thread::shrank(cx, chat, &root)?;
    }
    Ok(reply)
}

/// Adds or takes back one's own reaction; as it already is, nothing changes.
///
/// # Errors
/// `not_found` also when it was deleted, `not_a_member`, `invalid_field`.
pub fn react(cx: &mut Cx<'_, '_>, body: React) -> Result<MessageAccepted, Failure> {
    access::own_row(cx, &body.chat_id)?;
    check_emoji("emoji", &body.emoji)?;
    let mut message = standing(cx, &body.chat_id, &body.message_id)?;
    let there = message.reactions.get(&body.emoji).is_some_and(|who| who.contains(&cx.actor));
    if there == body.on {
        return Ok(accepted(&body.chat_id, &message));
    }
    if body.on && !message.reactions.contains_key(&body.emoji) && message.reactions.len() >= REACTIONS_PER_MESSAGE_MAX {
        return Err(Failure::field("emoji", "the message has 32 different reactions already"));
    }
    message.rev = cx.next_rev(&Scope::Chat(body.chat_id.clone()))?;
    if body.on {
        messages::put_reaction(cx.tx, &message.id, &body.emoji, cx.actor, message.rev)?;
        message.reactions.entry(body.emoji).or_default().push(cx.actor);
    } else {
        messages::remove_reaction(cx.tx, &message.id, &body.emoji, cx.actor)?;
        if let Some(who) = message.reactions.get_mut(&body.emoji) {
            who.retain(|user| *user != cx.actor);
        }
        message.reactions.retain(|_, who| !who.is_empty());
    }
    messages::touch(cx.tx, &message)?;
    Ok(tell(cx, body.chat_id, message))
}

/// Keeps a message at the chat's head, or takes it from there; as it already is, nothing changes.
///
/// # Errors
/// `forbidden` to those who may not, `not_found` also when it was deleted, `not_a_member`, `limit_reached`.
pub fn pin(cx: &mut Cx<'_, '_>, body: PinMessage) -> Result<MessageAccepted, Failure> {
    let (chat, own) = access::own_chat(cx, &body.chat_id)?;
    if own.role < chat.rights.pin_from(chat.chat_type) {
        return Err(Failure::forbidden("you may not pin messages here"));
    }
    let mut message = standing(cx, &body.chat_id, &body.message_id)?;
    if message.message_type == MessageType::System {
        return Err(no_such_message());
    }
    if message.pinned_at.is_some() == body.on {
        return Ok(accepted(&body.chat_id, &message));
    }
    if body.on && messages::pinned(cx.tx, &body.chat_id, PINNED_MAX)?.len() >= PINNED_MAX as usize {
        return Err(Failure::refused(ErrorCode::LimitReached, "a chat has at most 100 pinned messages"));
    }
    message.pinned_at = body.on.then(|| not_before(cx.now, message.timestamp));
    message.rev = cx.next_rev(&Scope::Chat(body.chat_id.clone()))?;
    messages::update(cx.tx, &message)?;
    let reply = tell(cx, body.chat_id.clone(), message);
    if body.on {
        note::say(cx, &body.chat_id, &Note::Pinned { by: cx.actor, message_id: body.message_id })?;
    }
    Ok(reply)
}

/// A message that a person wrote and nobody deleted.
pub(super) fn standing(cx: &mut Cx<'_, '_>, chat: &ChatId, id: &MessageId) -> Result<Message, Failure> {
    let message = messages::get(cx.tx, chat, id)?.filter(|message| message.deleted_at.is_none());
    message.ok_or_else(no_such_message)
}

pub(super) fn tell(cx: &mut Cx<'_, '_>, chat: ChatId, message: Message) -> MessageAccepted {
    let reply = accepted(&chat, &message);
    cx.tell_row(Scope::Chat(chat), Row::Message(message));
    reply
}

fn not_before(now: Timestamp, earliest: Timestamp) -> Timestamp {
    now.max(earliest)
}

pub(super) fn no_such_message() -> Failure {
    Failure::not_found("no such message in this chat")
}
