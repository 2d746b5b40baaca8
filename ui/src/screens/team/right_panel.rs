//! The panel at the right: about the open chat, search, lists of messages. It overlays the chat on middling screens and fills narrow ones.

use leptos::prelude::*;

use crate::features::chat_info::ChatInfo;
use crate::features::collections::{Collection, CollectionPanel};
use crate::features::encryption::ReadersPanel;
use crate::features::inbox::InboxPanel;
use crate::features::reminders::Reminders;
use crate::features::scheduled::ScheduledPanel;
use crate::features::search_panel::SearchPanel;
use crate::features::thread_panel::{ThreadList, ThreadPanel};
use crate::i18n::t;
use crate::primitives::{IconButton, IconName};
use crate::state::{AppState, Panel};

/// The panel, when one is open.
#[component]
pub fn RightPanel() -> impl IntoView {
    let state = AppState::get();
    let nav = state.nav;
    let title = move || match nav.panel.get() {
        Some(Panel::Info) => t("info-title"),
        Some(Panel::Saved) => t("collections-saved"),
        Some(Panel::Mentions) => t("collections-mentions"),
        Some(Panel::Inbox) => t("inbox-title"),
        Some(Panel::Thread) => t("thread-title"),
        Some(Panel::Threads) => t("thread-list"),
        Some(Panel::Scheduled | Panel::ScheduledHere) => t("scheduled-title"),
        Some(Panel::Readers) => t("encryption-who"),
        Some(Panel::SearchChat | Panel::SearchEverywhere) | None => t("search-title"),
    };
    let row = Memo::new(move |_| nav.chat.get());
    let info = move || {
        let row = row.get().and_then(|id| state.chats.find(&id))?;
        Some(view! { <ChatInfo row=RwSignal::from(row) /> })
    };
    view! {
        <Show when=move || nav.panel.get().is_some()>
            <aside class="right-panel" data-region="panel" aria-label=title>
                <header class="right-panel__head">
                    <h2 class="right-panel__title">{title}</h2>
                    <IconButton icon=IconName::Close label=move || t("common-close") on_press=move || nav.panel.set(None) />
                </header>
                <div class="right-panel__body">
                    {move || match nav.panel.get() {
                        Some(Panel::Info) => info.into_any(),
                        Some(Panel::SearchChat) => view! { <SearchPanel chat=nav.chat /> }.into_any(),
                        Some(Panel::SearchEverywhere) => view! { <SearchPanel chat=Signal::stored(None) /> }.into_any(),
                        Some(Panel::Saved) => view! {
                            <Reminders />
                            <CollectionPanel collection=Collection::Saved />
                        }.into_any(),
                        Some(Panel::Mentions) => view! { <CollectionPanel collection=Collection::Mentions /> }.into_any(),
                        Some(Panel::Inbox) => view! { <InboxPanel /> }.into_any(),
                        Some(Panel::Thread) => (move || {
                            nav.thread.get().map(|(chat, root)| view! { <ThreadPanel chat=chat root=root /> })
                        }).into_any(),
                        Some(Panel::Threads) => view! { <ThreadList /> }.into_any(),
                        Some(Panel::Scheduled) => view! { <ScheduledPanel chat=Signal::stored(None) /> }.into_any(),
                        Some(Panel::ScheduledHere) => view! { <ScheduledPanel chat=nav.chat /> }.into_any(),
                        Some(Panel::Readers) => (move || {
                            nav.chat.get().map(|chat| view! { <ReadersPanel chat=chat /> })
                        }).into_any(),
                        None => ().into_any(),
                    }}
                </div>
            </aside>
        </Show>
    }
}
