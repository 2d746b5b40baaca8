//! Language, theme, text size, density.

use leptos::prelude::*;

use crate::i18n::t;
use crate::primitives::{Select, SelectOption, Switch};
use crate::state::AppState;
use crate::state::preferences::{TEXT_PX, change};

/// How the app looks.
#[component]
pub fn Appearance() -> impl IntoView {
    let state = AppState::get();
    let language = Signal::derive(move || state.preferences.with(|preferences| preferences.language.clone()));
    let theme = Signal::derive(move || state.preferences.with(|preferences| preferences.theme.clone()));
    let text_px = Signal::derive(move || state.preferences.with(|preferences| preferences.text_px.to_string()));
    let compact = Signal::derive(move || state.preferences.with(|preferences| preferences.compact));
    let languages = Signal::derive(move || {
        vec![
            SelectOption::new("", t("settings-as-system")),
            SelectOption::new("ru", "Русский"),
            SelectOption::new("en", "English"),
        ]
    });
    let themes = Signal::derive(move || {
        vec![
            SelectOption::new("system", t("settings-as-system")),
            SelectOption::new("light", t("settings-theme-light")),
            SelectOption::new("dark", t("settings-theme-dark")),
        ]
    });
    let sizes = Signal::derive(move || TEXT_PX.map(|px| SelectOption::new(px.to_string(), px.to_string())).collect());
    view! {
        <Select
            label=move || t("settings-language")
            value=language
            options=languages
            on_change=move |value: String| change(state, |preferences| preferences.language = value)
        />
        <Select
            label=move || t("settings-theme")
            value=theme
            options=themes
            on_change=move |value: String| change(state, |preferences| preferences.theme = value)
        />
        <Select
            label=move || t("settings-text-size")
            value=text_px
            options=sizes
            on_change=move |value: String| change(state, |preferences| preferences.text_px = value.parse().unwrap_or(14))
        />
        <Switch
            label=move || t("settings-compact")
            help=move || t("settings-compact-help")
            on=compact
            on_change=move |on| change(state, |preferences| preferences.compact = on)
        />
    }
}
