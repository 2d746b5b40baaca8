//! Adding people to a chat.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, ChatKind, Command, PersonRow};

use crate::bridge;
use crate::features::people::PeoplePicker;
use crate::i18n::{key, t};
use crate::primitives::{Button, ButtonKind};
use crate::state::AppState;

/// Choose people, add them all.
#[component]
pub fn AddMembersDialog(
    /// To which chat.
    chat: ChatId,
) -> impl IntoView {
    let state = AppState::get();
    // Of an encrypted group: what those who are added will read.
    let row = state.chats.find(&chat);
    let past = row.map(|row| row.get_untracked()).filter(|row| row.encrypted && row.kind == ChatKind::Group);
    let past = past.map(|row| if row.rights.past { key("members-add-past") } else { key("members-add-no-past") });
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
        {past.map(|words| view! { <p class="new-chat__help">{move || t(words)}</p> })}
        <div class="dialog__actions dialog__actions--kept">
            <Button kind=ButtonKind::Primary busy=busy disabled=nobody on_press=add>{move || t("members-add")}</Button>
        </div>
    }
}
