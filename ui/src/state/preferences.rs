//! Puts the person's wishes on the page: language, theme, text size, density and layout as attributes of `<html>`.

use leptos::prelude::*;
use view::{MessageLayout, Preferences};

use super::{AppState, Unread};
use crate::i18n::{self, Language};

/// Smallest and largest text, in pixels.
pub const TEXT_PX: std::ops::RangeInclusive<u8> = 12..=20;

/// Ends the names of themes whose text stands at 7 : 1 at least.
const HIGH_CONTRAST: &str = "-contrast";

/// Keeps `<html lang data-theme data-contrast data-density data-layout data-text-px>` and the window's title equal to the state.
pub fn keep_page_in_step(state: AppState) {
    Effect::new(move || state.preferences.with(dress_page));
    Effect::new(move || {
        let unread = state.unread.get();
        let name = state.me().map_or_else(|| i18n::t("common-app-name"), |me| me.team);
        document().set_title(&title(unread, &name));
    });
}

/// The language asked for, or the system's.
pub fn language_of(preferences: &Preferences) -> Language {
    if preferences.language.is_empty() {
        Language::from_tag(&window().navigator().language().unwrap_or_default())
    } else {
        Language::from_tag(&preferences.language)
    }
}

/// Changes a preference: shown at once, kept by the host.
pub fn change(state: AppState, change: impl FnOnce(&mut Preferences)) {
    let mut preferences = state.preferences.get_untracked();
    change(&mut preferences);
    state.preferences.set(preferences.clone());
    let command = view::Command::SetPreferences { preferences };
    if state.stage.with_untracked(|stage| matches!(stage, view::Stage::Ready { .. })) {
        crate::bridge::tell(state, command);
    } else {
        // Before one is in there may be no place to keep them: they hold for this window.
        crate::bridge::tell_quietly(command);
    }
}

/// The name of a layout in `data-layout`, which the style sheets and the settings know it by.
pub fn layout_name(layout: MessageLayout) -> &'static str {
    match layout {
        MessageLayout::Modern => "modern",
        MessageLayout::Compact => "compact",
        MessageLayout::Bubbles => "bubbles",
    }
}

/// The layout of that name; the usual one for a name that we do not know.
pub fn layout_named(name: &str) -> MessageLayout {
    let all = [MessageLayout::Modern, MessageLayout::Compact, MessageLayout::Bubbles];
    all.into_iter().find(|layout| layout_name(*layout) == name).unwrap_or_default()
}

/// `(3) Team`: what waits, then the team.
fn title(unread: Unread, name: &str) -> String {
    match unread.messages {
        0 => name.to_owned(),
        count => format!("({count}) {name}"),
    }
}

/// What a theme's name asks of the page: `data-theme`, and `data-contrast` (`system` follows the system's wish).
fn theme_parts(name: &str) -> (&str, &'static str) {
    match name.strip_suffix(HIGH_CONTRAST) {
        Some(plain) => (plain, "more"),
        None => (name, "system"),
    }
}

fn dress_page(preferences: &Preferences) {
    let language = language_of(preferences);
    i18n::set_language(language);
    let Some(html) = document().document_element() else { return };
    let text_px = preferences.text_px.clamp(*TEXT_PX.start(), *TEXT_PX.end());
    let density = if preferences.compact { "compact" } else { "comfortable" };
    let (theme, contrast) = theme_parts(&preferences.theme);
    let attributes = [
        ("lang", language.tag()),
        ("data-theme", theme),
        ("data-contrast", contrast),
        ("data-text-px", &text_px.to_string()),
        ("data-density", density),
        ("data-layout", layout_name(preferences.layout)),
    ];
    for (name, value) in attributes {
        // Fails only for names that are no attribute names.
        let _ = html.set_attribute(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_counts_what_is_unread() {
        assert_eq!(title(Unread { messages: 3, mentions: 1 }, "Команда"), "(3) Команда");
        assert_eq!(title(Unread::default(), "Team"), "Team");
    }

    #[test]
    fn a_theme_of_high_contrast_is_its_plain_theme_with_stronger_colours() {
        assert_eq!(theme_parts("dark-contrast"), ("dark", "more"));
        assert_eq!(theme_parts("light"), ("light", "system"));
    }

    #[test]
    fn every_layout_is_found_by_its_name_and_an_unknown_name_is_the_usual_one() {
        for layout in [MessageLayout::Modern, MessageLayout::Compact, MessageLayout::Bubbles] {
            assert_eq!(layout_named(layout_name(layout)), layout);
        }
        assert_eq!(layout_named("newer"), MessageLayout::Modern);
    }
}
