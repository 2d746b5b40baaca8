//! A person's own data: entries that only their devices see. The later change of an entry wins. Of their values the server reads
//! only those that [`timed`] and [`privacy`] act on.

use protocol::encryption::PAST;
use protocol::frame::PutItem;
use protocol::limits::{ITEM_KEY_BYTES_MAX, ITEM_VALUE_BYTES_MAX, ITEMS_MAX};
use protocol::poll::VOTE;
use protocol::{ErrorCode, Item, Row, Scope};

use super::{Cx, Failure, privacy, timed};
use crate::store::items;

/// Keeps an entry, or takes it away; as it already is, nothing changes.
///
/// # Errors
/// `invalid_field`, `limit_reached`.
pub fn put(cx: &mut Cx<'_, '_>, body: PutItem) -> Result<Item, Failure> {
    check_key(&body.key)?;
    if body.key.starts_with(VOTE) {
        return Err(Failure::field("key", "votes are the server's to write"));
    }
    if body.key.starts_with(PAST) && body.value.is_some() {
        return Err(Failure::field("key", "the past comes from others"));
    }
    if let Some(value) = &body.value {
        check_value(value)?;
    }
    let known = items::get(cx.tx, cx.actor, &body.key)?;
    if let Some(known) = &known
        && known.value == body.value
    {
        return Ok(known.clone());
    }
    if known.is_none() && body.value.is_none() {
        return Ok(Item { key: body.key, value: None, rev: 0 });
    }
    let comes = body.value.is_some() && known.is_none_or(|known| known.value.is_none());
    if comes && items::count(cx.tx, cx.actor)? >= u64::from(ITEMS_MAX) {
        return Err(Failure::refused(ErrorCode::LimitReached, "there are 20000 entries already"));
    }
    // Before the revision, in the same order as when it is time: neither then waits for the other.
    timed::arm(cx, &body)?;
    privacy::changes(cx, &body)?;
    let scope = Scope::User(cx.actor);
    let item = Item { key: body.key, value: body.value, rev: cx.next_rev(&scope)? };
    items::put(cx.tx, cx.actor, &item)?;
    cx.tell_row(scope, Row::Item(item.clone()));
    Ok(item)
}

pub(super) fn check_value(value: &str) -> Result<(), Failure> {
    if value.len() > ITEM_VALUE_BYTES_MAX {
        return Err(Failure::field("value", "longer than 16384 bytes"));
    }
    if value.contains('\0') {
        return Err(Failure::field("value", "holds a NUL"));
    }
    Ok(())
}

pub(super) fn check_key(key: &str) -> Result<(), Failure> {
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'~');
    if key.is_empty() || key.len() > ITEM_KEY_BYTES_MAX || !key.bytes().all(known) {
        return Err(Failure::field("key", "1 to 160 of a-z A-Z 0-9 - _ . : ~"));
    }
    Ok(())
}
