//! Reads back: pages of messages by place or by time.

use protocol::frame::{ChatRef, History, HistoryPage, MessageRef};
use protocol::limits::{PAGE_MESSAGES_DEFAULT, PAGE_MESSAGES_MAX, PINNED_MAX};
use protocol::{ChatId, Message, Scope, Timestamp, Version};

use crate::domain::{Cx, Failure, access};
use crate::store::{messages, scopes};

/// A page holds about this many bytes of JSON at most, but always one message: clients bound their lines.
const PAGE_BYTES_MAX: usize = 60 * 1024;

/// The messages before, after or around a place; without any, the newest. Rising, without holes.
///
/// # Errors
/// `not_a_member`, `not_found`, `invalid_field`.
pub fn page(cx: &mut Cx<'_, '_>, body: &History) -> Result<HistoryPage, Failure> {
    let limit = limit(body.limit)?;
    let places = [body.before_seq, body.after_seq, body.around_seq].iter().flatten().count();
    if places + usize::from(body.around_time.is_some()) > 1 {
        return Err(Failure::field("before_seq", "only one of before_seq, after_seq, around_seq, around_time"));
    }
    access::own_row(cx, &body.chat_id)?;
    let around = match body.around_time {
        Some(moment) => Some(first_not_before(cx, &body.chat_id, moment)?),
        None => body.around_seq,
    };
    let found = if let Some(after) = body.after_seq {
        let mut found = messages::after(cx.tx, &body.chat_id, after, limit)?;
        found.truncate(fitting(found.iter()));
        found
    } else if let Some(around) = around {
        around_page(cx, &body.chat_id, around, limit)?
    } else {
        before_page(cx, &body.chat_id, body.before_seq.unwrap_or(i64::MAX as u64), limit)?
    };
    framed(cx, body.chat_id.clone(), found)
}

/// The given way of REST: page 1 is the newest `limit` messages accepted before a moment (now, when none is given), page
/// 2 those before them, and so on. Rising within the page.
///
/// # Errors
/// `not_a_member`, `not_found`, `invalid_field`.
pub fn by_time(
    cx: &mut Cx<'_, '_>,
    chat: &ChatId,
    page: Option<u32>,
    limit_asked: Option<u32>,
    before: Option<Timestamp>,
) -> Result<HistoryPage, Failure> {
    let limit = limit(limit_asked)?;
    let page = page.unwrap_or(1);
    if page == 0 {
        return Err(Failure::field("page", "pages count from 1"));
    }
    access::own_row(cx, chat)?;
    let end = match before {
        None => scopes::head(cx.tx, &Scope::Chat(chat.clone()))?.last_seq + 1,
        Some(moment) => first_not_before(cx, chat, moment)?,
    };
    let skipped = u64::from(page - 1) * u64::from(limit);
    let before_seq = end.saturating_sub(skipped);
    let mut found = messages::before(cx.tx, chat, before_seq, limit)?;
    // Not cut by bytes: page 2 starts where the client believes that page 1 ended.
    found.reverse();
    framed(cx, chat.clone(), found)
}

/// What is kept at a chat's head, pinned last first.
///
/// # Errors
/// `not_a_member`, `not_found`.
pub fn pinned(cx: &mut Cx<'_, '_>, body: &ChatRef) -> Result<Vec<Message>, Failure> {
    access::own_row(cx, &body.chat_id)?;
    let mut found = messages::pinned(cx.tx, &body.chat_id, PINNED_MAX)?;
    found.truncate(fitting(found.iter()));
    Ok(found)
}

/// What a message said before it was changed, oldest first; as much as fits, the newest of it.
///
/// # Errors
/// `not_found` also when it was deleted, `not_a_member`.
pub fn versions(cx: &mut Cx<'_, '_>, body: &MessageRef) -> Result<Vec<Version>, Failure> {
    access::own_row(cx, &body.chat_id)?;
    if !messages::exists(cx.tx, &body.chat_id, &body.message_id)? {
        return Err(Failure::not_found("no such message in this chat"));
    }
    let found = messages::versions(cx.tx, &body.message_id)?;
    let mut bytes = 0;
    let within = found.iter().rev().take_while(|version| {
        bytes += version.content.len() * 2 + 80;
        bytes <= PAGE_BYTES_MAX
    });
    let skipped = found.len() - within.count().max(1).min(found.len());
    Ok(found.into_iter().skip(skipped).collect())
}

fn limit(asked: Option<u32>) -> Result<u32, Failure> {
    let limit = asked.unwrap_or(PAGE_MESSAGES_DEFAULT);
    if !(1..=PAGE_MESSAGES_MAX).contains(&limit) {
        return Err(Failure::field("limit", "1 to 200"));
    }
    Ok(limit)
}

fn before_page(cx: &mut Cx<'_, '_>, chat: &ChatId, before: u64, limit: u32) -> Result<Vec<Message>, Failure> {
    let mut found = messages::before(cx.tx, chat, before, limit)?;
    found.truncate(fitting(found.iter()));
    found.reverse();
    Ok(found)
}

/// From the middle outwards, so that what does not fit is what is farthest away.
fn around_page(cx: &mut Cx<'_, '_>, chat: &ChatId, around: u64, limit: u32) -> Result<Vec<Message>, Failure> {
    let older = limit / 2;
    let before = messages::before(cx.tx, chat, around, limit)?;
    let from = messages::after(cx.tx, chat, around.saturating_sub(1), limit)?;
    // Near an end the other side gives what this one lacks.
    let newer = (limit as usize - before.len().min(older as usize)).min(from.len());
    let older = (limit as usize - newer).min(before.len());
    let (mut before, mut from) = (before[..older].iter(), from[..newer].iter());
    let mut outwards = Vec::new();
    loop {
        let pair = [from.next(), before.next()];
        if pair.iter().all(Option::is_none) {
            break;
        }
        outwards.extend(pair.into_iter().flatten());
    }
    let fitting = fitting(outwards.iter().copied());
    let mut kept: Vec<Message> = outwards.into_iter().take(fitting).cloned().collect();
    kept.sort_unstable_by_key(|message| message.seq);
    Ok(kept)
}

/// How many of the first fit into one page.
pub(in crate::domain) fn fitting<'m>(messages: impl Iterator<Item = &'m Message>) -> usize {
    let mut bytes = 0;
    let count = messages.take_while(|message| {
        bytes += crate::domain::sync::message_bytes(message);
        bytes <= PAGE_BYTES_MAX
    });
    count.count().max(1)
}

fn framed(cx: &mut Cx<'_, '_>, chat_id: ChatId, messages: Vec<Message>) -> Result<HistoryPage, Failure> {
    let newest = scopes::head(cx.tx, &Scope::Chat(chat_id.clone()))?.last_seq;
    Ok(HistoryPage {
        has_more_before: messages.first().is_some_and(|message| message.seq > 1),
        has_more_after: messages.last().is_some_and(|message| message.seq < newest),
        chat_id,
        messages,
    })
}

/// The place of the first message at or after a moment, one past the newest when there is none. Time never goes back
/// within a chat, so halving finds it.
fn first_not_before(cx: &mut Cx<'_, '_>, chat: &ChatId, moment: Timestamp) -> Result<u64, Failure> {
    let (mut low, mut high) = (1, scopes::head(cx.tx, &Scope::Chat(chat.clone()))?.last_seq + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        match messages::timestamp_at(cx.tx, chat, middle)? {
            Some(timestamp) if timestamp < moment => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}
