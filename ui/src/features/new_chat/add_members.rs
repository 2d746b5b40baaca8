//! Adding people to a chat.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command, PersonRow};

use crate::bridge;
use crate::features::people::PeoplePicker;
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind};
use crate::state::AppState;

/// Choose people, add them all.
#[component]
pub fn AddMembersDialog(
    /// To which chat.
    chat: ChatId,
) -> impl IntoView {
    let state = AppState::get();
    let chosen = RwSignal::new(Vec::<PersonRow>::new());
    let busy = RwSignal::new(false);
    let add = move || {
        let (people, chat_id) = (chosen.get_untracked(), chat.clone());
        busy.set(true);
        leptos::task::spawn_local(async move {
            for person in people {
                let command = Command::AddMember { chat_id: chat_id.clone(), user_id: person.id };
                if let Err(failure) = bridge::ask(command).await {
                    state.toasts.failure(failure);
                    break;
                }
            }
            if let Ok(ReplyBody::Members { members }) =
                bridge::ask(Command::ListMembers { chat_id: chat_id.clone() }).await
            {
                state.members.set(Some((chat_id, members)));
            }
            state.nav.dialog.set(None);
        });
    };
    let nobody = Signal::derive(move || chosen.with(Vec::is_empty));
    view! {
        <PeoplePicker chosen=chosen />
        <div class="dialog__actions dialog__actions--kept">
            <Button kind=ButtonKind::Primary busy=busy disabled=nobody on_press=add>{move || t("members-add")}</Button>
        </div>
    }
}
