//! Finds messages by their words, in the chats of the asker alone; and lets be found, in bounded steps, what was said before there was
//! an index.

use std::collections::HashMap;

use protocol::frame::{Found, FoundMessage, Search};
use protocol::limits::{QUERY_CHARS_MAX, SEARCH_PAGE_DEFAULT, SEARCH_PAGE_MAX};
use protocol::{ChatId, Message, MessageId};

use super::messages::fitting;
use super::{Cx, Failure, access};
use crate::store::search::{self, Wish};
use crate::store::{chats, messages, settings};

/// Without words, one page looks at so many messages at most.
const LOOKED_AT_MAX: u32 = 20_000;
/// One step indexes so many messages.
const STEP: u32 = 200;
/// So many messages are indexed in one transaction, behind their posts.
const BEHIND_STEP: u32 = 500;
/// Fewer, when they are long: no post waits for more than this to be read.
const BEHIND_BYTES: usize = 256 * 1024;
/// The setting that says how far indexing has come: a chat and a place in it, or [`DONE`].
const PROGRESS: &str = "search.indexed";
const DONE: &str = "done";

/// The newest messages that fit, page by page.
///
/// # Errors
/// `invalid_field`, `not_a_member`, `not_found`.
pub fn find(cx: &mut Cx<'_, '_>, body: &Search) -> Result<Found, Failure> {
    let limit = body.limit.unwrap_or(SEARCH_PAGE_DEFAULT);
    if !(1..=SEARCH_PAGE_MAX).contains(&limit) {
        return Err(Failure::field("limit", "1 to 50"));
    }
    if body.query.chars().count() > QUERY_CHARS_MAX {
        return Err(Failure::field("query", "longer than 256 characters"));
    }
    let mut below = match &body.cursor {
        None => i64::MAX,
        Some(cursor) => cursor.parse().map_err(|_| Failure::field("cursor", "not from a page before"))?,
    };
    let wanted = words::wanted(&body.query);
    let filtered = body.chat_id.is_some() || body.sender_id.is_some() || body.has.is_some();
    if wanted.is_empty() && (!body.query.trim().is_empty() || !filtered) {
        // Signs alone are in no message; nothing at all is no question.
        return Ok(Found { hits: Vec::new(), next_cursor: None });
    }
    if let Some(chat) = &body.chat_id {
        access::own_row(cx, chat)?;
    }
    let mut least = body.after.map_or(i64::MIN, search::number_at);
    if let Some(before) = body.before {
        // Numbers of a crowded millisecond reach into the next.
        below = below.min(search::number_at(protocol::Timestamp(before.0.saturating_add(2))));
    }
    let window = if wanted.is_empty() { search::window(cx.tx, below, LOOKED_AT_MAX)? } else { None };
    let window = window.filter(|start| *start > least);
    least = window.unwrap_or(least);
    let wish = Wish {
        reader: cx.actor,
        words: wanted,
        chat: body.chat_id.clone(),
        sender: body.sender_id,
        has: body.has,
        before: body.before,
        after: body.after,
    };
    let mut found = search::find(cx.tx, &wish, below, least, limit + 1)?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let ids: Vec<MessageId> = found.iter().map(|one| one.message_id.clone()).collect();
    let mut rows: HashMap<MessageId, Message> =
        messages::get_all(cx.tx, &ids)?.into_iter().map(|message| (message.id.clone(), message)).collect();
    let kept = fitting(ids.iter().filter_map(|id| rows.get(id))).min(found.len());
    let cut = more || kept < found.len();
    found.truncate(kept);
    let next = if cut { found.last().map(|last| last.n) } else { window };
    let hit = |one: search::Fitting| {
        let message = rows.remove(&one.message_id)?;
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let marked = words::highlights(&message.content, &body.query);
        let highlights = marked.into_iter().map(|(start, end)| (place(start), place(end))).collect();
        Some(FoundMessage { chat_id: one.chat_id, message, highlights })
    };
    let hits = found.into_iter().filter_map(hit).collect();
    Ok(Found { hits, next_cursor: next.map(|n| n.to_string()) })
}

/// Takes the index of these chats further, by so many messages at most; returns the chats with which it is not done.
///
/// # Errors
/// See [`sql::Error`].
pub fn index_behind(cx: &mut Cx<'_, '_>, chats: &[ChatId]) -> Result<Vec<ChatId>, Failure> {
    let (mut left, mut bytes) = (BEHIND_STEP, 0);
    let mut waiting = Vec::new();
    for chat in chats {
        if left == 0 {
            waiting.push(chat.clone());
            continue;
        }
        let from = search::indexed_to(cx.tx, chat)?;
        let said = messages::after(cx.tx, chat, from, left)?;
        let mut last = None;
        for message in &said {
            search::remember(cx.tx, message)?;
            last = Some(message.seq);
            left -= 1;
            bytes += message.content.len();
            if bytes >= BEHIND_BYTES {
                left = 0;
                break;
            }
        }
        let Some(last) = last else { continue };
        search::set_indexed_to(cx.tx, chat, last)?;
        if left == 0 {
            waiting.push(chat.clone());
        }
    }
    Ok(waiting)
}

/// Indexes the next few messages that were said before there was an index; `false` when all are.
///
/// # Errors
/// See [`sql::Error`].
pub fn index_some(cx: &mut Cx<'_, '_>) -> Result<bool, Failure> {
    let progress = settings::get(cx.tx, PROGRESS)?.unwrap_or_default();
    if progress == DONE {
        return Ok(false);
    }
    let place = progress.split_once(' ').and_then(|(chat, seq)| Some((ChatId::new(chat)?, seq.parse::<u64>().ok()?)));
    let next = match place {
        Some((chat, seq)) => index_chat(cx, chat, seq)?,
        None => first_of(chats::next(cx.tx, "")?),
    };
    let progress = next.as_ref().map_or_else(|| DONE.to_owned(), |(chat, seq)| format!("{chat} {seq}"));
    settings::set(cx.tx, PROGRESS, &progress)?;
    Ok(next.is_some())
}

fn first_of(chat: Option<ChatId>) -> Option<(ChatId, u64)> {
    chat.map(|chat| (chat, 0))
}

/// The next messages after a place; returns the place to go on from.
fn index_chat(cx: &mut Cx<'_, '_>, chat: ChatId, seq: u64) -> Result<Option<(ChatId, u64)>, Failure> {
    let said = messages::after(cx.tx, &chat, seq, STEP)?;
    let Some(last) = said.last().map(|message| message.seq) else {
        return Ok(first_of(chats::next(cx.tx, chat.as_str())?));
    };
    let to = search::indexed_to(cx.tx, &chat)?;
    for message in &said {
        // What was said or changed since is there already, or comes by itself.
        if message.seq <= to && !search::holds(cx.tx, message)? {
            search::remember(cx.tx, message)?;
        }
    }
    Ok(Some((chat, last)))
}
