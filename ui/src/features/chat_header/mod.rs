//! The head of the open chat: who or what it is, what goes on in it, and what can be done with it.

mod menu;

use leptos::prelude::*;
use view::{ChatKind, ChatRow};

use crate::features::avatars::face_of_row;
use crate::features::chat_list::colour_seed;
use crate::features::disappearing::length_words;
use crate::features::status::status_words;
use crate::i18n::{chat_title, presence_words, t, t_with, typing_words};
use crate::keys::{Action, live::chord_words};
use crate::primitives::{Avatar, AvatarSize, Icon, IconButton, IconName, IconSize};
use crate::state::{AppState, Panel};
use menu::ChatMenu;

/// The head of a chat.
#[component]
pub fn ChatHeader(
    /// The chat's row.
    row: RwSignal<ChatRow>,
) -> impl IntoView {
    let state = AppState::get();
    let nav = state.nav;
    let me = Memo::new(move |_| state.me().map(|me| me.person.id));
    let title = move || row.with(|row| chat_title(row, me.get()));
    let below = move || subtitle(state, &row.get());
    let press = move |_| nav.toggle(Panel::Info);
    let shown = move |panel| Signal::derive(move || nav.panel.get() == Some(panel));
    let after = Memo::new(move |_| row.with(|row| row.disappear_after));
    let timer = move || after.get().map(|seconds| view! { <Timer seconds=seconds /> });
    view! {
        <header class="chat-header">
            <div class="chat-header__back">
                <IconButton icon=IconName::ChevronLeft label=move || t("header-back") on_press=move || nav.close_chat() />
            </div>
            <h1 class="chat-header__heading">
                <button class="chat-header__who" type="button" on:click=press>
                    <Plate row=row />
                    <span class="chat-header__lines">
                        <span class="chat-header__title">
                            <span class="chat-header__name">{title}</span>
                            {timer}
                        </span>
                        <span class="chat-header__below" class:chat-header__below--typing=move || row.with(|row| !row.typing.is_empty())>
                            {below}
                        </span>
                    </span>
                </button>
            </h1>
            <IconButton
                icon=IconName::Search
                label=move || t("header-search")
                pressed=shown(Panel::SearchChat)
                shortcut=Signal::derive(|| chord_words(Action::SearchChat))
                on_press=move || nav.toggle(Panel::SearchChat)
            />
            <Show when=move || row.with(|row| row.encrypted)>
                <span class="chat-header__lock">
                    <IconButton
                        icon=IconName::Lock
                        label=move || format!("{}: {}", t("encryption-who"), t("encryption-short"))
                        pressed=shown(Panel::Readers)
                        on_press=move || nav.toggle(Panel::Readers)
                    />
                </span>
            </Show>
            <IconButton
                icon=IconName::Info
                label=move || t("info-title")
                pressed=shown(Panel::Info)
                on_press=move || nav.toggle(Panel::Info)
            />
            <ChatMenu row=row />
        </header>
    }
}

/// Messages go after a time.
#[component]
fn Timer(seconds: u32) -> impl IntoView {
    let words = move || t_with("disappearing-here", &[("length", length_words(seconds).into())]);
    view! {
        <span class="chat-header__timer" title=words>
            <Icon name=IconName::Clock size=IconSize::Small />
            <span aria-hidden="true">{move || length_words(seconds)}</span>
            <span class="visually-hidden">{words}</span>
        </span>
    }
}

#[component]
fn Plate(row: RwSignal<ChatRow>) -> impl IntoView {
    let name = Signal::derive(move || row.with(|row| row.title.clone()));
    let seed = Signal::derive(move || {
        row.with(|row| row.person.as_ref().map_or_else(|| colour_seed(&row.id), |person| person.id.0))
    });
    let channel = move || row.with(|row| row.kind == ChatKind::Channel);
    let face = face_of_row(row);
    view! {
        <Show when=channel fallback=move || view! { <Avatar name=name id=seed size=AvatarSize::Timeline face=face /> }>
            <Avatar name=name id=seed size=AvatarSize::Timeline sign="#" face=face />
        </Show>
    }
}

/// What goes on, and that it is encrypted where it is.
fn subtitle(state: AppState, row: &ChatRow) -> String {
    let words = activity(state, row);
    if row.encrypted && row.typing.is_empty() { format!("{words} · {}", t("encryption-short")) } else { words }
}

/// Who types, else whether the person is there, else how many members and what it is about.
fn activity(state: AppState, row: &ChatRow) -> String {
    if !row.typing.is_empty() {
        return typing_words(row.kind, &row.typing);
    }
    if row.role.is_none() && row.kind != ChatKind::Private {
        return t("header-left");
    }
    match &row.person {
        Some(person) if state.me().is_some_and(|me| me.person.id == person.id) => t("header-own-notes"),
        Some(person) => {
            let person = state.people.fresh(person);
            let words = presence_words(&person);
            let status = status_words(&person);
            if status.is_empty() { words } else { format!("{words} · {status}") }
        }
        None => {
            let members = t_with("common-people-count", &[("count", row.member_count.into())]);
            if row.description.is_empty() { members } else { format!("{members} · {}", row.description) }
        }
    }
}
