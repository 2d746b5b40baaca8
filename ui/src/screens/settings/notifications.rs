//! What is told, and how one sends.

use leptos::prelude::*;
use view::NO_PREVIEWS;

use crate::features::quiet::QuietSettings;
use crate::i18n::t;
use crate::primitives::Switch;
use crate::state::AppState;
use crate::state::preferences::change;

/// Notifications and sending.
#[component]
pub fn Notifications() -> impl IntoView {
    let state = AppState::get();
    let wish = move |read: fn(&view::Preferences) -> bool| Signal::derive(move || state.preferences.with(read));
    let ask = move |on: bool| {
        if on && !crate::bridge::tauri::is_there() {
            // The browser asks the person; without a yes nothing is shown.
            let _ = web_sys::Notification::request_permission();
        }
        change(state, |preferences| preferences.notifications = on);
    };
    view! {
        <Switch
            label=move || t("settings-notify")
            help=move || t("settings-notify-help")
            on=wish(|preferences| preferences.notifications)
            on_change=ask
        />
        <Switch
            label=move || t("settings-notify-text")
            help=move || t("settings-notify-text-help")
            on=wish(|preferences| preferences.notification_text)
            on_change=move |on| change(state, |preferences| preferences.notification_text = on)
            disabled=Signal::derive(move || state.preferences.with(|preferences| !preferences.notifications))
        />
        <QuietSettings />
        <Switch
            label=move || t("settings-previews")
            help=move || t("settings-previews-help")
            on=Signal::derive(move || state.kept.get(NO_PREVIEWS).is_none())
            on_change=move |on: bool| state.kept.keep(NO_PREVIEWS.to_owned(), (!on).then(|| "true".to_owned()))
        />
        <Switch
            label=move || t("settings-enter-sends")
            help=move || t("settings-enter-sends-help")
            on=wish(|preferences| preferences.enter_sends)
            on_change=move |on| change(state, |preferences| preferences.enter_sends = on)
        />
    }
}
