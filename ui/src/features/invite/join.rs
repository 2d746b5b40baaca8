//! Using a link that leads into a chat of this team.

use leptos::prelude::*;
use view::Command;
use view::update::ReplyBody;

use crate::bridge::Attempt;
use crate::i18n::{t, t_with};
use crate::primitives::{Button, ButtonKind, EmptyState, FieldKind, IconName, TextField};
use crate::state::AppState;

/// A field for the link; then the chat opens, or it is said that someone has to decide.
#[component]
pub fn JoinLinkDialog() -> impl IntoView {
    let state = AppState::get();
    let opened = state.opened_link.get_untracked();
    let link = RwSignal::new(opened.clone().unwrap_or_default());
    let asked = RwSignal::new(None::<String>);
    let attempt = Attempt::new();
    let go = move || {
        let command = Command::AcceptInvitation { link: link.get_untracked().trim().to_owned() };
        attempt.run(command, move |body| match body {
            ReplyBody::Chat { chat_id } => state.nav.open(chat_id),
            ReplyBody::JoinRequested { title } => _ = asked.try_set(Some(title)),
            _ => {}
        });
    };
    state.opened_link.set(None);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        go();
    };
    let empty = Signal::derive(move || link.with(|link| link.trim().is_empty()));
    move || {
        match asked.get() {
        Some(title) => view! {
            <EmptyState icon=IconName::Clock title=move || t("invite-asked") text=move || t_with("invite-asked-help", &[("chat", title.clone().into())])>
                <Button on_press=move || state.nav.dialog.set(None)>{move || t("common-close")}</Button>
            </EmptyState>
        }
        .into_any(),
        None => view! {
            <form class="new-chat" on:submit=submit>
                <TextField label=move || t("invite-paste") value=link kind=FieldKind::Url help=move || t("invite-paste-help") error=attempt.words() />
                <div class="dialog__actions">
                    <Button kind=ButtonKind::Primary submit=true busy=attempt.busy disabled=empty>{move || t("header-join")}</Button>
                </div>
            </form>
        }
        .into_any(),
    }
    }
}
