//! The members of the open chat: who they are, what they may do, and managing them.

mod give;
mod row;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatRow, Command, MemberRow};

use crate::bridge::{self, Attempt};
use crate::i18n::{t, t_with};
use crate::primitives::{Button, ButtonKind, EmptyState, IconName, Skeleton, SkeletonShape};
use crate::state::{AppState, Dialog};
pub use give::GiveChatDialog;
use row::MemberLine;

/// The members, by role, then name.
#[component]
pub fn MembersPanel(
    /// The chat's row.
    row: RwSignal<ChatRow>,
) -> impl IntoView {
    let state = AppState::get();
    let attempt = Attempt::new();
    let chat_id = Memo::new(move |_| row.with(|row| row.id.clone()));
    let ask = move || {
        let id = chat_id.get();
        attempt.run(Command::ListMembers { chat_id: id.clone() }, move |body| {
            if let ReplyBody::Members { members } = body {
                state.members.set(Some((id, members)));
            }
        });
    };
    Effect::new(move |_: Option<()>| ask());
    let members = Memo::new(move |_| state.members.with(|members| known(members.as_ref(), &chat_id.get())));
    let may_add = move || row.with(|row| row.may_invite);
    let count = move || t_with("common-people-count", &[("count", row.with(|row| row.member_count).into())]);
    view! {
        <div class="members">
            <p class="members__count">{count}</p>
            <Show when=may_add>
                <Button icon=IconName::PersonAdd on_press=move || state.nav.dialog.set(Some(Dialog::AddMembers(chat_id.get_untracked())))>
                    {move || t("members-add")}
                </Button>
            </Show>
            <Show
                when=move || members.with(Option::is_some)
                fallback=move || view! { <Waiting attempt=attempt retry=move || ask() /> }
            >
                <ul class="members__rows">
                    <For each=move || members.get().unwrap_or_default() key=|member| (member.person.id, member.role, member.can_manage) let:member>
                        <li><MemberLine member=member chat_id=chat_id /></li>
                    </For>
                </ul>
            </Show>
        </div>
    }
}

/// A skeleton, or the failure with a way to try again.
#[component]
fn Waiting(attempt: Attempt, #[prop(into)] retry: Callback<()>) -> impl IntoView {
    let failed = move || attempt.failure.get().is_some();
    view! {
        <Show when=failed fallback=|| view! { <Skeleton shape=SkeletonShape::Row count=4 /> }>
            <EmptyState icon=IconName::Warning title=move || t("common-could-not-load") text=attempt.words()>
                <Button kind=ButtonKind::Secondary on_press=retry>{move || t("common-try-again")}</Button>
            </EmptyState>
        </Show>
    }
}

fn known(members: Option<&(view::ChatId, Vec<MemberRow>)>, chat: &view::ChatId) -> Option<Vec<MemberRow>> {
    members.filter(|(of, _)| of == chat).map(|(_, members)| members.clone())
}

/// Sends a change and asks for the list again, since the panel must never show what is not so.
fn change(state: AppState, chat_id: view::ChatId, command: Command) {
    leptos::task::spawn_local(async move {
        if let Err(failure) = bridge::ask(command).await {
            state.toasts.failure(failure);
        }
        if let Ok(ReplyBody::Members { members }) = bridge::ask(Command::ListMembers { chat_id: chat_id.clone() }).await
        {
            state.members.set(Some((chat_id, members)));
        }
    });
}
