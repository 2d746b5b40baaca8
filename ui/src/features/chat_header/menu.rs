//! What can be done with a chat as a whole.

use leptos::prelude::*;
use view::{ChatRow, Command, Role};

use crate::bridge;
use crate::features::chat_keeping::keeping_items;
use crate::features::privacy::block_item;
use crate::i18n::t;
use crate::primitives::{IconButton, IconName, Menu, MenuAnchor, MenuItem};
use crate::state::{AppState, Dialog, InfoTab};

/// The button with three dots and its menu.
#[component]
pub fn ChatMenu(
    /// The chat's row.
    row: RwSignal<ChatRow>,
) -> impl IntoView {
    let state = AppState::get();
    let anchor = RwSignal::new(None);
    let button = NodeRef::<leptos::html::Div>::new();
    let show = move || anchor.set(button.get_untracked().map(|element| MenuAnchor::at_element(&element)));
    let items = Signal::derive(move || items(state, &row.get()));
    view! {
        <div node_ref=button>
            <IconButton icon=IconName::More label=move || t("header-more") on_press=show />
        </div>
        <Menu anchor=anchor label=move || t("header-more") items=items />
    }
}

fn items(state: AppState, row: &ChatRow) -> Vec<MenuItem> {
    let nav = state.nav;
    let open = move |dialog: Dialog| Callback::new(move |()| nav.dialog.set(Some(dialog.clone())));
    let id = row.id.clone();
    let history = || {
        vec![
            MenuItem::new(t("collections-pinned"), IconName::Pin, move || nav.show_info(InfoTab::Pinned)),
            MenuItem::new(t("go-to-date-title"), IconName::Calendar, open(Dialog::GoToDate(row.id.clone()))),
        ]
    };
    let timer = row
        .may_set_timer
        .then(|| MenuItem::new(t("disappearing-title"), IconName::Clock, open(Dialog::Disappearing(row.id.clone()))));
    if let Some(person) = &row.person {
        let mut items = vec![MenuItem::new(t("header-profile"), IconName::Person, open(Dialog::Profile(person.id)))];
        items.extend(history());
        items.extend(timer);
        items.extend(keeping_items(state, row));
        if state.me().is_some_and(|me| me.person.id != person.id) {
            items.push(block_item(state, person));
        }
        return items;
    }
    let Some(role) = row.role else {
        let join = Callback::new(move |()| bridge::tell(state, Command::JoinChat { chat_id: id.clone() }));
        return if row.public { vec![MenuItem::new(t("header-join"), IconName::LogIn, join)] } else { Vec::new() };
    };
    let mut items = vec![MenuItem::new(t("header-members"), IconName::People, move || nav.show_info(InfoTab::Members))];
    if role >= Role::Admin {
        items.push(MenuItem::new(t("header-edit"), IconName::Edit, open(Dialog::EditChat(id.clone()))));
    }
    if row.may_invite {
        items.push(MenuItem::new(t("header-invite"), IconName::PersonAdd, open(Dialog::Invite(Some(id.clone())))));
    }
    items.extend(history());
    items.extend(timer);
    items.extend(keeping_items(state, row));
    let leave = Callback::new(move |()| bridge::tell(state, Command::LeaveChat { chat_id: id.clone() }));
    items.push(MenuItem::new(t("header-leave"), IconName::Leave, leave).danger());
    items
}
