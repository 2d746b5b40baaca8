//! Makes a theme or changes one: a name, four colours, the whole app in them at once, one line to share.

use leptos::prelude::*;
use view::themes::{Colour, NAME_CHARS_MAX, OWN, OwnTheme, WeakPair};

use crate::bridge;
use crate::features::invite::copy_text;
use crate::i18n::{t, t_with};
use crate::keys::regions::focus_when_shown;
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, IconName, TextField, unique_id};
use crate::state::preferences::change;
use crate::state::{AppState, derived};

/// The whole form. While it is open the app wears what is being made.
#[component]
pub fn ThemeDialog(
    /// The theme to change; `None` makes one from the colours that show.
    id: Option<String>,
) -> impl IntoView {
    let state = AppState::get();
    let themes = state.themes;
    let known = id.and_then(|id| themes.all.get_untracked().into_iter().find(|theme| theme.id == id));
    let is_new = known.is_none();
    let first = known.unwrap_or_else(|| start(state));
    let name = RwSignal::new(first.name.clone());
    let colours = [first.background, first.panel, first.text, first.accent].map(RwSignal::new);
    let id = StoredValue::new(first.id.clone());
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_shown(field);
    let theme = Memo::new(move |_| {
        let [background, panel, text, accent] = colours.map(|colour| colour.get());
        OwnTheme { id: id.get_value(), name: name.get().trim().to_owned(), background, panel, text, accent }
    });
    Effect::new(move || themes.trial.set(Some(theme.get())));
    on_cleanup(move || themes.trial.set(None));
    let unnamed =
        Signal::derive(move || name.with(|name| !(1..=NAME_CHARS_MAX).contains(&name.trim().chars().count())));
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if unnamed.get_untracked() {
            return;
        }
        let theme = theme.get_untracked();
        themes.keep(&theme);
        change(state, |preferences| preferences.theme = format!("{OWN}{}", theme.id));
        state.nav.dialog.set(None);
    };
    let delete = move || {
        let theme = theme.get_untracked();
        themes.delete(&theme);
        let words = untrack(|| t_with("themes-deleted", &[("name", theme.name.clone().into())]));
        state.toasts.undo(words, move || themes.keep(&theme));
        state.nav.dialog.set(None);
    };
    view! {
        <form class="theme-form" on:submit=save>
            <TextField label=move || t("themes-name") value=name node_ref=field />
            <div class="theme-form__colours">
                <ColourField label=|| t("themes-background") value=colours[0] />
                <ColourField label=|| t("themes-panel") value=colours[1] />
                <ColourField label=|| t("themes-text") value=colours[2] />
                <ColourField label=|| t("themes-accent") value=colours[3] />
            </div>
            <Preview />
            <div role="status">{move || theme.get().weak().first().map(|weak| {
                let words = match weak.pair {
                    WeakPair::TextOnBackground => t("themes-weak-text"),
                    WeakPair::TextOnPanel => t("themes-weak-text-panel"),
                    WeakPair::AccentOnBackground => t("themes-weak-accent"),
                    WeakPair::AccentOnPanel => t("themes-weak-accent-panel"),
                };
                let contrast = t_with("themes-contrast", &[
                    ("contrast", format!("{:.1}", weak.contrast).into()),
                    ("least", format!("{:.1}", weak.least).into()),
                ]);
                view! { <Banner tone=BannerTone::Warning text=format!("{words} {contrast}") /> }
            })}</div>
            <Sharing theme=theme name=name colours=colours />
            <div class="dialog__actions">
                {(!is_new).then(|| view! {
                    <Button kind=ButtonKind::Danger on_press=delete>{move || t("themes-delete")}</Button>
                })}
                <Button kind=ButtonKind::Primary submit=true disabled=unnamed>{move || t("themes-use")}</Button>
            </div>
        </form>
    }
}

/// A colour: the system's own picker, and its code to type.
#[component]
fn ColourField(
    /// Its name.
    label: fn() -> String,
    /// Two-way.
    value: RwSignal<Colour>,
) -> impl IntoView {
    let id = unique_id("colour");
    let set = move |text: String| {
        if let Some(colour) = Colour::read(text.trim()) {
            value.set(colour);
        }
    };
    view! {
        <div class="theme-form__colour">
            <input
                class="theme-form__well"
                id=id.clone()
                type="color"
                prop:value=move || value.get().hex()
                on:input=move |event| set(event_target_value(&event))
            />
            <label class="theme-form__words" for=id>{label}</label>
            <input
                class="theme-form__code"
                type="text"
                spellcheck="false"
                autocomplete="off"
                maxlength="7"
                aria-label=move || t_with("themes-code", &[("name", label().into())])
                prop:value=move || value.get().hex()
                on:input=move |event| set(event_target_value(&event))
            />
        </div>
    }
}

/// A small part of the app. The page wears the theme while it is made, so this needs no colours of its own.
#[component]
fn Preview() -> impl IntoView {
    view! {
        <div class="theme-preview" aria-hidden="true">
            <div class="theme-preview__list">
                <span class="theme-preview__row theme-preview__row--chosen">{move || t("themes-sample-chat")}</span>
                <span class="theme-preview__row">{move || t("themes-sample-other")}</span>
            </div>
            <div class="theme-preview__chat">
                <p class="theme-preview__bubble">{move || t("themes-sample-question")}</p>
                <p class="theme-preview__bubble theme-preview__bubble--own">{move || t("themes-sample-answer")}</p>
                <p class="theme-preview__note">
                    {move || t("themes-sample-note")} " " <span class="theme-preview__link">{move || t("themes-sample-link")}</span>
                </p>
                <span class="theme-preview__button">{move || t("themes-sample-button")}</span>
            </div>
        </div>
    }
}

/// The line that can be copied and pasted.
#[component]
fn Sharing(theme: Memo<OwnTheme>, name: RwSignal<String>, colours: [RwSignal<Colour>; 4]) -> impl IntoView {
    let state = AppState::get();
    let pasted = RwSignal::new(String::new());
    let read = Memo::new(move |_| OwnTheme::from_shared(&pasted.get()));
    Effect::new(move || {
        if let Some(theme) = read.get() {
            name.set(theme.name);
            for (signal, colour) in colours.iter().zip([theme.background, theme.panel, theme.text, theme.accent]) {
                signal.set(colour);
            }
            pasted.set(String::new());
        }
    });
    let wrong = move || {
        if pasted.with(|text| text.trim().is_empty()) || read.get().is_some() {
            String::new()
        } else {
            t("themes-wrong")
        }
    };
    let copy = move || {
        copy_text(state, theme.get_untracked().shared());
        state.toasts.done(untrack(|| t("themes-copied")));
    };
    view! {
        <div class="theme-form__share">
            <TextField label=move || t("themes-paste") value=pasted error=wrong placeholder="hybrid-theme #…" />
            <Button icon=IconName::Copy on_press=copy>{move || t("themes-copy")}</Button>
        </div>
    }
}

/// A new theme begins with what shows.
fn start(state: AppState) -> OwnTheme {
    let preference = state.preferences.with_untracked(|preferences| preferences.theme.clone());
    let id = bridge::new_local_id().to_string();
    let name = untrack(|| t("themes-new-name"));
    if let Some(theme) = untrack(|| state.themes.named(&preference)) {
        return OwnTheme { id, name, ..theme };
    }
    let dark = match preference.as_str() {
        "system" => {
            window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches())
        }
        other => other.starts_with("dark"),
    };
    derived::usual(id, name, dark)
}
