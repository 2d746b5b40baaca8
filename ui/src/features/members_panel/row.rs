//! One member, with a menu for those who may manage them.

use leptos::prelude::*;
use view::{ChatId, Command, MemberRow, Role};

use super::change;
use crate::features::avatars::face_of;
use crate::features::status::StatusSign;
use crate::i18n::{key, presence_words, role_words, t};
use crate::primitives::{Avatar, IconButton, IconName, ListRow, Menu, MenuAnchor, MenuItem};
use crate::state::{AppState, Dialog};

/// A member.
#[component]
pub fn MemberLine(
    /// Who and what they may do.
    member: MemberRow,
    /// In which chat.
    chat_id: Memo<ChatId>,
) -> impl IntoView {
    let state = AppState::get();
    let person = RwSignal::from(state.people.signal(&member.person));
    let id = member.person.id;
    let presence = Signal::derive(move || person.with(|person| person.presence));
    let role = member.role;
    let text = move || {
        let presence = person.with(presence_words);
        if role == Role::Member { presence } else { format!("{} · {presence}", role_words(role)) }
    };
    let anchor = RwSignal::new(None);
    let button = NodeRef::<leptos::html::Div>::new();
    let show = move || anchor.set(button.get_untracked().map(|element| MenuAnchor::at_element(&element)));
    let items = Signal::derive(move || items(state, chat_id.get(), id, role));
    let face = face_of(Signal::derive(move || person.with(|person| person.avatar.clone())));
    view! {
        <div class="members__row">
            <ListRow
                title=move || person.with(|person| person.name.clone())
                text=text
                beside=move || view! { <StatusSign person=person /> }
                on_press=move || state.nav.dialog.set(Some(Dialog::Profile(id)))
                start=move || view! { <Avatar name=Signal::derive(move || person.with(|person| person.name.clone())) id=id.0 presence=presence face=face /> }
            />
            {member.can_manage.then(|| view! {
                <div node_ref=button>
                    <IconButton icon=IconName::More label=move || t("members-manage") on_press=show />
                </div>
                <Menu anchor=anchor label=move || t("members-manage") items=items />
            })}
        </div>
    }
}

fn items(state: AppState, chat_id: ChatId, user_id: view::UserId, now: Role) -> Vec<MenuItem> {
    let owner = state.chats.row(&chat_id).is_some_and(|row| row.role == Some(Role::Owner));
    let choices = [
        (Role::Admin, key("members-make-admin"), IconName::Shield),
        (Role::Member, key("members-make-member"), IconName::Person),
        (Role::ReadOnly, key("members-make-read-only"), IconName::Eye),
    ];
    let mut items: Vec<MenuItem> = choices
        .into_iter()
        .filter(|(role, _, _)| *role != now && (owner || *role < Role::Admin))
        .map(|(role, words, icon)| {
            let chat_id = chat_id.clone();
            let set =
                move || change(state, chat_id.clone(), Command::SetRole { chat_id: chat_id.clone(), user_id, role });
            MenuItem::new(t(words), icon, Callback::new(move |()| set()))
        })
        .collect();
    if owner {
        let give = Dialog::GiveChat(chat_id.clone(), user_id);
        let give = Callback::new(move |()| state.nav.dialog.set(Some(give.clone())));
        items.push(MenuItem::new(t("members-give"), IconName::Crown, give));
    }
    let remove = move || change(state, chat_id.clone(), Command::RemoveMember { chat_id: chat_id.clone(), user_id });
    items.push(MenuItem::new(t("members-remove"), IconName::Leave, Callback::new(move |()| remove())).danger());
    items
}
