//! What was said in an encrypted group before someone came: handed to them by a member's device, sealed under a key that this
//! server does not have, as entries of their own data that they take away once they have read them.

use protocol::encryption::PAST;
use protocol::frame::HandPast;
use protocol::limits::PAST_ENTRIES_MAX;
use protocol::{ErrorCode, Item, Row, Scope};

use super::{Cx, Failure, access, items};
use crate::store;

/// Gives a newcomer one part. The same part again takes the place of the earlier one.
///
/// # Errors
/// `not_a_member`; `not_found` when the other is not in the chat; `forbidden` for who may not add people, and where newcomers
/// are not to have the past; `invalid_field`; `limit_reached`.
pub fn hand(cx: &mut Cx<'_, '_>, body: HandPast) -> Result<(), Failure> {
    let (chat, own) = access::own_room(cx, &body.chat_id)?;
    if !chat.encrypted || !chat.rights.past {
        return Err(Failure::forbidden("newcomers of this chat are not handed the past"));
    }
    if !access::may_add(&chat, own.role) {
        return Err(Failure::forbidden("who may not add people hands nothing on"));
    }
    if body.user_id == cx.actor {
        return Err(Failure::field("user_id", "for someone else"));
    }
    access::present_row(cx, &body.chat_id, body.user_id)?;
    let key = format!("{PAST}{}:{}", body.chat_id, body.key);
    items::check_key(&key)?;
    items::check_value(&body.value)?;
    let known = store::items::get(cx.tx, body.user_id, &key)?;
    if known.as_ref().is_some_and(|known| known.value.as_ref() == Some(&body.value)) {
        return Ok(());
    }
    let comes = known.is_none_or(|known| known.value.is_none());
    if comes && store::items::count_past(cx.tx, body.user_id)? >= u64::from(PAST_ENTRIES_MAX) {
        return Err(Failure::refused(ErrorCode::LimitReached, "4000 entries wait for that person already"));
    }
    let scope = Scope::User(body.user_id);
    let item = Item { key, value: Some(body.value), rev: cx.next_rev(&scope)? };
    store::items::put(cx.tx, body.user_id, &item)?;
    cx.tell_row(scope, Row::Item(item));
    Ok(())
}
