//! The members of the open chat: who they are, what they may do, and managing them.

mod give;
mod row;
mod waiting;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatRow, Command, MemberRow};

use crate::bridge::{self, Attempt};
use crate::features::chat_list::folded;
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, EmptyState, FieldKind, IconName, Skeleton, SkeletonShape, TextField};
use crate::state::{AppState, Dialog};
pub use give::GiveChatDialog;
use row::MemberLine;
use waiting::Waiting as Asking;

/// From so many members on they can be found by name.
const FILTER_FROM: usize = 8;

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
    let wanted = RwSignal::new(String::new());
    let many = Memo::new(move |_| members.with(|all| all.as_ref().is_some_and(|all| all.len() > FILTER_FROM)));
    let shown = move || {
        let words = folded(&wanted.get());
        let mut all = members.get().unwrap_or_default();
        if many.get() {
            all.retain(|member| {
                folded(&member.person.name).contains(&words) || member.person.username.contains(&words)
            });
        }
        all
    };
    let nobody = move || members.with(Option::is_some) && shown().is_empty();
    let may_add = move || row.with(|row| row.may_invite);
    view! {
        <div class="members">
            <Asking row=row />
            <Show when=may_add>
                <Button icon=IconName::PersonAdd on_press=move || state.nav.dialog.set(Some(Dialog::AddMembers(chat_id.get_untracked())))>
                    {move || t("members-add")}
                </Button>
            </Show>
            <Show
                when=move || members.with(Option::is_some)
                fallback=move || view! { <Waiting attempt=attempt retry=move || ask() /> }
            >
                <Show when=move || many.get()>
                    <TextField label=move || t("info-find-member") value=wanted kind=FieldKind::Search />
                </Show>
                <Show when=nobody>
                    <p class="members__count" role="status">{move || t("info-no-member")}</p>
                </Show>
                <ul class="members__rows">
                    <For each=shown key=|member| (member.person.id, member.role, member.can_manage) let:member>
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
