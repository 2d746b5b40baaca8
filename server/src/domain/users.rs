//! People: coming in, and one's own profile.

use protocol::frame::{Status, UpdateProfile};
use protocol::privacy::CONTACT;
use protocol::{ChatId, Contact, ErrorCode, Item, Note, Role, Row, Scope, User};

use super::{Cx, Failure, invitations, join_requests, members, names, status};
use crate::store::{chats, items, users};

/// Who wants an account; the password is hashed already.
#[derive(Debug, Clone, Default)]
pub struct NewUser {
    /// As typed.
    pub username: String,
    /// As typed; may be empty.
    pub display_name: String,
    /// As typed.
    pub email: Option<String>,
    /// In PHC form.
    pub password_hash: String,
    /// The secret of an invitation, where there is one.
    pub invitation: Option<String>,
    /// The server lets in only who is invited (and the very first).
    pub invitation_required: bool,
}

/// Makes the account, joins `general` and the chat of the invitation. The first person owns the server.
///
/// # Errors
/// `invalid_field`, `username_taken`, `invitation_required`, `invitation_invalid`, `invitation_expired`,
/// `invitation_used_up`.
pub fn create(cx: &mut Cx<'_, '_>, new: &NewUser) -> Result<User, Failure> {
    let username = names::username(&new.username)?;
    let display_name = names::display_name(&new.display_name)?;
    let email = new.email.as_deref().filter(|e| !e.is_empty()).map(names::email).transpose()?;
    let folded = names::folded_person(&username, &display_name);
    if users::taken(cx.tx, &folded.username)? {
        return Err(Failure::refused(ErrorCode::UsernameTaken, "this username is taken"));
    }
    // The revision first: it makes this transaction the only one that numbers people.
    let rev = cx.next_rev(&Scope::Team)?;
    let id = users::next_id(cx.tx)?;
    let first = id.0 == 1;
    let (invited_to, asks_first) = match &new.invitation {
        Some(secret) => {
            let row = invitations::take(cx, secret, new.invitation_required && !first)?;
            (row.chat_id, row.approval)
        }
        None if new.invitation_required && !first => {
            return Err(Failure::refused(ErrorCode::InvitationRequired, "this server needs an invitation"));
        }
        None => (None, false),
    };
    let user = User {
        avatar: None,
        id,
        username,
        display_name,
        bio: String::new(),
        custom_status: String::new(),
        status_emoji: String::new(),
        status_until: None,
        email: None,
        phone: None,
        created_at: cx.now,
        deactivated: false,
        rev,
    };
    users::insert(cx.tx, &user, &folded, email.as_deref(), &new.password_hash, i64::from(first))?;
    cx.tell_row(Scope::Team, Row::User(user.clone()));
    if let Some(email) = email {
        // Their devices know it and say who sees it.
        let contact = Contact { email, phone: String::new() };
        let value = serde_json::to_string(&contact).map_err(|e| sql::Error::Bug(e.to_string()))?;
        let rev = cx.next_rev(&Scope::User(id))?;
        items::put(cx.tx, id, &Item { key: CONTACT.to_owned(), value: Some(value), rev })?;
    }
    let role = if first { Role::Owner } else { Role::Member };
    for chat in [Some(ChatId::general()), invited_to.filter(|chat| *chat != ChatId::general())].into_iter().flatten() {
        if let Some(chat) = chats::get(cx.tx, &chat)? {
            if asks_first && chat.id != ChatId::general() {
                join_requests::ask(cx, chat, id)?;
                continue;
            }
            let role = if chat.id == ChatId::general() { role } else { Role::Member };
            members::enter(cx, chat, id, role, Some(Note::MemberJoined { user_id: id }))?;
        }
    }
    Ok(user)
}

/// Changes one's own profile; what is absent stays.
///
/// # Errors
/// `invalid_field`.
pub fn update_profile(cx: &mut Cx<'_, '_>, body: &UpdateProfile) -> Result<User, Failure> {
    let mut user = super::access::person(cx, cx.actor)?;
    let before = user.clone();
    if let Some(text) = &body.display_name {
        user.display_name = names::display_name(text)?;
    }
    if let Some(text) = &body.bio {
        user.bio = names::description("bio", text)?;
    }
    if let Some(text) = &body.custom_status {
        let status = Status { emoji: String::new(), text: text.clone(), until: None };
        status::set(cx, &mut user, &status)?;
    }
    if let Some(status) = &body.status {
        status::set(cx, &mut user, status)?;
    }
    if user != before {
        user.rev = cx.next_rev(&Scope::Team)?;
        users::update(cx.tx, &user, &names::folded_person(&user.username, &user.display_name))?;
        cx.tell_row(Scope::Team, Row::User(user.clone()));
    }
    Ok(user)
}
