//! Previews of links: which message wants one, and what becomes of it. Knows rows only; what stands behind a link is
//! `crate::previews`' affair.
//!
//! A message with a link notes it (in its own transaction) → looked at → the message's row has the preview, as a change like any
//! other; or there is none. Its writer can take it away; it comes back only with another link.

use protocol::frame::{MessageAccepted, MessageRef};
use protocol::preview::{NO_PREVIEWS, first_link};
use protocol::{ChatId, LinkPreview, Message, ProtocolError, Row, Scope, Timestamp};

use super::{Cx, Failure, access, files, messages};
use crate::store::items;
use crate::store::messages as rows;
use crate::store::previews;

pub use crate::store::previews::Job;

/// What was seen is believed so long, in milliseconds.
pub const SEEN_MS: i64 = 24 * 60 * 60 * 1000;
/// That there was nothing is believed so long, in milliseconds: a site may come back.
pub const NOTHING_MS: i64 = 10 * 60 * 1000;

/// A message was posted: its first link is noted, unless its writer wants none. A forwarded one has that of the original.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn posted(cx: &mut Cx<'_, '_>, chat: &ChatId, message: &Message) -> Result<(), Failure> {
    if message.sealed || message.forwarded.is_some() {
        return Ok(());
    }
    match first_link(&message.content) {
        Some(link) => note(cx, chat, message, link),
        None => Ok(()),
    }
}

/// A message says something else now: with another first link its preview is another one.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn edited(cx: &mut Cx<'_, '_>, chat: &ChatId, before: &str, message: &mut Message) -> Result<(), Failure> {
    if message.sealed || first_link(before) == first_link(&message.content) {
        return Ok(());
    }
    gone(cx, message)?;
    let content = message.content.clone();
    match first_link(&content) {
        Some(link) => note(cx, chat, message, link),
        None => Ok(()),
    }
}

/// A message has no preview any more, and waits for none.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn gone(cx: &mut Cx<'_, '_>, message: &mut Message) -> Result<(), Failure> {
    previews::unwant(cx.tx, &message.id)?;
    if message.preview.take().is_some_and(|preview| preview.image.is_some()) {
        files::picture_freed(cx, &message.id)?;
    }
    Ok(())
}

fn note(cx: &mut Cx<'_, '_>, chat: &ChatId, message: &Message, link: &str) -> Result<(), Failure> {
    let unwanted = items::get(cx.tx, message.sender_id, NO_PREVIEWS)?.is_some_and(|item| item.value.is_some());
    if !unwanted {
        let job = Job { message_id: message.id.clone(), chat_id: chat.clone(), url: link.to_owned() };
        previews::want(cx.tx, &job, cx.now)?;
    }
    Ok(())
}

/// Links to look at, the oldest first.
///
/// # Errors
/// See [`sql::Error`].
pub fn wanted(cx: &mut Cx<'_, '_>, most: u32) -> Result<Vec<Job>, Failure> {
    Ok(previews::wanted(cx.tx, most)?)
}

/// What is known of a link without looking: `Some(None)`, that there is nothing.
///
/// # Errors
/// See [`sql::Error`].
pub fn known(cx: &mut Cx<'_, '_>, url: &str) -> Result<Option<Option<LinkPreview>>, Failure> {
    let Some(seen) = previews::seen(cx.tx, url, cx.now)? else { return Ok(None) };
    let picture = seen.as_ref().and_then(|preview| preview.image.as_ref());
    match picture {
        // A picture that nothing used any more may have been forgotten.
        Some(picture) if !files::is_there(cx, &picture.id)? => Ok(None),
        _ => Ok(Some(seen)),
    }
}

/// Remembers what was seen behind a link.
///
/// # Errors
/// See [`sql::Error`].
pub fn remember(cx: &mut Cx<'_, '_>, url: &str, seen: Option<&LinkPreview>) -> Result<(), Failure> {
    let until = Timestamp(cx.now.0 + if seen.is_some() { SEEN_MS } else { NOTHING_MS });
    Ok(previews::remember(cx.tx, url, seen, until)?)
}

/// A link was looked at: its message has the preview now, if there is one and the link still stands in it.
///
/// # Errors
/// `not_found` when the message changed meanwhile: nothing is done then, see [`forget`].
pub fn settle(cx: &mut Cx<'_, '_>, job: &Job, preview: Option<LinkPreview>) -> Result<(), Failure> {
    previews::done(cx.tx, job)?;
    let Some(preview) = preview else { return Ok(()) };
    let changed = || Failure::not_found("the link is not there any more");
    standing(cx, job)?.ok_or_else(changed)?;
    // The chat first, as everyone takes them; then what others changed meanwhile is seen.
    let scope = Scope::Chat(job.chat_id.clone());
    let rev = cx.next_rev(&scope)?;
    let mut message = standing(cx, job)?.ok_or_else(changed)?;
    message.rev = rev;
    message.preview = Some(Box::new(preview));
    rows::update(cx.tx, &message)?;
    files::picture_used(cx, &job.chat_id, &message)?;
    cx.tell_row(scope, Row::Message(message));
    Ok(())
}

/// A link is not to be looked at any more.
///
/// # Errors
/// See [`sql::Error`].
pub fn forget(cx: &mut Cx<'_, '_>, job: &Job) -> Result<(), Failure> {
    Ok(previews::done(cx.tx, job)?)
}

/// Forgets what was seen long ago.
///
/// # Errors
/// See [`sql::Error`].
pub fn purge(cx: &mut Cx<'_, '_>) -> Result<(), Failure> {
    Ok(previews::purge(cx.tx, cx.now)?)
}

/// The message, as long as this is its link and it has no preview.
fn standing(cx: &mut Cx<'_, '_>, job: &Job) -> Result<Option<Message>, Failure> {
    let found = rows::get(cx.tx, &job.chat_id, &job.message_id)?;
    Ok(found.filter(|message| {
        let live = message.deleted_at.is_none() && !message.sealed && message.preview.is_none();
        live && first_link(&message.content) == Some(job.url.as_str())
    }))
}

/// Its writer takes the preview away; without one nothing changes, but none comes any more.
///
/// # Errors
/// `forbidden` for others' messages, `not_found`, `not_a_member`.
pub fn remove(cx: &mut Cx<'_, '_>, body: MessageRef) -> Result<MessageAccepted, Failure> {
    access::own_row(cx, &body.chat_id)?;
    let found = rows::get(cx.tx, &body.chat_id, &body.message_id)?.filter(|message| message.deleted_at.is_none());
    let mut message = found.ok_or_else(|| {
        Failure::Refused(ProtocolError::new(protocol::ErrorCode::NotFound, "no such message in this chat"))
    })?;
    if message.sender_id != cx.actor {
        return Err(Failure::forbidden("only its sender takes a preview away"));
    }
    if message.preview.is_none() {
        previews::unwant(cx.tx, &message.id)?;
        return Ok(messages::accepted(&body.chat_id, &message));
    }
    gone(cx, &mut message)?;
    let scope = Scope::Chat(body.chat_id.clone());
    message.rev = cx.next_rev(&scope)?;
    rows::update(cx.tx, &message)?;
    let reply = messages::accepted(&body.chat_id, &message);
    cx.tell_row(scope, Row::Message(message));
    Ok(reply)
}
