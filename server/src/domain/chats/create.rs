//! Groups and channels: making and changing them.

use protocol::frame::{CreateChat, UpdateChat};
use protocol::limits::CREATE_MEMBERS_MAX;
use protocol::{Chat, ChatId, ChatKind, ErrorCode, LocalId, Note, Rights, Role, Row, Scope, UserId};

use crate::domain::messages::{disappear, note};
use crate::domain::{Cx, Failure, access, names};
use crate::store::members::MemberRow;
use crate::store::{chats, members};

/// Makes a group or channel under the id that its maker gave; the maker owns it.
///
/// # Errors
/// `invalid_field`, `id_taken`, `not_found` when a member is no one.
pub fn create(cx: &mut Cx<'_, '_>, id: Option<LocalId>, body: &CreateChat) -> Result<Chat, Failure> {
    if body.chat_type == ChatKind::Private {
        return Err(Failure::field("chat_type", "group or channel; open_private opens private chats"));
    }
    if body.public && body.chat_type != ChatKind::Channel {
        return Err(Failure::field("public", "only a channel can be public"));
    }
    if body.encrypted && body.chat_type != ChatKind::Group {
        return Err(Failure::field("encrypted", "a channel is not encrypted"));
    }
    let name = names::chat_name(&body.name)?;
    let description = names::description("description", &body.description)?;
    if body.members.len() > CREATE_MEMBERS_MAX {
        return Err(Failure::field("members", "more than 500 people"));
    }
    let id = ChatId::from(id.unwrap_or_else(|| cx.new_id()));
    if chats::get(cx.tx, &id)?.is_some() {
        return Err(Failure::refused(ErrorCode::IdTaken, "this id is another chat's"));
    }
    let mut people: Vec<UserId> = body.members.iter().copied().filter(|user| *user != cx.actor).collect();
    people.sort_unstable();
    people.dedup();
    for user in &people {
        access::person(cx, *user)?;
    }
    people.insert(0, cx.actor);
    if body.encrypted {
        access::fits_encrypted(people.len())?;
    }
    let scope = Scope::Chat(id.clone());
    let mut chat = Chat {
        avatar: None,
        id,
        chat_type: body.chat_type,
        name,
        description,
        creator_id: cx.actor,
        created_at: cx.now,
        updated_at: cx.now,
        public: body.public,
        encrypted: body.encrypted,
        rights: protocol::Rights::default(),
        disappear_after: None,
        member_count: people.len() as u32,
        join_requests: 0,
        last_seq: 0,
        rev: cx.next_rev(&scope)?,
    };
    let search = names::search_text(&[&chat.name, &chat.description]);
    chats::insert(cx.tx, &chat, &names::fold(&chat.name), &search)?;
    for user in people {
        let role = if user == cx.actor { Role::Owner } else { Role::Member };
        first_member(cx, &chat, user, role)?;
    }
    let said = Note::ChatCreated { by: cx.actor };
    chat.last_seq = note::say(cx, &chat.id, &said)?;
    Ok(chat)
}

/// Someone who is in from the beginning: nobody listens yet, so only they are told.
fn first_member(cx: &mut Cx<'_, '_>, chat: &Chat, user_id: UserId, role: Role) -> Result<(), Failure> {
    let own = Scope::User(user_id);
    let row = MemberRow {
        chat_id: chat.id.clone(),
        user_id,
        role,
        joined_at: cx.now,
        gone: false,
        read_seq: if user_id == cx.actor { 1 } else { 0 },
        delivered_seq: 0,
        rev: cx.next_rev(&Scope::Chat(chat.id.clone()))?,
        user_rev: cx.next_rev(&own)?,
    };
    members::put(cx.tx, &row)?;
    cx.tell_row(own, Row::Membership(row.membership()));
    Ok(())
}

/// Admins change what a chat is called, what it is about, whether it is in the directory, and who may do what. After how long
/// messages go, either person of a private chat says too.
///
/// # Errors
/// `forbidden`, `not_a_member`, `not_found`, `invalid_field`.
pub fn update(cx: &mut Cx<'_, '_>, body: &UpdateChat) -> Result<Chat, Failure> {
    let timer_only = body.name.is_none()
        && body.description.is_none()
        && body.public.is_none()
        && body.rights.is_none()
        && body.encrypted.is_none();
    let (mut chat, own) = if timer_only && body.disappear_after.is_some() {
        access::own_chat(cx, &body.chat_id)?
    } else {
        access::own_room(cx, &body.chat_id)?
    };
    if own.role < Role::Admin && chat.chat_type != ChatKind::Private {
        return Err(Failure::forbidden("only admins change the chat"));
    }
    let before = chat.clone();
    if let Some(after) = disappear::checked(body.disappear_after)? {
        chat.disappear_after = after;
    }
    if let Some(name) = &body.name {
        chat.name = names::chat_name(name)?;
    }
    if let Some(text) = &body.description {
        chat.description = names::description("description", text)?;
    }
    if let Some(public) = body.public {
        if public && chat.chat_type != ChatKind::Channel {
            return Err(Failure::field("public", "only a channel can be public"));
        }
        chat.public = public;
    }
    if let Some(rights) = body.rights {
        if rights.set().any(|role| role < Role::Member) {
            return Err(Failure::field("rights", "whoever may only read, may only read"));
        }
        // A right that only owners have is theirs to give and to take.
        let above = |rights: &Rights| rights.set().max() > Some(own.role);
        if above(&rights) || (above(&chat.rights) && rights != chat.rights) {
            return Err(Failure::forbidden("only the owner changes what is the owner's"));
        }
        chat.rights = rights;
    }
    if let Some(encrypted) = body.encrypted {
        if !encrypted || chat.chat_type != ChatKind::Group {
            return Err(Failure::field("encrypted", "groups become encrypted, and stay so"));
        }
        access::fits_encrypted(chat.member_count as usize)?;
        chat.encrypted = true;
    }
    if chat == before {
        return Ok(chat);
    }
    chat.updated_at = cx.now;
    if chat.encrypted != before.encrypted {
        chats::set_encrypted(cx.tx, &chat.id)?;
    }
    super::save(cx, &mut chat)?;
    if chat.encrypted != before.encrypted {
        chat.last_seq = note::say(cx, &chat.id, &Note::Encrypted { by: cx.actor })?;
    }
    if chat.name != before.name {
        let said = Note::Renamed { by: cx.actor, name: chat.name.clone() };
        chat.last_seq = note::say(cx, &chat.id, &said)?;
    }
    if chat.disappear_after != before.disappear_after {
        let said = Note::Disappearing { by: cx.actor, after: chat.disappear_after };
        chat.last_seq = note::say(cx, &chat.id, &said)?;
    }
    Ok(chat)
}
