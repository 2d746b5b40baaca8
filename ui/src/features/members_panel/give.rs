//! Asks whether a chat shall have another owner: the one thing that one cannot take back oneself.

use leptos::prelude::*;
use view::{ChatId, Command, Role, UserId};

use crate::bridge::Attempt;
use crate::i18n::{t, t_with};
use crate::primitives::{Button, ButtonKind};
use crate::state::AppState;

/// The question and its two answers.
#[component]
pub fn GiveChatDialog(
    /// Which chat.
    chat: ChatId,
    /// To whom.
    user: UserId,
) -> impl IntoView {
    let state = AppState::get();
    let attempt = Attempt::new();
    let named = |members: &Option<(ChatId, Vec<view::MemberRow>)>| {
        let mut members = members.iter().flat_map(|(_, members)| members);
        members.find(|member| member.person.id == user).map(|member| member.person.name.clone()).unwrap_or_default()
    };
    let name = state.members.with_untracked(named);
    let give = move || {
        let command = Command::SetRole { chat_id: chat.clone(), user_id: user, role: Role::Owner };
        attempt.run(command, move |_| state.nav.dialog.set(None));
    };
    view! {
        <p>{move || t_with("members-give-question", &[("name", name.clone().into())])}</p>
        <p class="new-chat__error" role="alert">{attempt.words()}</p>
        <div class="dialog__actions">
            <Button kind=ButtonKind::Ghost on_press=move || state.nav.dialog.set(None)>{move || t("common-cancel")}</Button>
            <Button kind=ButtonKind::Danger busy=attempt.busy on_press=give>{move || t("members-give")}</Button>
        </div>
    }
}
