//! The private chat of two people, or of one with oneself: it is there as soon as someone wants it.

use protocol::{Chat, ChatId, ChatKind, Role, Row, Scope, UserId};

use crate::domain::{Cx, Failure, access, privacy};
use crate::store::members::MemberRow;
use crate::store::{chats, members};

/// Opens the private chat with a person, making it if need be.
///
/// # Errors
/// `not_found` when there is no such person.
pub fn open(cx: &mut Cx<'_, '_>, other: UserId) -> Result<Chat, Failure> {
    let id = ChatId::private(cx.actor, other);
    if let Some(chat) = chats::get(cx.tx, &id)? {
        return Ok(chat);
    }
    access::person(cx, other)?;
    if privacy::is_between(cx, &id)? {
        return Err(Failure::forbidden("one of you has blocked the other"));
    }
    let scope = Scope::Chat(id.clone());
    let mut people = vec![cx.actor, other];
    people.dedup();
    let chat = Chat {
        avatar: None,
        id: id.clone(),
        chat_type: ChatKind::Private,
        name: String::new(),
        description: String::new(),
        creator_id: cx.actor,
        created_at: cx.now,
        updated_at: cx.now,
        public: false,
        encrypted: false,
        rights: protocol::Rights::default(),
        disappear_after: None,
        member_count: people.len() as u32,
        join_requests: 0,
        last_seq: 0,
        rev: cx.next_rev(&scope)?,
    };
    chats::insert(cx.tx, &chat, "", "")?;
    for user_id in people {
        let own = Scope::User(user_id);
        let row = MemberRow {
            chat_id: id.clone(),
            user_id,
            role: Role::Member,
            joined_at: cx.now,
            gone: false,
            read_seq: 0,
            delivered_seq: 0,
            rev: cx.next_rev(&scope)?,
            user_rev: cx.next_rev(&own)?,
        };
        members::put(cx.tx, &row)?;
        cx.tell_row(own, Row::Membership(row.membership()));
    }
    Ok(chat)
}

/// Makes a private chat that the actor writes to before opening it; `false` when the id is none of the actor's.
///
/// # Errors
/// `not_found` when there is no such person.
pub fn ensure(cx: &mut Cx<'_, '_>, id: &ChatId) -> Result<bool, Failure> {
    let Some((low, high)) = id.private_members() else { return Ok(false) };
    if cx.actor != low && cx.actor != high {
        return Ok(false);
    }
    open(cx, if cx.actor == low { high } else { low })?;
    Ok(true)
}
