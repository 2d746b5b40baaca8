//! The team: rail, chat list, the open chat, the right panel; dialogs above. One pane at a time on narrow screens.

mod chat_actions;
mod dialogs;
mod follow;
mod main_pane;
mod rail;
mod resize;
mod right_panel;

use leptos::prelude::*;

use super::Settings;
use crate::features::attachments::PictureViewer;
use crate::features::chat_list::ChatList;
use crate::features::connection_banner::ConnectionBanner;
use crate::features::reader::Reader;
use crate::i18n::t;
use crate::state::{AppState, Dialog};
use dialogs::Dialogs;
use main_pane::MainPane;
use rail::Rail;
use resize::ResizeEdge;
use right_panel::RightPanel;

/// The whole team screen.
#[component]
pub fn Team() -> impl IntoView {
    let state = AppState::get();
    let nav = state.nav;
    follow::keep_host_in_step(state);
    Effect::new(move |_: Option<()>| {
        if state.opened_link.with(Option::is_some) {
            nav.dialog.set(Some(Dialog::JoinLink));
        }
    });
    let list = NodeRef::<leptos::html::Nav>::new();
    let chat_open = move || nav.chat.with(Option::is_some) && !nav.settings.get();
    view! {
        <div class="team" class:team--chat-open=chat_open class:team--panel-open=move || nav.panel.get().is_some()>
            <Rail />
            <div class="team__body">
                <ConnectionBanner />
                <div class="team__panes">
                    <Show when=move || !nav.settings.get() fallback=|| view! { <Settings /> }>
                        <nav class="team__list" data-region="list" aria-label=move || t("chats-title") node_ref=list>
                            <ChatList />
                            <ResizeEdge target=list />
                        </nav>
                        <MainPane />
                        <RightPanel />
                    </Show>
                </div>
            </div>
            <Dialogs />
            <PictureViewer />
            <Reader />
        </div>
    }
}
