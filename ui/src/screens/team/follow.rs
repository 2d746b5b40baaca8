//! Keeps the host in step with what is open: opens and closes chats, jumps to messages.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command};

use crate::bridge;
use crate::keys::escape::{Step, on_escape};
use crate::state::AppState;

/// Watches the navigation while the calling component is on screen.
pub fn keep_host_in_step(state: AppState) {
    let nav = state.nav;
    Effect::new(move |before: Option<Option<ChatId>>| {
        let open = nav.chat.get();
        if before.as_ref() == Some(&open) {
            return open;
        }
        match &open {
            Some(chat_id) => {
                state.timeline.open(chat_id.clone());
                bridge::tell(state, Command::OpenChat { chat_id: chat_id.clone() });
                learn_members(state, chat_id.clone());
            }
            None => {
                state.timeline.close();
                if before.flatten().is_some() {
                    bridge::tell_quietly(Command::CloseChat);
                }
            }
        }
        open
    });
    // After the effect above, so that the chat is open when the jump arrives.
    Effect::new(move || {
        if let Some((chat_id, Some(message_id))) = nav.jump.get() {
            nav.jump.set(None);
            bridge::tell(state, Command::JumpTo { chat_id, message_id });
        }
    });
    on_escape(Step::Panel, move || {
        let panel = nav.panel.get_untracked().is_some();
        let settings = nav.settings.get_untracked();
        if panel {
            nav.panel.set(None);
        } else if settings {
            nav.settings.set(false);
        }
        panel || settings
    });
    on_cleanup(move || state.timeline.close());
}

/// The members are who can be mentioned; the panel shows the same.
fn learn_members(state: AppState, chat_id: ChatId) {
    leptos::task::spawn_local(async move {
        let members = bridge::ask(Command::ListMembers { chat_id: chat_id.clone() }).await;
        if let Ok(ReplyBody::Members { members }) = members {
            state.members.set(Some((chat_id, members)));
        }
    });
}
