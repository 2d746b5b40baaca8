//! What the panel shows: the groups, or what was found.

use std::collections::BTreeMap;

use view::TeamEmoji;

use super::rows::{Cell, Section};
use crate::features::reactions::{Emoji, by_text, catalog, groups, search};
use crate::i18n::{Language, key, language, t, t_with};
use crate::state::emoji::{recents, tone};
use crate::state::team_emoji::with_all;

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
        return std::iter::once(recent).chain(team("")).chain(groups).collect();
    }
    let found = search(query, FOUND_MAX).into_iter().map(|emoji| cell(emoji, tone, language));
    let own = team(&query.trim().to_lowercase()).into_iter().flat_map(|section| section.cells).take(FOUND_MAX);
    vec![Section { title: t("emoji-found"), cells: own.chain(found).collect() }]
}

/// The team's own whose names or sets have this in them: emoji first, then stickers by set; each section at its place, also without
/// any.
pub(super) fn team(query: &str) -> Vec<Section> {
    with_all(|all| {
        let fits = |one: &&TeamEmoji| one.name.contains(query) || one.pack.to_lowercase().contains(query);
        let mut stickers = BTreeMap::<&str, Vec<Cell>>::new();
        let mut emoji = Vec::new();
        for one in all.values().filter(fits) {
            let text = format!(":{}:", one.name);
            let cell = Cell { name: text.clone(), text, code: one.name.clone() };
            if one.sticker { stickers.entry(&one.pack).or_default().push(cell) } else { emoji.push(cell) }
        }
        let sets = stickers.into_iter().map(|(pack, cells)| Section {
            title: if pack.is_empty() {
                t("team-emoji-stickers")
            } else {
                t_with("team-emoji-stickers-of", &[("pack", pack.into())])
            },
            cells,
        });
        std::iter::once(Section { title: t("team-emoji-group"), cells: emoji }).chain(sets).collect()
    })
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
