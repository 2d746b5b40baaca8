//! Words about people and chats: presence, who is typing, roles.

use view::{ChatKind, ChatRow, PersonRow, PresenceStatus, Role};

use super::{t, t_with, when};

/// "online", "away", "last seen 5 minutes ago". Tracks the language.
pub fn presence_words(person: &PersonRow) -> String {
    if person.deactivated {
        return t("people-deactivated");
    }
    match (person.presence, person.last_seen) {
        (PresenceStatus::Online, _) => t("people-online"),
        (PresenceStatus::Away, _) => t("people-away"),
        (PresenceStatus::Dnd, _) => t("people-dnd"),
        (PresenceStatus::Offline, Some(at)) => t_with("people-last-seen", &[("when", when::ago(at).into())]),
        (PresenceStatus::Offline, None) if person.seen_hidden => t("people-recently"),
        (PresenceStatus::Offline, None) => t("people-offline"),
    }
}

/// "typing…", "Anna is typing…"; empty when nobody is. Tracks the language.
pub fn typing_words(kind: ChatKind, names: &[String]) -> String {
    let first_word = |name: &String| name.split_whitespace().next().unwrap_or(name).to_owned();
    match names {
        [] => String::new(),
        [_] if kind == ChatKind::Private => t("people-typing"),
        [one] => t_with("people-typing-one", &[("name", first_word(one).into())]),
        [one, two] => t_with("people-typing-two", &[("one", first_word(one).into()), ("two", first_word(two).into())]),
        more => t_with("people-typing-many", &[("count", more.len().into())]),
    }
}

/// What a member may do, in a word. Tracks the language.
pub fn role_words(role: Role) -> String {
    match role {
        Role::ReadOnly => t("people-role-read-only"),
        Role::Member => t("people-role-member"),
        Role::Admin => t("people-role-admin"),
        Role::Owner => t("people-role-owner"),
    }
}

/// What a chat is called: one's own notes have a name in the language of the screen. Tracks the language.
pub fn chat_title(row: &ChatRow, me: Option<view::UserId>) -> String {
    match &row.person {
        Some(person) if Some(person.id) == me => t("people-own-notes"),
        _ => row.title.clone(),
    }
}
