//! What the panel shows: the groups, or what was found.

use super::rows::{Cell, Section};
use crate::features::reactions::{Emoji, by_text, catalog, groups, search};
use crate::i18n::{Language, key, language, t};
use crate::state::emoji::{recents, tone};

/// So many are found at most.
const FOUND_MAX: usize = 90;

/// The sections for what is sought; tracks what they are made from.
pub(super) fn sections(query: &str) -> Vec<Section> {
    // Tracked: they come a moment after the panel.
    _ = catalog();
    let (tone, language) = (tone(), language());
    if query.trim().is_empty() {
        let recent =
            Section { title: t("emoji-group-recent"), cells: recents().iter().map(|r| used(r, language)).collect() };
        let groups = groups().iter().map(|group| Section {
            title: t(group_key(group.name)),
            cells: group.emoji.iter().map(|emoji| cell(emoji, tone, language)).collect(),
        });
        return std::iter::once(recent).chain(groups).collect();
    }
    let found = search(query, FOUND_MAX);
    vec![Section {
        title: t("emoji-found"),
        cells: found.into_iter().map(|emoji| cell(emoji, tone, language)).collect(),
    }]
}

/// The key of a group's name.
pub(super) fn group_key(name: &str) -> &'static str {
    match name {
        "smileys" => key("emoji-group-smileys"),
        "people" => key("emoji-group-people"),
        "nature" => key("emoji-group-nature"),
        "food" => key("emoji-group-food"),
        "travel" => key("emoji-group-travel"),
        "activities" => key("emoji-group-activities"),
        "objects" => key("emoji-group-objects"),
        "symbols" => key("emoji-group-symbols"),
        _ => key("emoji-group-flags"),
    }
}

fn cell(emoji: &Emoji, tone: u8, language: Language) -> Cell {
    Cell { text: emoji.toned(tone), name: emoji.name(language).to_owned(), code: emoji.code().to_owned() }
}

/// One used before, with the skin tone that it had then.
fn used(text: &str, language: Language) -> Cell {
    let known = by_text(text);
    Cell {
        text: text.to_owned(),
        name: known.map_or(text, |emoji| emoji.name(language)).to_owned(),
        code: known.map_or("", Emoji::code).to_owned(),
    }
}
