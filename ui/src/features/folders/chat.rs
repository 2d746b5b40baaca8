//! In which folders a chat is: one switch for each.

use leptos::prelude::*;
use view::ChatId;
use view::folders::FOLDERS_MAX;

use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, IconName, Switch};
use crate::state::{AppState, Dialog, folders::is_in};

/// The folders, and a way to make one.
#[component]
pub fn ChatFoldersDialog(
    /// The chat.
    chat: ChatId,
) -> impl IntoView {
    let state = AppState::get();
    let chat = StoredValue::new(chat);
    let row = move || state.chats.row(&chat.get_value());
    let ids =
        Memo::new(move |_| state.folders.all.with(|all| all.iter().map(|one| one.id.clone()).collect::<Vec<_>>()));
    let one = move |id: String| {
        let folder = Memo::new(move |_| state.folders.all.with(|all| all.iter().find(|one| one.id == id).cloned()));
        let label = move || {
            let parts = folder.get().map(|folder| [folder.icon, folder.name]).unwrap_or_default();
            parts.join(" ").trim().to_owned()
        };
        let on = Signal::derive(move || folder.get().zip(row()).is_some_and(|(folder, row)| is_in(&folder, &row)));
        let put = move |inside: bool| {
            if let Some((folder, row)) = untrack(|| folder.get().zip(row())) {
                state.put_in_folder(&folder, &row, inside);
            }
        };
        view! { <Switch label=label on=on on_change=put /> }
    };
    let none = move || ids.with(Vec::is_empty);
    let room = move || ids.with(Vec::len) < FOLDERS_MAX;
    view! {
        <div class="chat-folders">
            <p class="folder-form__help">{move || if none() { t("folders-none") } else { t("folders-chat-help") }}</p>
            <For each=move || ids.get() key=|id| id.clone() children=one />
        </div>
        <Show when=room>
            <div class="dialog__actions dialog__actions--kept">
                <Button kind=ButtonKind::Secondary icon=IconName::Add on_press=move || state.nav.dialog.set(Some(Dialog::Folder(None)))>
                    {move || t("folders-new")}
                </Button>
            </div>
        </Show>
    }
}
