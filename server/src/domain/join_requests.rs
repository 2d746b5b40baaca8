//! Asking to come into a chat: someone asks with an invitation, and those who may invite decide.

use protocol::frame::{AnswerJoin, JoinRequest, JoinRequested, JoinRequests};
use protocol::limits::JOIN_REQUESTS_MAX;
use protocol::{Chat, ChatId, ErrorCode, Note, Role, UserId};

use super::{Cx, Failure, access, chats, members};
use crate::store;

/// Someone who is not in asks; who waits already, waits on.
///
/// # Errors
/// `limit_reached` when too many wait.
pub(super) fn ask(cx: &mut Cx<'_, '_>, mut chat: Chat, user: UserId) -> Result<JoinRequested, Failure> {
    let asked = JoinRequested { chat_id: chat.id.clone(), name: chat.name.clone() };
    if store::join_requests::insert(cx.tx, &chat.id, user, cx.now)? {
        if chat.join_requests as usize >= JOIN_REQUESTS_MAX {
            return Err(Failure::refused(ErrorCode::LimitReached, "too many people wait to be let in"));
        }
        chat.join_requests += 1;
        chats::save(cx, &mut chat)?;
    }
    Ok(asked)
}

/// Who waits, for those who may invite.
///
/// # Errors
/// `forbidden`, `not_a_member`, `not_found`.
pub fn list(cx: &mut Cx<'_, '_>, chat: &ChatId) -> Result<JoinRequests, Failure> {
    let (chat, own) = access::own_room(cx, chat)?;
    if !access::may_add(&chat, own.role) {
        return Err(Failure::forbidden("you may not let people in"));
    }
    let most = u32::try_from(JOIN_REQUESTS_MAX).unwrap_or(u32::MAX);
    let waiting = store::join_requests::list(cx.tx, &chat.id, most)?;
    let requests = waiting.into_iter().map(|(user_id, asked_at)| JoinRequest { user_id, asked_at }).collect();
    Ok(JoinRequests { chat_id: chat.id, requests })
}

/// Lets someone in who asked, or not. Who does not wait any more was answered by someone else.
///
/// # Errors
/// `forbidden`, `not_a_member`, `not_found`.
pub fn answer(cx: &mut Cx<'_, '_>, body: &AnswerJoin) -> Result<(), Failure> {
    let (chat, own) = access::own_room(cx, &body.chat_id)?;
    if !access::may_add(&chat, own.role) {
        return Err(Failure::forbidden("you may not let people in"));
    }
    let Some(chat) = settle(cx, chat, body.user_id)? else {
        return Err(Failure::not_found("that person does not wait"));
    };
    let is_in = store::members::get(cx.tx, &chat.id, body.user_id)?.is_some_and(|row| !row.gone);
    if body.accept && !is_in {
        access::person(cx, body.user_id)?;
        let said = Note::MemberAdded { user_id: body.user_id, by: cx.actor };
        members::enter(cx, chat, body.user_id, Role::Member, Some(said))?;
    }
    Ok(())
}

/// Someone waits no more; `None` when they did not.
pub(super) fn settle(cx: &mut Cx<'_, '_>, mut chat: Chat, user: UserId) -> Result<Option<Chat>, Failure> {
    if !store::join_requests::remove(cx.tx, &chat.id, user)? {
        return Ok(None);
    }
    chat.join_requests = chat.join_requests.saturating_sub(1);
    chats::save(cx, &mut chat)?;
    Ok(Some(chat))
}
