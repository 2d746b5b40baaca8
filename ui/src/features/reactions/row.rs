//! The reactions under a message: press to join in or take back; who it was is in the tooltip.

use leptos::prelude::*;
use view::ReactionRow;

use crate::features::team_emoji::EmojiText;
use crate::i18n::{t, t_with};
use crate::primitives::{Icon, IconName, IconSize, MenuAnchor, Tooltip};
use crate::state::emoji::use_emoji;

/// A row of chips, and one that opens the panel.
#[component]
pub fn Reactions(
    /// By first use.
    #[prop(into)]
    reactions: Signal<Vec<ReactionRow>>,
    /// Told the emoji and whether it shall be on.
    #[prop(into)]
    on_react: Callback<(String, bool)>,
    /// The panel shall open here.
    #[prop(into)]
    on_more: Callback<(MenuAnchor,)>,
) -> impl IntoView {
    let chip = move |emoji: String| {
        let key = emoji.clone();
        let row = Memo::new(move |_| reactions.with(|rows| rows.iter().find(|row| row.emoji == key).cloned()));
        let own = move || row.with(|row| row.as_ref().is_some_and(|row| row.own));
        let count = move || row.with(|row| row.as_ref().map_or(0, |row| row.count));
        let label = {
            let emoji = emoji.clone();
            move || t_with("message-reaction-label", &[("emoji", emoji.clone().into()), ("count", count().into())])
        };
        let press = {
            let emoji = emoji.clone();
            move |_| {
                use_emoji(&emoji);
                on_react.run((emoji.clone(), !own()));
            }
        };
        view! {
            <Tooltip text=move || row.with(|row| row.as_ref().map(who).unwrap_or_default())>
                <button
                    class="reactions__chip"
                    type="button"
                    aria-pressed=move || own().to_string()
                    aria-label=label
                    on:click=press
                >
                    <span class="reactions__emoji"><EmojiText text=emoji /></span>
                    <span class="reactions__count">{count}</span>
                </button>
            </Tooltip>
        }
    };
    let emoji = Memo::new(move |_| reactions.with(|rows| rows.iter().map(|row| row.emoji.clone()).collect::<Vec<_>>()));
    let open = move |event: leptos::ev::MouseEvent| {
        on_more.run((MenuAnchor::at_element(&event_target::<web_sys::Element>(&event)),));
    };
    view! {
        <div class="reactions">
            <For each=move || emoji.get() key=Clone::clone children=chip />
            <button class="reactions__chip reactions__add" type="button" aria-label=move || t("message-react") on:click=open>
                <Icon name=IconName::React size=IconSize::Small />
            </button>
        </div>
    }
}

/// "Анна, Борис and 3 more".
fn who(row: &ReactionRow) -> String {
    let names = row.names.join(", ");
    let others = row.count.saturating_sub(u32::try_from(row.names.len()).unwrap_or(u32::MAX));
    if others == 0 {
        names
    } else {
        t_with("message-reaction-who", &[("names", names.into()), ("count", others.into())])
    }
}
