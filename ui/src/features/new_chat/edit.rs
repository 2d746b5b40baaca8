//! Changing a chat's name and description.

use leptos::prelude::*;
use view::{ChatId, ChatKind, Command};

use super::name_is_good;
use crate::bridge::Attempt;
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, Switch, TextArea, TextField};
use crate::state::AppState;

/// Name, description, and whether a channel is in the directory.
#[component]
pub fn EditChatDialog(
    /// Which.
    chat: ChatId,
) -> impl IntoView {
    let state = AppState::get();
    let row = state.chats.find(&chat)?.get_untracked();
    let name = RwSignal::new(row.title);
    let about = RwSignal::new(row.description);
    let public = RwSignal::new(row.public);
    let is_channel = row.kind == ChatKind::Channel;
    let attempt = Attempt::new();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = Command::UpdateChat {
            chat_id: chat.clone(),
            name: Some(name.get_untracked().trim().to_owned()),
            description: Some(about.get_untracked().trim().to_owned()),
            public: is_channel.then(|| public.get_untracked()),
        };
        attempt.run(command, move |_| state.nav.dialog.set(None));
    };
    let unnamed = Signal::derive(move || name.with(|name| !name_is_good(name)));
    Some(view! {
        <form class="new-chat" on:submit=save>
            <TextField label=move || t("new-chat-name") value=name />
            <TextArea label=move || t("new-chat-about") value=about />
            {is_channel.then(|| view! {
                <Switch
                    label=move || t("new-chat-public")
                    help=move || t("new-chat-public-help")
                    on=public
                    on_change=move |on| public.set(on)
                />
            })}
            <p class="new-chat__error" role="alert">{attempt.words()}</p>
            <div class="dialog__actions">
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy disabled=unnamed>{move || t("common-save")}</Button>
            </div>
        </form>
    })
}
