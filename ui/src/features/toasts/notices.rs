//! News of messages: a toast while the window is in use, the browser's notification while it is not.
//!
//! On the desktop the shell notifies by itself, with inline replies where the system has them.

use leptos::prelude::*;
use view::Notice;
use wasm_bindgen::prelude::*;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

use crate::bridge;
use crate::features::quiet::play;
use crate::i18n::t;
use crate::state::AppState;

/// Tells of notices while the calling component is on screen.
pub fn tell_notices(state: AppState) {
    Effect::new(move || {
        let Some(notice) = state.notice.get() else { return };
        untrack(|| tell(state, notice));
    });
}

fn tell(state: AppState, notice: Notice) {
    let wished = state.preferences.with_untracked(|preferences| preferences.notifications);
    let looking = document().has_focus().unwrap_or(false);
    let open = state.nav.chat.with_untracked(|open| open.as_ref() == Some(&notice.chat_id));
    if state.quiet.is_quiet() {
        return;
    }
    if wished && !(looking && open && !notice.reminder) {
        state.preferences.with_untracked(|preferences| play(&preferences.sound));
    }
    if looking && (!open || notice.reminder) {
        state.toasts.notice(notice);
    } else if !looking && wished && !bridge::tauri::is_there() {
        notify(state, notice);
    }
}

/// Who, where; or that one wanted to be reminded.
pub(super) fn title_of(notice: &Notice) -> String {
    let whom = if notice.author == notice.chat_title {
        notice.author.clone()
    } else {
        format!("{} · {}", notice.author, notice.chat_title)
    };
    if notice.reminder { format!("{}: {whom}", t("reminders-rang")) } else { whom }
}

fn notify(state: AppState, notice: Notice) {
    if Notification::permission() != NotificationPermission::Granted {
        return;
    }
    let with_text = state.preferences.with_untracked(|preferences| preferences.notification_text);
    let options = NotificationOptions::new();
    options.set_body(&if with_text { notice.text.clone() } else { t("common-new-message") });
    // One per chat: a newer one takes the place of the older.
    options.set_tag(if notice.reminder { notice.message_id.as_str() } else { notice.chat_id.as_str() });
    let title = title_of(&notice);
    let Ok(shown) = Notification::new_with_options(&title, &options) else { return };
    let open = Closure::once_into_js(move || {
        let _ = window().focus();
        state.nav.open_at(notice.chat_id, Some(notice.message_id));
    });
    shown.set_onclick(Some(open.unchecked_ref()));
}
