//! Puts the person's wishes on the page: language, theme, text size, density and layout as attributes of `<html>`.

use leptos::prelude::*;
use view::themes::OWN;
use view::{Density, MessageLayout, Preferences};

use super::{AppState, Unread, themes};
use crate::i18n::{self, Language};

/// Smallest and largest text, in pixels.
pub const TEXT_PX: std::ops::RangeInclusive<u8> = 11..=21;

/// Ends the names of themes whose text stands at 7 : 1 at least.
const HIGH_CONTRAST: &str = "-contrast";

/// Keeps `<html lang data-theme data-contrast data-density data-layout data-text-px>` the window's title and the keys equal to the state.
pub fn keep_page_in_step(state: AppState) {
    crate::keys::live::keep_in_step(state.kept);
    Effect::new(move || state.preferences.with(dress_page));
    Effect::new(move |worn: Option<bool>| {
        let chosen = state.preferences.with(|preferences| state.themes.named(&preferences.theme));
        let own = state.themes.trial.get().or(chosen);
        if let Some(html) = document().document_element() {
            themes::dress(&html, own.as_ref(), worn.unwrap_or(false));
        }
        own.is_some()
    });
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

/// The name of a density in `data-density`, which the style sheets and the settings know it by.
pub fn density_name(density: Density) -> &'static str {
    match density {
        Density::Compact => "compact",
        Density::Comfortable => "comfortable",
        Density::Roomy => "roomy",
    }
}

/// The density of that name; the usual one for a name that we do not know.
pub fn density_named(name: &str) -> Density {
    let all = [Density::Compact, Density::Comfortable, Density::Roomy];
    all.into_iter().find(|density| density_name(*density) == name).unwrap_or_default()
}

/// A text size in percent of the usual one.
pub fn percent(text_px: u8) -> u32 {
    // The smallest is 11.2 pixels, so that it is 80 % and not 79.
    if text_px == *TEXT_PX.start() { 80 } else { (u32::from(text_px) * 100 + 7) / 14 }
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
        _ if name.starts_with(OWN) => ("system", "normal"),
        Some(plain) => (plain, "more"),
        None => (name, "system"),
    }
}

fn dress_page(preferences: &Preferences) {
    let language = language_of(preferences);
    i18n::set_language(language);
    let Some(html) = document().document_element() else { return };
    let text_px = preferences.text_px.clamp(*TEXT_PX.start(), *TEXT_PX.end());
    let density = density_name(preferences.density);
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
        assert_eq!(theme_parts("own:x-contrast"), ("system", "normal"), "an id is no name of ours");
    }

    #[test]
    fn text_goes_from_80_to_150_percent() {
        assert_eq!(TEXT_PX.map(percent).collect::<Vec<_>>(), [80, 86, 93, 100, 107, 114, 121, 129, 136, 143, 150]);
    }

    #[test]
    fn every_layout_is_found_by_its_name_and_an_unknown_name_is_the_usual_one() {
        for layout in [MessageLayout::Modern, MessageLayout::Compact, MessageLayout::Bubbles] {
            assert_eq!(layout_named(layout_name(layout)), layout);
        }
        assert_eq!(layout_named("newer"), MessageLayout::Modern);
    }
}
