//! The list of chats: a filter, the rows, and ways to make or find chats.

mod row;

use std::collections::HashSet;

use leptos::prelude::*;
use view::ChatId;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::features::folders::FolderTabs;
use crate::i18n::{chat_title, t};
use crate::primitives::{
    Button, ButtonKind, EmptyState, FieldKind, Icon, IconButton, IconName, Menu, MenuAnchor, MenuItem, Skeleton,
    SkeletonShape, TextField,
};
use crate::state::{AppState, ChatEntry, Dialog};
use row::ChatListRow;

pub use view::folders::folded;

/// The whole list with its head.
#[component]
pub fn ChatList() -> impl IntoView {
    let state = AppState::get();
    let filter = RwSignal::new(String::new());
    let archive = RwSignal::new(false);
    let shown = Memo::new(move |_| filtered(state, &filter.get(), archive.get()));
    let in_tabs = move || state.folders.all.with(|all| !all.is_empty());
    let folder = Memo::new(move |_| state.folders.shown().map(|folder| folder.id));
    let in_folder = move || folder.get().is_some() && filter.with(|filter| filter.trim().is_empty());
    let nothing = move || state.chats.order.with(Vec::is_empty);
    // Of thousands of rows the two hear of it that are left and entered.
    let chosen = StoredValue::new(Selector::new(move || state.nav.chat.get()));
    view! {
        <div class="chat-list">
            <Head />
            <div class="chat-list__filter">
                <TextField label=move || t("chats-filter") value=filter kind=FieldKind::Search />
            </div>
            <FolderTabs />
            <div
                class="chat-list__rows"
                role=move || in_tabs().then_some("tabpanel")
                aria-label=move || in_tabs().then(|| t("chats-title"))
                on:keydown=walk
            >
                <Show when=move || state.chats.loaded.get() fallback=|| view! { <Skeleton shape=SkeletonShape::Row count=6 /> }>
                    <Show when=move || folder.get().is_none()><ArchiveRow open=archive /></Show>
                    <For each=move || shown.get() key=|entry| entry.id.clone() let:entry>
                        <ChatListRow row=entry.row chosen=chosen />
                    </For>
                    <Show when=nothing><NoChats /></Show>
                    <Show when=move || !nothing() && shown.with(Vec::is_empty) && in_folder()>
                        <EmptyState icon=IconName::Folder title=move || t("folders-empty") text=move || t("folders-empty-help") />
                    </Show>
                    <Show when=move || !nothing() && shown.with(Vec::is_empty) && !in_folder()>
                        <EmptyState icon=IconName::Search title=move || t("chats-nothing-found") text=move || t("chats-nothing-found-help") />
                    </Show>
                </Show>
            </div>
        </div>
    }
}

/// The way into the archive and out of it; nothing while nothing is put away.
#[component]
fn ArchiveRow(open: RwSignal<bool>) -> impl IntoView {
    let count = move || AppState::get().chats.archived.with(HashSet::len);
    Effect::new(move |_| {
        if count() == 0 {
            open.set(false);
        }
    });
    let label = move || if open.get() { t("chats-archive-leave") } else { t("chats-archive-title") };
    let icon = Signal::derive(move || if open.get() { IconName::ArrowLeft } else { IconName::Archive });
    view! {
        <Show when=move || count() != 0>
            <button
                class="chat-list__archive"
                type="button"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {move || view! { <Icon name=icon.get() /> }}
                <span class="chat-list__archive-words">{label}</span>
                <span class="chat-list__archive-count">{move || (!open.get()).then(count)}</span>
            </button>
        </Show>
    }
}

#[component]
fn Head() -> impl IntoView {
    let state = AppState::get();
    let menu = RwSignal::new(None);
    let open = move |dialog: Dialog| Callback::new(move |()| state.nav.dialog.set(Some(dialog.clone())));
    let items = Signal::derive(move || {
        vec![
            MenuItem::new(t("chats-new-group"), IconName::Add, open(Dialog::NewChat)),
            MenuItem::new(t("chats-write-to-person"), IconName::People, open(Dialog::People)),
            MenuItem::new(t("chats-find-channel"), IconName::Hash, open(Dialog::Channels)),
            MenuItem::new(t("invite-join"), IconName::Link, open(Dialog::JoinLink)),
            MenuItem::new(t("folders-new"), IconName::Folder, open(Dialog::Folder(None))),
            MenuItem::new(t("chats-invite"), IconName::PersonAdd, open(Dialog::Invite(None))),
        ]
    });
    let button = NodeRef::<leptos::html::Div>::new();
    let show = move || menu.set(button.get_untracked().map(|element| MenuAnchor::at_element(&element)));
    view! {
        <header class="chat-list__head">
            <h1 class="chat-list__team">{move || state.me().map(|me| me.team).unwrap_or_default()}</h1>
            <div node_ref=button>
                <IconButton icon=IconName::Add label=move || t("chats-add") on_press=show />
            </div>
            <Menu anchor=menu label=move || t("chats-add") items=items />
        </header>
    }
}

#[component]
fn NoChats() -> impl IntoView {
    let nav = AppState::get().nav;
    view! {
        <EmptyState icon=IconName::Chat title=move || t("chats-empty") text=move || t("chats-empty-help")>
            <Button kind=ButtonKind::Primary on_press=move || nav.dialog.set(Some(Dialog::People))>
                {move || t("chats-write-to-person")}
            </Button>
        </EmptyState>
    }
}

/// The rows whose title has every word of the filter, archived or not; without one, those of the folder, of the list or of the archive.
fn filtered(state: AppState, filter: &str, archive: bool) -> Vec<ChatEntry> {
    let mut order = state.chats.order.get();
    let words: Vec<String> = filter.split_whitespace().map(folded).collect();
    if words.is_empty() {
        if let Some(folder) = state.folders.shown() {
            return state.chats_of(&folder);
        }
        state.chats.archived.with(|archived| order.retain(|entry| archived.contains(&entry.id) == archive));
        return order;
    }
    let me = state.me().map(|me| me.person.id);
    let fits = |entry: &ChatEntry| {
        let title = folded(&entry.row.with(|row| chat_title(row, me)));
        words.iter().all(|word| title.contains(word))
    };
    order.into_iter().filter(fits).collect()
}

/// Arrow keys move through the rows; Home and End go to the ends.
fn walk(event: leptos::ev::KeyboardEvent) {
    if event.alt_key() || event.ctrl_key() || event.shift_key() {
        return;
    }
    let Some(list) = event.current_target().and_then(|list| list.dyn_into::<HtmlElement>().ok()) else { return };
    let Ok(found) = list.query_selector_all(".list-row") else { return };
    let rows: Vec<HtmlElement> = (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect();
    let active = document().active_element();
    let here = rows.iter().position(|row| Some(row.unchecked_ref()) == active.as_ref());
    let Some(last) = rows.len().checked_sub(1) else { return };
    let to = match event.key().as_str() {
        "ArrowDown" => here.map_or(0, |here| (here + 1).min(last)),
        "ArrowUp" => here.map_or(last, |here| here.saturating_sub(1)),
        "Home" => 0,
        "End" => last,
        _ => return,
    };
    event.prevent_default();
    let _ = rows[to].focus();
}

/// A stable number of a chat, for the colour of its plate.
pub fn colour_seed(id: &ChatId) -> i64 {
    id.as_str().bytes().fold(0i64, |sum, byte| sum.wrapping_mul(31).wrapping_add(i64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn a_filter_finds_yo_by_ye() {
        assert!(folded("Артём Королёв").contains(&folded("артем")));
    }
}
