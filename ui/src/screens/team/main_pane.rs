//! The open chat: head, timeline, composer; or what to do while none is open.

use leptos::prelude::*;
use view::{ChatRow, Command, Role, UserId};

use super::chat_actions::follow_actions;
use crate::bridge;
use crate::features::attachments::DropZone;
use crate::features::chat_header::ChatHeader;
use crate::features::composer::Composition;
use crate::features::encryption::EncryptionNotice;
use crate::features::privacy::block;
use crate::features::timeline::Conversation;
use crate::i18n::{t, t_with};
use crate::keys::{Action, live::chord_words};
use crate::primitives::{Banner, Button, ButtonKind, ControlSize, EmptyState, IconName};
use crate::state::{AppState, Dialog, InfoTab, Panel};

/// The pane in the middle.
#[component]
pub fn MainPane() -> impl IntoView {
    let state = AppState::get();
    let open = Memo::new(move |_| state.nav.chat.with(Option::is_some));
    view! {
        <main class="main-pane" data-region="main" tabindex="-1">
            <Show when=move || open.get() fallback=|| view! { <NothingOpen /> }>
                <OpenChat />
            </Show>
        </main>
    }
}

/// A row's signal, equal to that of the same chat.
#[derive(Clone)]
struct SameChat(ArcRwSignal<ChatRow>);

impl PartialEq for SameChat {
    fn eq(&self, other: &Self) -> bool {
        self.0.with_untracked(|one| other.0.with_untracked(|other| one.id == other.id))
    }
}

/// Stays while one goes from chat to chat; head and notice are made anew.
#[component]
fn OpenChat() -> impl IntoView {
    let state = AppState::get();
    let row = Memo::new(move |_| {
        state.chats.order.track();
        state.nav.chat.with(|open| open.as_ref().and_then(|id| state.chats.find(id)).map(SameChat))
    });
    let composition = Composition::new();
    follow_actions(state, composition);
    let person = move |id: UserId| state.nav.dialog.set(Some(Dialog::Profile(id)));
    let people = Signal::derive(move || {
        state.members.with(|members| match members {
            Some((chat, members)) if state.nav.chat.with(|open| open.as_ref() == Some(chat)) => {
                members.iter().map(|member| member.person.clone()).collect()
            }
            _ => Vec::new(),
        })
    });
    view! {
        {move || row.get().map(|SameChat(row)| view! { <ChatHeader row=RwSignal::from(row) /> })}
        <DropZone take=move || composition.tray.use_this(state) />
        {move || row.get().map(|SameChat(row)| view! { <Asked row=RwSignal::from(row) /> })}
        <Conversation on_person=person people=people composition=composition />
        {move || row.get().map(|SameChat(row)| view! { <Notice row=RwSignal::from(row) /> })}
    }
}

/// That people wait to be let in, for those who may.
#[component]
fn Asked(row: RwSignal<ChatRow>) -> impl IntoView {
    let nav = AppState::get().nav;
    let count = Memo::new(move |_| row.with(|row| row.join_requests));
    let shown = move || nav.panel.get() == Some(Panel::Info) && nav.info.get() == InfoTab::Members;
    view! {
        <Show when=move || (count.get() > 0) && !shown()>
            <Banner icon=IconName::PersonAdd text=move || t_with("members-waiting-count", &[("count", count.get().into())])>
                <Button size=ControlSize::Small on_press=move || nav.show_info(InfoTab::Members)>{move || t("members-waiting-show")}</Button>
            </Banner>
        </Show>
    }
}

/// In place of the composer where one may not write: why, and the way back in.
#[component]
fn Notice(row: RwSignal<ChatRow>) -> impl IntoView {
    let role = Memo::new(move |_| row.with(|row| (row.role, row.public, row.person.is_some(), row.may_post)));
    let blocked =
        Memo::new(move |_| row.with(|row| row.person.as_ref().filter(|person| person.blocked).map(|person| person.id)));
    let encryption = view! { <EncryptionNotice row=row /> };
    let words = move || match role.get() {
        _ if blocked.get().is_some() => view! { <BlockedNotice user=blocked.get() /> }.into_any(),
        (None, public, false, _) => view! { <LeftNotice row=row public=public /> }.into_any(),
        (Some(role), _, _, false) if role > Role::ReadOnly => {
            view! { <Banner icon=IconName::Lock text=move || t("header-some-write-notice") /> }.into_any()
        }
        (Some(Role::ReadOnly), ..) => {
            view! { <Banner icon=IconName::Lock text=move || t("header-read-only-notice") /> }.into_any()
        }
        _ => ().into_any(),
    };
    view! {
        {encryption}
        {words}
    }
}

#[component]
fn BlockedNotice(user: Option<UserId>) -> impl IntoView {
    let state = AppState::get();
    let free = move || user.into_iter().for_each(|user| block(state, user, false));
    view! {
        <Banner icon=IconName::Block text=move || t("privacy-blocked-notice")>
            <Button size=ControlSize::Small on_press=free>{move || t("privacy-unblock")}</Button>
        </Banner>
    }
}

#[component]
fn LeftNotice(row: RwSignal<ChatRow>, public: bool) -> impl IntoView {
    let state = AppState::get();
    let join = move || bridge::tell(state, Command::JoinChat { chat_id: row.with_untracked(|row| row.id.clone()) });
    view! {
        <Banner icon=IconName::Lock text=move || t("header-left-notice")>
            {public.then(|| view! {
                <Button kind=ButtonKind::Primary size=ControlSize::Small on_press=join>{move || t("header-join")}</Button>
            })}
        </Banner>
    }
}

#[component]
fn NothingOpen() -> impl IntoView {
    let nav = AppState::get().nav;
    view! {
        <EmptyState icon=IconName::Chat title=move || t("rail-nothing-open") text=move || t("rail-nothing-open-help")>
            <Button on_press=move || nav.dialog.set(Some(Dialog::QuickSwitcher)) icon=IconName::Search>
                {move || format!("{} · {}", t("keys-quick-switcher"), chord_words(Action::QuickSwitcher))}
            </Button>
        </EmptyState>
    }
}
