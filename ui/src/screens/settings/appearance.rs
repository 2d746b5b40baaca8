//! Language, theme, layout of messages, text size, density.

use leptos::prelude::*;

use crate::i18n::t;
use crate::primitives::{OptionCards, Select, SelectOption, Switch};
use crate::state::AppState;
use crate::state::preferences::{TEXT_PX, change, layout_name, layout_named};

use super::pictures;

/// How the app looks.
#[component]
pub fn Appearance() -> impl IntoView {
    let state = AppState::get();
    let language = Signal::derive(move || state.preferences.with(|preferences| preferences.language.clone()));
    let theme = Signal::derive(move || state.preferences.with(|preferences| preferences.theme.clone()));
    let layout = Signal::derive(move || state.preferences.with(|wish| layout_name(wish.layout).to_owned()));
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
            SelectOption::new("light-contrast", t("settings-theme-light-contrast")),
            SelectOption::new("dark-contrast", t("settings-theme-dark-contrast")),
        ]
    });
    let layouts = Signal::derive(move || {
        vec![
            SelectOption::new("modern", t("settings-layout-modern")),
            SelectOption::new("compact", t("settings-layout-compact")),
            SelectOption::new("bubbles", t("settings-layout-bubbles")),
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
        <OptionCards
            label=move || t("settings-theme")
            value=theme
            options=themes
            picture=|theme: String| pictures::of_theme(&theme)
            on_change=move |value: String| change(state, |preferences| preferences.theme = value)
        />
        <OptionCards
            label=move || t("settings-layout")
            value=layout
            options=layouts
            picture=|layout: String| pictures::of_layout(&layout)
            on_change=move |value: String| change(state, |preferences| preferences.layout = layout_named(&value))
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
