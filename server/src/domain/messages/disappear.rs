//! Messages that go by themselves, for everyone. Whoever may change a chat says after how long; a message keeps the moment that it
//! was posted with, whatever is said later.
//!
//! Each has a row of `due` under its writer and `gone:MESSAGE_ID`. Moments are instants: no zone and no summer time moves them.

use protocol::limits::{DISAPPEAR_SECONDS_MAX, DISAPPEAR_SECONDS_MIN};
use protocol::{ChatId, Message, MessageId, Scope, Timestamp};

use super::change;
use crate::domain::{Cx, Failure};
use crate::store::due::{self, Due};
use crate::store::messages;

/// Rows of `due` about messages that go: `gone:MESSAGE_ID`.
const GONE: &str = "gone:";

/// What a chat is asked to do with its messages: `Some(None)` lets them stay.
///
/// # Errors
/// `invalid_field`.
pub(in crate::domain) fn checked(asked: Option<u32>) -> Result<Option<Option<u32>>, Failure> {
    match asked {
        None => Ok(None),
        Some(0) => Ok(Some(None)),
        Some(seconds) if (DISAPPEAR_SECONDS_MIN..=DISAPPEAR_SECONDS_MAX).contains(&seconds) => Ok(Some(Some(seconds))),
        Some(_) => Err(Failure::field("disappear_after", "0, or 5 seconds to a year")),
    }
}

/// When a message goes that is posted at a moment.
pub(super) fn moment(after: Option<u32>, posted: Timestamp) -> Option<Timestamp> {
    after.map(|seconds| Timestamp(posted.0.saturating_add(i64::from(seconds) * 1_000)))
}

/// A message was posted.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn began(cx: &mut Cx<'_, '_>, message: &Message) -> Result<(), Failure> {
    match message.expires_at {
        Some(at) => Ok(due::put(cx.tx, message.sender_id, &due_key(&message.id), at)?),
        None => Ok(()),
    }
}

/// A message was deleted by hand, before its time.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn ended(cx: &mut Cx<'_, '_>, message: &mut Message) -> Result<(), Failure> {
    match message.expires_at.take() {
        Some(_) => Ok(due::remove(cx.tx, message.sender_id, &due_key(&message.id))?),
        None => Ok(()),
    }
}

/// It is time for a message to go, unless it was deleted meanwhile.
///
/// # Errors
/// See [`sql::Error`].
pub(in crate::domain) fn time_is_up(cx: &mut Cx<'_, '_>, found: &Due, id: &MessageId) -> Result<(), Failure> {
    let Some(chat) = messages::chat_of(cx.tx, id)? else { return Ok(()) };
    let Some(message) = standing(cx, &chat, id)? else { return Ok(()) };
    // A clock that went forth and back between noting and now.
    if let Some(at) = message.expires_at.filter(|at| *at > cx.now) {
        return Ok(due::put(cx.tx, found.user, &found.key, at)?);
    }
    // The chat first, as everyone takes them; then what others changed meanwhile is seen.
    let rev = cx.next_rev(&Scope::Chat(chat.clone()))?;
    let Some(message) = messages::get(cx.tx, &chat, id)? else { return Ok(()) };
    change::erase(cx, chat, message, rev).map(drop)
}

fn standing(cx: &mut Cx<'_, '_>, chat: &ChatId, id: &MessageId) -> Result<Option<Message>, Failure> {
    let found = messages::get(cx.tx, chat, id)?;
    Ok(found.filter(|message| message.deleted_at.is_none() && message.expires_at.is_some()))
}

fn due_key(id: &MessageId) -> String {
    format!("{GONE}{id}")
}

/// The message that a row of `due` is about.
pub(in crate::domain) fn of_due(key: &str) -> Option<MessageId> {
    MessageId::new(key.strip_prefix(GONE)?)
}
