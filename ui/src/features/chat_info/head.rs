//! Who or what the chat is, and what can be done with it as a whole.

use leptos::prelude::*;
use view::{ChatKind, ChatRow, ChatSettings, Command, PersonRow, Role};

use crate::bridge;
use crate::features::avatars::face_of_row;
use crate::features::chat_keeping::{is_muted, mute};
use crate::features::chat_list::colour_seed;
use crate::features::encryption::Sealing;
use crate::i18n::{chat_title, presence_words, t, t_with};
use crate::primitives::{Avatar, AvatarSize, Icon, IconName};
use crate::state::{AppState, Dialog, Panel};

/// Picture, name, a line of what it is, what it is about, and the actions.
#[component]
pub fn InfoHead(
    /// The chat's row.
    row: RwSignal<ChatRow>,
) -> impl IntoView {
    let state = AppState::get();
    let me = Memo::new(move |_| state.me().map(|me| me.person.id));
    let title = Signal::derive(move || row.with(|row| chat_title(row, me.get())));
    let name = Signal::derive(move || row.with(|row| row.title.clone()));
    let seed = Signal::derive(move || {
        row.with(|row| row.person.as_ref().map_or_else(|| colour_seed(&row.id), |person| person.id.0))
    });
    let face = face_of_row(row);
    let channel = row.with_untracked(|row| row.kind == ChatKind::Channel);
    let person = Memo::new(move |_| row.with(|row| row.person.as_ref().map(|person| state.people.fresh(person))));
    let line = move || match person.get() {
        Some(person) if me.get() == Some(person.id) => t("header-own-notes"),
        Some(person) => presence_words(&person),
        None => row.with(kind_words),
    };
    let about = move || person.get().map_or_else(|| row.with(|row| row.description.clone()), |person| person.bio);
    view! {
        <div class="info-head">
            {if channel {
                view! { <Avatar name=name id=seed size=AvatarSize::Profile sign="#" face=face /> }.into_any()
            } else {
                view! { <Avatar name=name id=seed size=AvatarSize::Profile face=face /> }.into_any()
            }}
            <h3 class="info-head__title">{title}</h3>
            <p class="info-head__line">{line}</p>
            {move || person.get().map(|person| view! { <Facts person=person /> })}
            <Show when=move || !about().is_empty()>
                <p class="info-head__about">{about}</p>
            </Show>
            <Sealing row=row />
            <Actions row=row />
        </div>
    }
}

#[component]
fn Facts(person: PersonRow) -> impl IntoView {
    let status = person.custom_status;
    view! {
        <p class="info-head__line">
            {format!("@{}", person.username)}
            {(!status.is_empty()).then(|| format!(" · {status}"))}
        </p>
    }
}

/// "Public channel · 12 members".
fn kind_words(row: &ChatRow) -> String {
    let kind = match (row.kind, row.public) {
        (ChatKind::Channel, true) => t("info-public-channel"),
        (ChatKind::Channel, false) => t("info-closed-channel"),
        _ => t("info-group"),
    };
    format!("{kind} · {}", t_with("common-people-count", &[("count", row.member_count.into())]))
}

/// The actions as tiles: an icon above a word.
#[component]
fn Actions(row: RwSignal<ChatRow>) -> impl IntoView {
    let state = AppState::get();
    let nav = state.nav;
    let id = move || row.with_untracked(|row| row.id.clone());
    let muted = Memo::new(move |_| row.with(|row| is_muted(&row.settings)));
    let role = Memo::new(move |_| row.with(|row| row.role));
    let inside = move || role.get().is_some();
    let invites = move || row.with(|row| row.may_invite && row.person.is_none());
    let edits = move || role.get() >= Some(Role::Admin) && row.with(|row| row.person.is_none());
    let leaves = move || inside() && row.with(|row| row.person.is_none());
    let joins = move || !inside() && row.with(|row| row.public);
    let open = move |dialog: Dialog| nav.dialog.set(Some(dialog));
    let switch_sound = move || {
        let settings: ChatSettings = row.with_untracked(|row| mute(&row.settings, !is_muted(&row.settings)));
        bridge::tell(state, Command::SetChatSettings { chat_id: id(), settings });
    };
    let profile = move || {
        if let Some(person) = row.with_untracked(|row| row.person.as_ref().map(|person| person.id)) {
            open(Dialog::Profile(person));
        }
    };
    view! {
        <div class="info-actions">
            <Tile
                icon=Signal::derive(move || if muted.get() { IconName::Bell } else { IconName::BellOff })
                words=move || if muted.get() { t("info-unmute") } else { t("info-mute") }
                on_press=switch_sound
            />
            <Tile icon=IconName::Search words=move || t("info-search") on_press=move || nav.panel.set(Some(Panel::SearchChat)) />
            <Tile icon=IconName::Folder words=move || t("folders-of-chat") on_press=move || open(Dialog::ChatFolders(id())) />
            <Show when=move || row.with(|row| row.person.is_some())>
                <Tile icon=IconName::Person words=move || t("header-profile") on_press=profile />
            </Show>
            <Show when=invites>
                <Tile icon=IconName::Qr words=move || t("info-invite") on_press=move || open(Dialog::Invite(Some(id()))) />
            </Show>
            <Show when=edits>
                <Tile icon=IconName::Edit words=move || t("info-edit") on_press=move || open(Dialog::EditChat(id())) />
            </Show>
            <Show when=joins>
                <Tile icon=IconName::LogIn words=move || t("header-join") on_press=move || bridge::tell(state, Command::JoinChat { chat_id: id() }) />
            </Show>
            <Show when=leaves>
                <Tile icon=IconName::Leave words=move || t("info-leave") on_press=move || bridge::tell(state, Command::LeaveChat { chat_id: id() }) />
            </Show>
        </div>
    }
}

#[component]
fn Tile(
    #[prop(into)] icon: Signal<IconName>,
    #[prop(into)] words: Signal<String>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button class="info-tile" type="button" on:click=move |_| on_press.run(())>
            <Icon name=icon />
            <span class="info-tile__words">{words}</span>
        </button>
    }
}
