//! Folders of the chat list: the row of tabs above it, and the dialogs that make a folder and put a chat into some.

mod chat;
mod edit;
mod icons;

use leptos::prelude::*;
use view::Folder;
use view::folders::FOLDERS_MAX;
use wasm_bindgen::JsCast;

use crate::i18n::{t, t_with};
use crate::primitives::{Badge, ControlSize, IconButton, IconName, Menu, MenuAnchor, MenuItem};
use crate::state::{AppState, Dialog};

pub use chat::ChatFoldersDialog;
pub use edit::FolderDialog;

/// The tabs: all chats, then each folder; nothing while there is no folder.
#[component]
pub fn FolderTabs() -> impl IntoView {
    let folders = AppState::get().folders;
    view! { <Show when=move || folders.all.with(|all| !all.is_empty())><Tabs /></Show> }
}

#[component]
fn Tabs() -> impl IntoView {
    let folders = AppState::get().folders;
    let menu = RwSignal::new(None);
    // Whose menu is open: that of the tab that was pressed, or of the one that shows.
    let about = RwSignal::new(None::<String>);
    let row = NodeRef::<leptos::html::Div>::new();
    let button = NodeRef::<leptos::html::Div>::new();
    let items = Signal::derive(move || items(about.get().as_deref()));
    Effect::new(move || {
        folders.open.track();
        // After the tab has become the chosen one.
        request_animation_frame(move || chosen_into_view(row));
    });
    let more = move || {
        about.set(folders.open.get_untracked());
        menu.set(button.get_untracked().map(|element| MenuAnchor::at_element(&element)));
    };
    let ask = move |id: String, event: leptos::ev::MouseEvent| {
        event.prevent_default();
        about.set(Some(id));
        menu.set(Some(MenuAnchor::at_pointer(&event)));
    };
    view! {
        <div class="folders">
            <div class="folders__tabs" role="tablist" data-scrolls="" aria-label=move || t("folders-title") node_ref=row on:keydown=step>
                <Tab folder=None on_menu=ask />
                <For each=move || folders.all.get() key=|folder| (folder.id.clone(), folder.name.clone(), folder.icon.clone()) let:folder>
                    <Tab folder=Some(folder) on_menu=ask />
                </For>
            </div>
            <div node_ref=button>
                <IconButton icon=IconName::More label=move || t("folders-more") size=ControlSize::Small on_press=more />
            </div>
            <Menu anchor=menu label=move || t("folders-more") items=items />
        </div>
    }
}

#[component]
fn Tab(
    /// `None`: all chats.
    folder: Option<Folder>,
    /// Asked for the folder's menu.
    on_menu: impl Fn(String, leptos::ev::MouseEvent) + Copy + 'static,
) -> impl IntoView {
    let state = AppState::get();
    let id = folder.as_ref().map(|folder| folder.id.clone());
    let (own, shown, asked) = (id.clone(), id.clone(), id);
    let (icon, name) = folder.map(|folder| (folder.icon, folder.name)).unwrap_or_default();
    let label = move || if name.is_empty() { t("folders-all") } else { name.clone() };
    let chosen = Memo::new(move |_| state.folders.shown().map(|folder| folder.id) == shown);
    // What the folder holds may change while its name stays: its rule is read afresh.
    let unread = Memo::new(move |_| {
        let folder = state.folders.all.with(|all| all.iter().find(|folder| Some(&folder.id) == own.as_ref()).cloned());
        folder.map_or(0, |folder| state.folder_unread(&folder))
    });
    let number = move || if unread.get() == 0 { String::new() } else { unread.get().to_string() };
    let spoken = move || t_with("folders-unread", &[("count", unread.get().into())]);
    let open = asked.clone();
    let ask = move |event: leptos::ev::MouseEvent| {
        if let Some(id) = &asked {
            on_menu(id.clone(), event);
        }
    };
    view! {
        <button
            class="folders__tab"
            type="button"
            role="tab"
            aria-selected=move || chosen.get().to_string()
            tabindex=move || if chosen.get() { "0" } else { "-1" }
            on:click=move |_| state.folders.open.set(open.clone())
            on:contextmenu=ask
        >
            {(!icon.is_empty()).then(|| view! { <span class="folders__icon" aria-hidden="true">{icon}</span> })}
            <span class="folders__name">{label}</span>
            <Badge text=number label=spoken />
        </button>
    }
}

/// What can be done with a folder, and making another.
fn items(id: Option<&str>) -> Vec<MenuItem> {
    let state = AppState::get();
    let (folders, nav) = (state.folders, state.nav);
    let all = folders.all.get();
    let mut items = Vec::new();
    let at = id.and_then(|id| all.iter().position(|folder| folder.id == id));
    if let Some((at, folder)) = at.map(|at| (at, all[at].clone())) {
        let change = Dialog::Folder(Some(folder.id.clone()));
        items.push(MenuItem::new(t("folders-change"), IconName::Edit, move || nav.dialog.set(Some(change.clone()))));
        for (words, icon, forward, fits) in [
            (t("folders-left"), IconName::ArrowLeft, false, at > 0),
            (t("folders-right"), IconName::ArrowRight, true, at + 1 < all.len()),
        ] {
            let id = folder.id.clone();
            if fits {
                items.push(MenuItem::new(words, icon, move || folders.shift(&id, forward)));
            }
        }
    }
    if all.len() < FOLDERS_MAX {
        let make = move || nav.dialog.set(Some(Dialog::Folder(None)));
        items.push(MenuItem::new(t("folders-new"), IconName::Add, make));
    }
    if let Some(folder) = at.map(|at| all[at].clone()) {
        items.push(MenuItem::new(t("folders-delete"), IconName::Delete, move || delete(state, &folder)).danger());
    }
    items
}

/// Takes a folder away at once, and offers to take that back.
fn delete(state: AppState, folder: &Folder) {
    state.folders.delete(folder);
    let (words, folder) = (t_with("folders-deleted", &[("name", folder.name.clone().into())]), folder.clone());
    state.toasts.undo(words, move || state.folders.keep(&folder));
}

/// Arrow keys move along the tabs and choose.
fn step(event: leptos::ev::KeyboardEvent) {
    if event.alt_key() || event.ctrl_key() || event.shift_key() {
        return;
    }
    let Some(row) = event.current_target().and_then(|row| row.dyn_into::<web_sys::Element>().ok()) else { return };
    let tabs: Vec<web_sys::HtmlElement> =
        (0..row.children().length()).filter_map(|at| row.children().item(at)?.dyn_into().ok()).collect();
    let active = document().active_element();
    let Some(here) = tabs.iter().position(|tab| Some(tab.unchecked_ref()) == active.as_ref()) else { return };
    let to = match event.key().as_str() {
        "ArrowRight" => (here + 1) % tabs.len(),
        "ArrowLeft" => (here + tabs.len() - 1) % tabs.len(),
        "Home" => 0,
        "End" => tabs.len() - 1,
        _ => return,
    };
    event.prevent_default();
    tabs[to].click();
    _ = tabs[to].focus();
}

fn chosen_into_view(row: NodeRef<leptos::html::Div>) {
    let Some(row) = row.try_get_untracked().flatten() else { return };
    let chosen = row.query_selector("[aria-selected=true]").ok().flatten();
    if let Some(chosen) = chosen.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
        let (left, width) = (chosen.offset_left() - row.offset_left(), chosen.offset_width());
        let (from, seen) = (row.scroll_left(), row.client_width());
        if left < from {
            row.set_scroll_left(left);
        } else if left + width > from + seen {
            row.set_scroll_left(left + width - seen);
        }
    }
}
