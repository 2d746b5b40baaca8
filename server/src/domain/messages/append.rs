//! Posts a message: the hot path, three statements for a plain one.
//!
//! The message's id is the one its sender gave; the same sender asking again hears the first answer.

use std::collections::BTreeMap;

use protocol::frame::{Event, MessageAccepted, MessageRef, PostMessage};
use protocol::limits::{HERE_MAX, REACTIONS_PER_MESSAGE_MAX};
use protocol::{
    Attachment, ChatId, ChatKind, ErrorCode, Everyone, Forwarded, LinkPreview, LocalId, Message, MessageId,
    MessageType, Role, UserId,
};

use super::{accepted, check_content, check_emoji, checked_mentions, disappear, poll, thread};
use crate::domain::{Cx, Failure, access, chats, files, groups, previews, privacy};
use crate::store::messages::PostRight;
use crate::store::{self, messages, scopes};

/// Posts. A private chat that is not there yet is made.
///
/// # Errors
/// `not_a_member`, `not_found`, `forbidden` (read-only), `plaintext_refused`, `id_taken`, `invalid_field`.
pub fn append(cx: &mut Cx<'_, '_>, id: Option<LocalId>, body: &PostMessage) -> Result<MessageAccepted, Failure> {
    append_among(cx, id, body, &[])
}

/// As [`append`]; `here` are those of the chat who are there now.
///
/// # Errors
/// Those of [`append`]; `limit_reached` when everyone who is there is mentioned, and they are too many.
pub fn append_among(
    cx: &mut Cx<'_, '_>,
    id: Option<LocalId>,
    body: &PostMessage,
    here: &[UserId],
) -> Result<MessageAccepted, Failure> {
    if body.message_type != MessageType::Text {
        return Err(Failure::field("message_type", "only text can be posted"));
    }
    check_content(&body.content, body.attachments.is_empty() && body.forward_of.is_none())?;
    let id = MessageId::from(id.unwrap_or_else(|| cx.new_id()));
    let right = right(cx, &body.chat_id, &id)?;
    if let Some(seen) = right.seen {
        if seen.sender_id != cx.actor || seen.chat_id != body.chat_id.as_str() {
            return Err(Failure::refused(ErrorCode::IdTaken, "this id is another message's"));
        }
        return Ok(MessageAccepted {
            chat_id: body.chat_id.clone(),
            message_id: id,
            seq: seen.seq,
            rev: seen.first_rev,
            timestamp: seen.timestamp,
        });
    }
    if right.gone {
        return Err(access::not_a_member());
    }
    if right.role < Role::Member {
        return Err(Failure::forbidden("you may only read here"));
    }
    if right.role < right.rights.post_from() {
        return Err(Failure::forbidden("only some members write here"));
    }
    if right.kind == ChatKind::Private && privacy::is_between(cx, &body.chat_id)? {
        return Err(Failure::forbidden("one of you has blocked the other"));
    }
    if right.encrypted {
        groups::check_sealed(cx, &body.chat_id, &body.content, body.encrypt_for_recipients)?;
    }
    let mentions = mentioned(cx, body, &right, here)?;
    let reactions = own_reactions(cx, &body.reactions)?;
    if let Some(answered) = &body.reply_to
        && !messages::exists(cx.tx, &body.chat_id, answered)?
    {
        return Err(Failure::field("reply_to", "no such message in this chat"));
    }
    let more = match &body.forward_of {
        Some(original) => forwarded(cx, original, body)?,
        None => {
            let (attachments, asked) = (files::checked(cx, &body.attachments)?, poll::asked(cx, body)?);
            Brought { attachments, asked, forwarded: None, preview: None }
        }
    };
    if right.encrypted && more.attachments.iter().any(|attachment| !attachment.file.encrypted) {
        return Err(Failure::refused(ErrorCode::PlaintextRefused, "this chat takes sealed files only"));
    }
    let root = match &body.thread {
        Some(root) => Some(thread::root(cx, &body.chat_id, root)?),
        None => None,
    };
    let (shown, solution) = more.asked.map_or((None, None), |asked| (Some(asked.shown), asked.solution));
    let place = scopes::next_message_after(cx.tx, &body.chat_id, right.last, cx.now)?;
    let message = Message {
        id,
        sender_id: cx.actor,
        sender_username: right.username,
        content: body.content.clone(),
        message_type: MessageType::Text,
        timestamp: place.timestamp,
        reply_to: body.reply_to.clone(),
        mentions,
        everyone: body.everyone,
        reactions,
        sealed: body.encrypt_for_recipients,
        content_rev: body.encrypt_for_recipients.then_some(place.rev),
        edited_at: None,
        deleted_at: None,
        expires_at: disappear::moment(right.disappear_after, place.timestamp),
        pinned_at: None,
        forwarded: more.forwarded,
        attachments: more.attachments,
        poll: shown.map(Box::new),
        preview: more.preview,
        thread: body.thread.clone(),
        replies: None,
        seq: place.seq,
        rev: place.rev,
    };
    messages::insert(cx.tx, &body.chat_id, &message)?;
    files::used(cx, &body.chat_id, &message)?;
    poll::began(cx, &body.chat_id, &message, solution)?;
    disappear::began(cx, &message)?;
    previews::posted(cx, &body.chat_id, &message)?;
    let reply = accepted(&body.chat_id, &message);
    cx.tell(Event::NewMessage { chat_id: body.chat_id.clone(), message });
    if let Some(root) = root {
        thread::grew(cx, body.chat_id.clone(), root, place.timestamp)?;
    }
    Ok(reply)
}

/// What a message has besides its text.
struct Brought {
    forwarded: Option<Box<Forwarded>>,
    attachments: Vec<Attachment>,
    asked: Option<poll::Asked>,
    preview: Option<Box<LinkPreview>>,
}

fn right(cx: &mut Cx<'_, '_>, chat: &ChatId, id: &MessageId) -> Result<PostRight, Failure> {
    if let Some(right) = messages::post_right(cx.tx, chat, cx.actor, id)? {
        return Ok(right);
    }
    if store::chats::get(cx.tx, chat)?.is_some() {
        return Err(access::not_a_member());
    }
    if !chats::ensure(cx, chat)? {
        return Err(access::no_such_chat());
    }
    messages::post_right(cx.tx, chat, cx.actor, id)?.ok_or_else(access::not_a_member)
}

/// Those who are named, and those who are there when everyone there is meant.
fn mentioned(
    cx: &mut Cx<'_, '_>,
    body: &PostMessage,
    right: &PostRight,
    here: &[UserId],
) -> Result<Vec<UserId>, Failure> {
    let mut mentions = checked_mentions(cx, &body.chat_id, &body.mentions)?;
    let Some(everyone) = body.everyone else { return Ok(mentions) };
    if right.kind == ChatKind::Private || right.role < right.rights.everyone_from(right.kind) {
        return Err(Failure::forbidden("you may not mention everyone here"));
    }
    if everyone == Everyone::Here {
        if here.len() > HERE_MAX {
            return Err(Failure::refused(ErrorCode::LimitReached, "more than 500 people are there"));
        }
        let others: Vec<UserId> = here.iter().copied().filter(|user| *user != cx.actor).collect();
        mentions.extend(others.into_iter().filter(|user| !body.mentions.contains(user)));
    }
    Ok(mentions)
}

/// A forwarded message is said again as it was: nobody puts words into another's mouth. Of sealed ones the server knows
/// only that they were there; members' devices see the rest.
fn forwarded(cx: &mut Cx<'_, '_>, original: &MessageRef, body: &PostMessage) -> Result<Brought, Failure> {
    access::own_row(cx, &original.chat_id)?;
    let found = messages::get(cx.tx, &original.chat_id, &original.message_id)?;
    let said = found.filter(|message| message.deleted_at.is_none() && message.message_type == MessageType::Text);
    let said = said.ok_or_else(|| Failure::field("forward_of", "no such message"))?;
    if !said.sealed && !body.encrypt_for_recipients && said.content != body.content {
        return Err(Failure::field("content", "not what the forwarded message says"));
    }
    let asked = poll::forwarded(cx, &said)?;
    // A forwarded message forwarded names its first place.
    let first = said.forwarded.unwrap_or_else(|| {
        Box::new(Forwarded {
            chat_id: original.chat_id.clone(),
            message_id: original.message_id.clone(),
            sender_id: said.sender_id,
            timestamp: said.timestamp,
        })
    });
    // A sealed message says nothing that the server can read.
    let preview = said.preview.filter(|_| !body.encrypt_for_recipients);
    // The files of a sealed message are sealed too: who says it again in the clear brings them.
    let attachments = if said.sealed { files::checked(cx, &body.attachments)? } else { said.attachments };
    Ok(Brought { forwarded: Some(first), attachments, asked, preview })
}

fn own_reactions(cx: &Cx<'_, '_>, emoji: &[String]) -> Result<BTreeMap<String, Vec<UserId>>, Failure> {
    if emoji.len() > REACTIONS_PER_MESSAGE_MAX {
        return Err(Failure::field("reactions", "more than 32"));
    }
    for one in emoji {
        check_emoji("reactions", one)?;
    }
    Ok(emoji.iter().map(|one| (one.clone(), vec![cx.actor])).collect())
}
