//! Those who asked to come into the chat, with a yes and a no for each.

use leptos::prelude::*;
use view::rows::WaitingRow;
use view::update::ReplyBody;
use view::{ChatId, ChatRow, Command};

use crate::bridge::{self, Attempt};
use crate::features::avatars::face;
use crate::i18n::{t, t_with, when};
use crate::primitives::{Avatar, Button, ButtonKind, ControlSize};
use crate::state::AppState;

/// The list, while anyone waits and oneself may decide.
#[component]
pub fn Waiting(
    /// The chat's row.
    row: RwSignal<ChatRow>,
) -> impl IntoView {
    let chat = Memo::new(move |_| row.with(|row| (row.id.clone(), row.join_requests)));
    let waiting = RwSignal::new(Vec::<WaitingRow>::new());
    let attempt = Attempt::new();
    Effect::new(move |_: Option<()>| {
        let (chat_id, count) = chat.get();
        if count == 0 {
            waiting.set(Vec::new());
            return;
        }
        attempt.busy.set(false);
        attempt.run(Command::ListJoinRequests { chat_id }, move |body| {
            if let ReplyBody::JoinRequests { waiting: found } = body {
                let _ = waiting.try_set(found);
            }
        });
    });
    let chat_id = Signal::derive(move || chat.get().0);
    view! {
        <Show when=move || waiting.with(|waiting| !waiting.is_empty())>
            <section class="waiting">
                <h4 class="waiting__title">{move || t("members-waiting")}</h4>
                <ul>
                    <For each=move || waiting.get() key=|row| row.person.id let:row>
                        <li><One row=row chat_id=chat_id waiting=waiting /></li>
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn One(row: WaitingRow, chat_id: Signal<ChatId>, waiting: RwSignal<Vec<WaitingRow>>) -> impl IntoView {
    let state = AppState::get();
    let busy = RwSignal::new(false);
    let face = face(row.person.avatar.clone());
    let (user_id, at, name) = (row.person.id, row.at, row.person.name);
    let answer = move |accept: bool| {
        busy.set(true);
        let command = Command::AnswerJoin { chat_id: chat_id.get_untracked(), user_id, accept };
        leptos::task::spawn_local(async move {
            match bridge::ask(command).await {
                Ok(_) => waiting.update(|all| all.retain(|other| other.person.id != user_id)),
                Err(failure) => state.toasts.failure(failure),
            }
            busy.try_set(false);
        });
    };
    let shown = name.clone();
    view! {
        <div class="waiting__one">
            <Avatar name=name.clone() id=user_id.0 face=face />
            <div class="waiting__words">
                <strong class="waiting__name">{name}</strong>
                <span class="waiting__when">{move || when::ago(at)}</span>
                <div class="waiting__answers" role="group" aria-label=move || t_with("members-waiting-answer", &[("name", shown.clone().into())])>
                    <Button kind=ButtonKind::Primary size=ControlSize::Small busy=busy on_press=move || answer(true)>{move || t("members-accept")}</Button>
                    <Button size=ControlSize::Small disabled=busy on_press=move || answer(false)>{move || t("members-refuse")}</Button>
                </div>
            </div>
        </div>
    }
}
