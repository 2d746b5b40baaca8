//! Coming into chats and going out of them; roles.
//!
//! Admins keep order, owners name admins, and there is always an owner while anyone is left.

use protocol::frame::{AddMember, ListMembers, MemberRef, Reply, SetRole};
use protocol::{Chat, ChatId, ChatKind, Note, Role, Row, Scope, UserId};

use super::messages::note;
use super::{Cx, Failure, access, directory, groups, join_requests};
use crate::store::members::MemberRow;
use crate::store::{chats, members, scopes};

/// A public channel: comes in. Whoever is in already, stays as they are.
///
/// # Errors
/// `not_found` for what is not public.
pub fn join(cx: &mut Cx<'_, '_>, chat: &ChatId) -> Result<Chat, Failure> {
    let found = chats::get(cx.tx, chat)?.ok_or_else(access::no_such_chat)?;
    let already = members::get(cx.tx, chat, cx.actor)?.is_some_and(|row| !row.gone);
    if already {
        return Ok(found);
    }
    if !found.public || found.chat_type != ChatKind::Channel {
        return Err(access::no_such_chat());
    }
    let actor = cx.actor;
    enter(cx, found, actor, Role::Member, Some(Note::MemberJoined { user_id: actor }))
}

/// Adds a person; whoever is in already, stays as they are.
///
/// # Errors
/// `forbidden`, `not_a_member`, `not_found`.
pub fn add(cx: &mut Cx<'_, '_>, body: &AddMember) -> Result<(), Failure> {
    let (chat, own) = access::own_room(cx, &body.chat_id)?;
    let role = body.role.unwrap_or(Role::Member);
    if !access::may_add(&chat, own.role) {
        return Err(Failure::forbidden("you may not add people here"));
    }
    if role > own.role || role == Role::Owner {
        return Err(Failure::forbidden("you may not give that role"));
    }
    access::person(cx, body.user_id)?;
    if members::get(cx.tx, &body.chat_id, body.user_id)?.is_some_and(|row| !row.gone) {
        return Ok(());
    }
    let note = Note::MemberAdded { user_id: body.user_id, by: cx.actor };
    enter(cx, chat, body.user_id, role, Some(note))?;
    Ok(())
}

/// Goes out of a group or channel; an owner's place passes to the next.
///
/// # Errors
/// `forbidden` in a private chat, `not_a_member`, `not_found`.
pub fn leave(cx: &mut Cx<'_, '_>, chat: &ChatId) -> Result<(), Failure> {
    let (chat, own) = access::own_room(cx, chat)?;
    let note = Note::MemberLeft { user_id: own.user_id };
    go(cx, chat, own, note)
}

/// Puts someone of lower role out.
///
/// # Errors
/// `forbidden`, `not_a_member`, `not_found`.
pub fn remove(cx: &mut Cx<'_, '_>, body: &MemberRef) -> Result<(), Failure> {
    let (chat, own) = access::own_room(cx, &body.chat_id)?;
    let other = access::present_row(cx, &body.chat_id, body.user_id)?;
    if own.role < Role::Admin || other.role >= own.role {
        return Err(Failure::forbidden("you may not remove this person"));
    }
    let note = Note::MemberRemoved { user_id: body.user_id, by: cx.actor };
    go(cx, chat, other, note)
}

/// Gives a role. Owners: any, also their own place away; admins: `member` and `read_only` to those below them.
///
/// # Errors
/// `forbidden`, `not_a_member`, `not_found`.
pub fn set_role(cx: &mut Cx<'_, '_>, body: &SetRole) -> Result<(), Failure> {
    let (chat, own) = access::own_room(cx, &body.chat_id)?;
    let mut other = access::present_row(cx, &body.chat_id, body.user_id)?;
    let allowed = match own.role {
        Role::Owner => other.user_id != own.user_id,
        Role::Admin => other.role <= Role::Member && body.role <= Role::Member,
        Role::Member | Role::ReadOnly => false,
    };
    if !allowed {
        return Err(Failure::forbidden("you may not give that role"));
    }
    if other.role == body.role {
        return Ok(());
    }
    other.role = body.role;
    change(cx, &mut other)?;
    if body.role == Role::Owner {
        let mut own = own;
        own.role = Role::Admin;
        change(cx, &mut own)?;
    }
    tracing::debug!(chat = %chat.id, "a role was given");
    Ok(())
}

/// A page of members, by role then name.
///
/// # Errors
/// `not_a_member`, `not_found`, `invalid_field`.
pub fn list(cx: &mut Cx<'_, '_>, body: &ListMembers) -> Result<Reply, Failure> {
    access::own_row(cx, &body.chat_id)?;
    let limit = directory::limit(body.limit)?;
    let after = match body.cursor.as_deref() {
        None => None,
        Some(cursor) => {
            let (role, rest) = directory::checked_cursor(cursor)?.split_once(':').ok_or_else(directory::bad_cursor)?;
            let (id, name) = rest.split_once(':').ok_or_else(directory::bad_cursor)?;
            let role = role.parse().ok().and_then(|n| members::role(n).ok()).ok_or_else(directory::bad_cursor)?;
            Some((role, name.to_owned(), id.parse().map_err(|_| directory::bad_cursor())?))
        }
    };
    let mut page = members::page(cx.tx, &body.chat_id, after.as_ref(), limit + 1)?;
    let more = page.len() > limit as usize;
    page.truncate(limit as usize);
    let next_cursor =
        page.last().filter(|_| more).map(|(row, name)| format!("{}:{}:{name}", row.role as u8, row.user_id));
    Ok(Reply::Members { members: page.iter().map(|(row, _)| row.member()).collect(), next_cursor })
}

/// Lets a person in. The caller has decided that they may and that they are not in. Who was put on `read_only` before
/// comes back so.
pub(super) fn enter(
    cx: &mut Cx<'_, '_>,
    mut chat: Chat,
    user: UserId,
    role: Role,
    said: Option<Note>,
) -> Result<Chat, Failure> {
    if chat.encrypted {
        access::fits_encrypted(chat.member_count as usize + 1)?;
    }
    if let Some(settled) = join_requests::settle(cx, chat.clone(), user)? {
        chat = settled;
    }
    let before = members::get(cx.tx, &chat.id, user)?;
    let scope = Scope::Chat(chat.id.clone());
    let own = Scope::User(user);
    let muted = before.as_ref().is_some_and(|row| row.role == Role::ReadOnly) && cx.actor == user;
    // A newcomer starts with everything read, the note of coming included.
    let seq = scopes::head(cx.tx, &scope)?.last_seq + u64::from(said.is_some());
    let row = MemberRow {
        chat_id: chat.id.clone(),
        user_id: user,
        role: if muted { Role::ReadOnly } else { role },
        joined_at: cx.now,
        gone: false,
        read_seq: before.as_ref().map_or(0, |row| row.read_seq).max(seq),
        delivered_seq: before.as_ref().map_or(0, |row| row.delivered_seq).max(seq),
        rev: cx.next_rev(&scope)?,
        user_rev: cx.next_rev(&own)?,
    };
    members::put(cx.tx, &row)?;
    // First their own row: it opens the chat's events to their connections.
    cx.tell_row(own, Row::Membership(row.membership()));
    cx.tell_row(scope, Row::Member(row.member()));
    chat.member_count += 1;
    super::chats::save(cx, &mut chat)?;
    if let Some(said) = said {
        chat.last_seq = note::say(cx, &chat.id, &said)?;
    }
    groups::refresh(cx, &chat.id, false)?;
    Ok(chat)
}

/// Takes a person out, tells the chat, then closes it to them.
fn go(cx: &mut Cx<'_, '_>, mut chat: Chat, mut row: MemberRow, said: Note) -> Result<(), Failure> {
    let scope = Scope::Chat(chat.id.clone());
    let was_owner = row.role == Role::Owner;
    row.gone = true;
    if row.role > Role::Member {
        row.role = Role::Member;
    }
    row.rev = cx.next_rev(&scope)?;
    row.user_rev = cx.next_rev(&Scope::User(row.user_id))?;
    members::put(cx.tx, &row)?;
    cx.tell_row(scope, Row::Member(row.member()));
    if was_owner && let Some(mut heir) = members::successor(cx.tx, &chat.id)? {
        heir.role = Role::Owner;
        change(cx, &mut heir)?;
    }
    chat.member_count = chat.member_count.saturating_sub(1);
    super::chats::save(cx, &mut chat)?;
    note::say(cx, &chat.id, &said)?;
    groups::refresh(cx, &chat.id, false)?;
    cx.tell_row(Scope::User(row.user_id), Row::Membership(row.membership()));
    Ok(())
}

/// Writes a changed row under new revisions and tells both sides.
fn change(cx: &mut Cx<'_, '_>, row: &mut MemberRow) -> Result<(), Failure> {
    let (scope, own) = (Scope::Chat(row.chat_id.clone()), Scope::User(row.user_id));
    row.rev = cx.next_rev(&scope)?;
    row.user_rev = cx.next_rev(&own)?;
    members::put(cx.tx, row)?;
    cx.tell_row(scope, Row::Member(row.member()));
    cx.tell_row(own, Row::Membership(row.membership()));
    Ok(())
}
