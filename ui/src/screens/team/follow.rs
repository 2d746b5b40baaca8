//! Keeps the host in step with what is open: opens and closes chats, jumps to messages; begins where one was last.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command};

use crate::bridge;
use crate::keys::escape::{Step, on_escape};
use crate::state::AppState;

/// Where the last open chat of the first team is kept, so that one comes back to it; of another team with its number.
const LAST_CHAT: &str = "last-chat";

/// Watches the navigation while the calling component is on screen.
pub fn keep_host_in_step(state: AppState) {
    let nav = state.nav;
    begin_somewhere(state);
    Effect::new(move |before: Option<Option<ChatId>>| {
        let open = nav.chat.get();
        if before.as_ref() == Some(&open) {
            return open;
        }
        match &open {
            Some(chat_id) => {
                remember(state, chat_id);
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

/// Opens the chat that was open last; for who is new here, the channel everyone is in. Once, and only where the list
/// stays beside it.
fn begin_somewhere(state: AppState) {
    let begun = StoredValue::new(false);
    Effect::new(move || {
        let (open, loaded) = (state.nav.chat.get(), state.chats.loaded.get());
        state.chats.order.track();
        if open.is_some() || begun.get_value() || !loaded {
            begun.update_value(|begun| *begun |= open.is_some());
            return;
        }
        let wide = window().match_media("(min-width: 640px)").ok().flatten().is_some_and(|query| query.matches());
        let known =
            [last(state), Some(ChatId::general())].into_iter().flatten().find(|id| state.chats.find(id).is_some());
        if let Some(id) = known.filter(|_| wide && !state.nav.settings.get_untracked()) {
            begun.set_value(true);
            state.nav.chat.set(Some(id));
        }
    });
}

fn last(state: AppState) -> Option<ChatId> {
    ChatId::new(window().local_storage().ok()??.get_item(&last_chat(state)).ok()??)
}

fn last_chat(state: AppState) -> String {
    match state.teams.open.get_untracked() {
        0 => LAST_CHAT.to_owned(),
        team => format!("{LAST_CHAT}-{team}"),
    }
}

fn remember(state: AppState, chat: &ChatId) {
    if let Ok(Some(storage)) = window().local_storage() {
        // A full or forbidden storage only means that one begins elsewhere.
        _ = storage.set_item(&last_chat(state), chat.as_str());
    }
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
