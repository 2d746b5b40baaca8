//! Threads: messages under a message. Its first message carries how many there are, and changes with each.

use protocol::frame::{ThreadMessages, ThreadPage};
use protocol::limits::{PAGE_MESSAGES_DEFAULT, PAGE_MESSAGES_MAX, THREAD_PEOPLE_MAX};
use protocol::{ChatId, Message, MessageId, MessageType, Replies, Row, Scope, Timestamp};

use super::history::fitting;
use crate::domain::{Cx, Failure, access};
use crate::store::messages;

/// The message under which a thread may stand.
///
/// # Errors
/// `invalid_field` when it is not there, was deleted, or stands in a thread itself.
pub(super) fn root(cx: &mut Cx<'_, '_>, chat: &ChatId, id: &MessageId) -> Result<Message, Failure> {
    let found = messages::get(cx.tx, chat, id)?;
    let fits = |message: &Message| {
        message.deleted_at.is_none() && message.message_type != MessageType::System && message.thread.is_none()
    };
    found.filter(fits).ok_or_else(|| Failure::field("thread", "no such message in this chat's main line"))
}

/// The actor said something in the thread.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn grew(cx: &mut Cx<'_, '_>, chat: ChatId, mut root: Message, at: Timestamp) -> Result<(), Failure> {
    let before = root.replies.take();
    let mut people = before.as_ref().map(|replies| replies.people.clone()).unwrap_or_default();
    people.retain(|user| *user != cx.actor);
    people.insert(0, cx.actor);
    people.truncate(THREAD_PEOPLE_MAX);
    let count = before.map_or(0, |replies| replies.count) + 1;
    root.replies = Some(Box::new(Replies { count, last_at: at, people }));
    tell(cx, chat, root)
}

/// A message of the thread was deleted.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn shrank(cx: &mut Cx<'_, '_>, chat: ChatId, root: &MessageId) -> Result<(), Failure> {
    let Some(mut root) = messages::get(cx.tx, &chat, root)? else { return Ok(()) };
    let (count, last_at) = messages::count_thread(cx.tx, &root.id)?;
    root.replies = match (root.replies, last_at) {
        (Some(replies), Some(last_at)) if count > 0 => Some(Box::new(Replies { count, last_at, ..*replies })),
        _ => None,
    };
    tell(cx, chat, root)
}

fn tell(cx: &mut Cx<'_, '_>, chat: ChatId, mut root: Message) -> Result<(), Failure> {
    root.rev = cx.next_rev(&Scope::Chat(chat.clone()))?;
    messages::update(cx.tx, &root)?;
    cx.tell_row(Scope::Chat(chat), Row::Message(root));
    Ok(())
}

/// A page of a thread: the newest before a place, rising.
///
/// # Errors
/// `not_a_member`, `not_found`, `invalid_field`.
pub fn page(cx: &mut Cx<'_, '_>, body: &ThreadPage) -> Result<ThreadMessages, Failure> {
    let limit = body.limit.unwrap_or(PAGE_MESSAGES_DEFAULT);
    if !(1..=PAGE_MESSAGES_MAX).contains(&limit) {
        return Err(Failure::field("limit", "1 to 200"));
    }
    access::own_row(cx, &body.chat_id)?;
    let root = messages::get(cx.tx, &body.chat_id, &body.message_id)?;
    let root = root.ok_or_else(|| Failure::not_found("no such message in this chat"))?;
    let mut found = messages::of_thread(cx.tx, &root.id, body.before_seq.unwrap_or(i64::MAX as u64), limit + 1)?;
    let kept = fitting(found.iter()).min(limit as usize);
    let has_more_before = found.len() > kept;
    found.truncate(kept);
    found.reverse();
    Ok(ThreadMessages { chat_id: body.chat_id.clone(), root: Box::new(root), messages: found, has_more_before })
}
