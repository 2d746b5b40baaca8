//! The rail at the edge: the team, what one can go to, oneself.

use leptos::prelude::*;

use crate::features::avatars::face;
use crate::features::quiet::QuietButton;
use crate::features::reminders::rang;
use crate::features::teams::TeamPlates;
use crate::i18n::{presence_words, t, t_with};
use crate::keys::{Action, live::chord_words};
use crate::primitives::{Avatar, AvatarSize, Badge, ControlSize, IconButton, IconName};
use crate::state::{AppState, Dialog, Panel};

/// The rail.
#[component]
pub fn Rail() -> impl IntoView {
    let state = AppState::get();
    let nav = state.nav;
    let in_settings = Signal::derive(move || nav.settings.get());
    let in_chats = Signal::derive(move || !nav.settings.get());
    let toggle = move |panel: Panel| {
        Callback::new(move |()| {
            nav.settings.set(false);
            nav.toggle(panel);
        })
    };
    let shown = move |panel: Panel| Signal::derive(move || nav.panel.get() == Some(panel));
    view! {
        <nav class="rail" data-region="rail" aria-label=move || t("rail-title")>
            <TeamPlates />
            <IconButton icon=IconName::Chat label=move || t("chats-title") size=ControlSize::Large pressed=in_chats on_press=move || nav.settings.set(false) />
            <IconButton icon=IconName::People label=move || t("rail-people") size=ControlSize::Large on_press=move || nav.dialog.set(Some(Dialog::People)) />
            <IconButton icon=IconName::Search label=move || t("search-everywhere") size=ControlSize::Large pressed=shown(Panel::SearchEverywhere) shortcut=Signal::derive(|| chord_words(Action::SearchEverywhere)) on_press=toggle(Panel::SearchEverywhere) />
            <span class="rail__item">
                <IconButton icon=IconName::Thread label=move || t("thread-list") size=ControlSize::Large pressed=shown(Panel::Threads) on_press=toggle(Panel::Threads) />
                <Show when=move || state.threads_unread.get() != 0>
                    <span class="rail__badge">
                        <Badge text=move || state.threads_unread.get().to_string() label=move || t("thread-unread") />
                    </span>
                </Show>
            </span>
            <span class="rail__item">
                <IconButton icon=IconName::Inbox label=move || t("inbox-title") size=ControlSize::Large pressed=shown(Panel::Inbox) on_press=toggle(Panel::Inbox) />
                <Show when=move || state.inbox_unread.get() != 0>
                    <span class="rail__badge">
                        <Badge text=move || state.inbox_unread.get().to_string() label=move || t_with("inbox-count", &[("count", state.inbox_unread.get().into())]) />
                    </span>
                </Show>
            </span>
            <span class="rail__item">
                <IconButton icon=IconName::Bookmark label=move || t("collections-saved") size=ControlSize::Large pressed=shown(Panel::Saved) on_press=toggle(Panel::Saved) />
                <Show when=move || rang(state) != 0>
                    <span class="rail__badge">
                        <Badge text=move || rang(state).to_string() label=move || t_with("reminders-count", &[("count", rang(state).into())]) />
                    </span>
                </Show>
            </span>
            <span class="rail__gap" />
            <QuietButton />
            <IconButton icon=IconName::Settings label=move || t("settings-title") size=ControlSize::Large pressed=in_settings shortcut=Signal::derive(|| chord_words(Action::Settings)) on_press=move || nav.settings.set(true) />
            <Oneself />
        </nav>
    }
}

/// Oneself; pressing shows the own profile.
#[component]
fn Oneself() -> impl IntoView {
    let state = AppState::get();
    let me = Memo::new(move |_| state.me().map(|me| me.person));
    move || {
        me.get().map(|person| {
            let id = person.id;
            let label = format!("{}, {}", person.name, presence_words(&person));
            view! {
                <button class="rail__me" type="button" on:click=move |_| state.nav.dialog.set(Some(Dialog::Profile(id)))>
                    <Avatar name=person.name id=id.0 size=AvatarSize::Timeline presence=Signal::stored(person.presence) face=face(person.avatar) />
                    <span class="visually-hidden">{label}</span>
                </button>
            }
        })
    }
}
