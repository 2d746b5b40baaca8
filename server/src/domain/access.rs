//! Who may: the questions that several verbs ask before they do anything.

use protocol::limits::ENCRYPTED_MEMBERS_MAX;
use protocol::{Chat, ChatId, ChatKind, ErrorCode, Role, User, UserId};

use super::{Cx, Failure};
use crate::store::members::MemberRow;
use crate::store::{chats, members, users};

/// The actor's own row in a chat, when the actor is in it now.
///
/// # Errors
/// `not_a_member`; `not_found` when there is no such chat.
pub fn own_row(cx: &mut Cx<'_, '_>, chat: &ChatId) -> Result<MemberRow, Failure> {
    match members::get(cx.tx, chat, cx.actor)? {
        Some(row) if !row.gone => Ok(row),
        Some(_) => Err(not_a_member()),
        None if chats::get(cx.tx, chat)?.is_some() => Err(not_a_member()),
        None => Err(no_such_chat()),
    }
}

/// The chat and the actor's own row in it.
///
/// # Errors
/// Those of [`own_row`].
pub fn own_chat(cx: &mut Cx<'_, '_>, chat: &ChatId) -> Result<(Chat, MemberRow), Failure> {
    let row = own_row(cx, chat)?;
    let chat = chats::get(cx.tx, chat)?.ok_or_else(no_such_chat)?;
    Ok((chat, row))
}

/// Like [`own_chat`], for what only groups and channels have.
///
/// # Errors
/// Those of [`own_row`]; `forbidden` in a private chat.
pub fn own_room(cx: &mut Cx<'_, '_>, chat: &ChatId) -> Result<(Chat, MemberRow), Failure> {
    let (chat, row) = own_chat(cx, chat)?;
    if chat.chat_type == ChatKind::Private {
        return Err(Failure::forbidden("a private chat stays between its two people"));
    }
    Ok((chat, row))
}

/// Someone else's row, present.
///
/// # Errors
/// `not_found` when that person is not in the chat.
pub fn present_row(cx: &mut Cx<'_, '_>, chat: &ChatId, user: UserId) -> Result<MemberRow, Failure> {
    let row = members::get(cx.tx, chat, user)?.filter(|row| !row.gone);
    row.ok_or_else(|| Failure::not_found("that person is not in the chat"))
}

/// A person with an open account.
///
/// # Errors
/// `not_found`.
pub fn person(cx: &mut Cx<'_, '_>, user: UserId) -> Result<User, Failure> {
    let found = users::get(cx.tx, user)?.filter(|user| !user.deactivated);
    found.ok_or_else(|| Failure::not_found("no such person"))
}

/// May this role add people? By the chat's rights: usually admins; in groups every member.
pub fn may_add(chat: &Chat, role: Role) -> bool {
    role >= chat.rights.invite_from(chat.chat_type)
}

/// So many people can be in an encrypted group.
///
/// # Errors
/// `limit_reached`.
pub fn fits_encrypted(people: usize) -> Result<(), Failure> {
    if people > ENCRYPTED_MEMBERS_MAX as usize {
        return Err(Failure::refused(ErrorCode::LimitReached, "an encrypted group has at most 100 people"));
    }
    Ok(())
}

/// The refusal of everyone who is not in the chat.
pub fn not_a_member() -> Failure {
    Failure::refused(ErrorCode::NotAMember, "you are not a member of this chat")
}

/// The refusal when there is no such chat.
pub fn no_such_chat() -> Failure {
    Failure::not_found("no such chat")
}
