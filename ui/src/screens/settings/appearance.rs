//! Language, theme, own themes, layout of messages, text size, density.

use leptos::prelude::*;

use view::themes::{OWN, THEMES_MAX};

use crate::i18n::{t, t_with};
use crate::primitives::{Button, ButtonKind, IconName, OptionCards, Select, SelectOption};
use crate::state::preferences::{TEXT_PX, change, density_name, density_named, layout_name, layout_named, percent};
use crate::state::{AppState, Dialog};

use super::pictures;

/// How the app looks.
#[component]
pub fn Appearance() -> impl IntoView {
    let state = AppState::get();
    let language = Signal::derive(move || state.preferences.with(|preferences| preferences.language.clone()));
    let theme = Signal::derive(move || state.preferences.with(|preferences| preferences.theme.clone()));
    let layout = Signal::derive(move || state.preferences.with(|wish| layout_name(wish.layout).to_owned()));
    let text_px = Signal::derive(move || state.preferences.with(|preferences| preferences.text_px.to_string()));
    let density = Signal::derive(move || state.preferences.with(|wish| density_name(wish.density).to_owned()));
    let densities = Signal::derive(move || {
        vec![
            SelectOption::new("compact", t("settings-density-compact")),
            SelectOption::new("comfortable", t("settings-density-comfortable")),
            SelectOption::new("roomy", t("settings-density-roomy")),
        ]
    });
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
    let sizes = Signal::derive(move || {
        TEXT_PX
            .map(|px| SelectOption::new(px.to_string(), t_with("settings-percent", &[("count", percent(px).into())])))
            .collect()
    });
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
        <OwnThemes />
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
        <OptionCards
            label=move || t("settings-density")
            value=density
            options=densities
            picture=|density: String| pictures::of_density(&density)
            on_change=move |value: String| change(state, |preferences| preferences.density = density_named(&value))
        />
    }
}

/// Themes of one's own: each is chosen by its card and changed beside it; another can be made.
#[component]
fn OwnThemes() -> impl IntoView {
    let state = AppState::get();
    let themes = state.themes;
    let chosen = Signal::derive(move || state.preferences.with(|preferences| preferences.theme.clone()));
    let options = Signal::derive(move || {
        themes.all.with(|all| {
            all.iter()
                .map(|theme| SelectOption::new(format!("{OWN}{}", theme.id), theme.name.clone()))
                .collect::<Vec<_>>()
        })
    });
    let picture = move |value: String| match untrack(|| themes.named(&value)) {
        Some(theme) => pictures::of_own(&theme),
        None => pictures::of_theme("system"),
    };
    let open = move |id: Option<String>| state.nav.dialog.set(Some(Dialog::Theme(id)));
    let change_chosen = move || open(untrack(|| themes.named(&chosen.get())).map(|theme| theme.id));
    view! {
        <Show when=move || options.with(|options| !options.is_empty())>
            <OptionCards
                label=move || t("settings-own-themes")
                value=chosen
                options=options
                picture=picture
                on_change=move |value: String| change(state, |preferences| preferences.theme = value)
            />
        </Show>
        <div class="settings__actions">
            <Show when=move || themes.all.with(Vec::len) < THEMES_MAX>
                <Button kind=ButtonKind::Secondary icon=IconName::Add on_press=move || open(None)>{move || t("themes-new")}</Button>
            </Show>
            <Show when=move || themes.named(&chosen.get()).is_some()>
                <Button kind=ButtonKind::Ghost icon=IconName::Edit on_press=change_chosen>{move || t("themes-change")}</Button>
            </Show>
        </div>
    }
}
