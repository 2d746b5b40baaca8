//! Finding people and channels by the beginning of any word of a name.

use protocol::frame::{Directory, Reply};
use protocol::limits::{DIRECTORY_PAGE_MAX, PAGE_MESSAGES_DEFAULT};

use super::{Cx, Failure, names};
use crate::store::{chats, users};

/// A page of people, by name.
///
/// # Errors
/// `invalid_field`.
pub fn people(cx: &mut Cx<'_, '_>, body: &Directory) -> Result<Reply, Failure> {
    let limit = limit(body.limit)?;
    let after = match cursor(body.cursor.as_deref())? {
        None => (String::new(), 0),
        Some((id, name)) => (name, id.parse().map_err(|_| bad_cursor())?),
    };
    let mut page = match names::query_words(&body.query)? {
        Some(words) => users::find(cx.tx, &words, &after, limit + 1)?,
        None => Vec::new(),
    };
    let more = page.len() > limit as usize;
    page.truncate(limit as usize);
    let next_cursor = page.last().filter(|_| more).map(|(user, name)| format!("{}:{name}", user.id));
    Ok(Reply::Users { users: page.into_iter().map(|(user, _)| user).collect(), next_cursor })
}

/// A page of public channels, by name.
///
/// # Errors
/// `invalid_field`.
pub fn channels(cx: &mut Cx<'_, '_>, body: &Directory) -> Result<Reply, Failure> {
    let limit = limit(body.limit)?;
    let after = cursor(body.cursor.as_deref())?.map_or_else(Default::default, |(id, name)| (name, id));
    let mut page = match names::query_words(&body.query)? {
        Some(words) => chats::find_public(cx.tx, &words, &after, limit + 1)?,
        None => Vec::new(),
    };
    let more = page.len() > limit as usize;
    page.truncate(limit as usize);
    let next_cursor = page.last().filter(|_| more).map(|(chat, name)| format!("{}:{name}", chat.id));
    Ok(Reply::Channels { channels: page.into_iter().map(|(chat, _)| chat).collect(), next_cursor })
}

/// How many a page may have.
///
/// # Errors
/// `invalid_field`.
pub fn limit(asked: Option<u32>) -> Result<u32, Failure> {
    let limit = asked.unwrap_or(PAGE_MESSAGES_DEFAULT);
    if !(1..=DIRECTORY_PAGE_MAX).contains(&limit) {
        return Err(Failure::field("limit", "1 to 200"));
    }
    Ok(limit)
}

/// The refusal of a cursor that this server did not give.
pub fn bad_cursor() -> Failure {
    Failure::field("cursor", "not one that this server gave")
}

/// `id:name`; the name may hold anything, the id no colon.
fn cursor(text: Option<&str>) -> Result<Option<(String, String)>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let (id, name) = checked_cursor(text)?.split_once(':').ok_or_else(bad_cursor)?;
    Ok(Some((id.to_owned(), name.to_owned())))
}

/// No name holds a NUL, and PostgreSQL takes none.
///
/// # Errors
/// `invalid_field`.
pub(super) fn checked_cursor(text: &str) -> Result<&str, Failure> {
    if text.contains('\0') { Err(bad_cursor()) } else { Ok(text) }
}
