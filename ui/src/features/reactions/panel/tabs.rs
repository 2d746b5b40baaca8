//! The row of groups above the grid: a press goes to one.

use leptos::prelude::*;

use super::Desk;
use super::content::{group_key, team};
use crate::features::reactions::{Catalog, catalog};
use crate::i18n::{key, t};

/// The groups, each by one of its emoji.
#[component]
pub(super) fn Tabs(
    /// What is shown.
    desk: Desk,
) -> impl IntoView {
    let here = Memo::new(move |_| {
        let (top, _) = desk.view.get();
        desk.layout.with(|layout| layout.section_at(top + super::TITLE_PX / 2.0))
    });
    let seeking = Memo::new(move |_| desk.query.with(|query| !query.trim().is_empty()));
    let tab = move |section: usize, sign: &'static str, name: &'static str| {
        let go = move |_| {
            desk.query.set(String::new());
            // After the groups are back, when something was sought.
            request_animation_frame(move || {
                if let Some(top) = desk.layout.with_untracked(|layout| layout.top_of_section(section)) {
                    desk.scroll_to(top);
                }
            });
        };
        let current = move || (!seeking.get() && here.get() == Some(section)).then_some("true");
        view! {
            <button class="emoji-panel__tab" type="button" aria-label=move || t(name) title=move || t(name) aria-current=current on:click=go>
                {sign}
            </button>
        }
    };
    let groups = move || match catalog() {
        Catalog::Ready(groups) => {
            // The team's own stand between what was used last and the groups.
            let own = team("");
            let after = own.len() + 1;
            let stickers = own.iter().skip(1).any(|section| !section.cells.is_empty());
            let has_emoji = own.first().is_some_and(|section| !section.cells.is_empty());
            let own = [
                has_emoji.then(|| tab(1, "⭐", key("team-emoji-group"))),
                stickers.then(|| tab(2, "🏷️", key("team-emoji-stickers"))),
            ];
            let signed = groups
                .iter()
                .zip(after..)
                .map(|(group, section)| tab(section, sign(group.name), group_key(group.name)));
            view! { {own.into_iter().flatten().collect_view()} {signed.collect_view()} }.into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <div class="emoji-panel__tabs" role="group" aria-label=move || t("emoji-groups")>
            {tab(0, "🕘", key("emoji-group-recent"))}
            {groups}
        </div>
    }
}

fn sign(group: &str) -> &'static str {
    match group {
        "smileys" => "😀",
        "people" => "👋",
        "nature" => "🐻",
        "food" => "🍔",
        "travel" => "🚗",
        "activities" => "⚽",
        "objects" => "💡",
        "symbols" => "❤️",
        _ => "🏁",
    }
}
