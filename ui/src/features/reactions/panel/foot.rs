//! The foot of the panel: what the selected emoji is called, and the skin tone.

use leptos::prelude::*;

use super::Desk;
use crate::features::reactions::by_code;
use crate::features::team_emoji::EmojiText;
use crate::i18n::{key, t};
use crate::primitives::{Icon, IconName};
use crate::state::AppState;
use crate::state::emoji::{set_tone, tone};

const TONE_NAMES: [&str; 6] = [
    key("emoji-tone-0"),
    key("emoji-tone-1"),
    key("emoji-tone-2"),
    key("emoji-tone-3"),
    key("emoji-tone-4"),
    key("emoji-tone-5"),
];

/// The foot.
#[component]
pub(super) fn Foot(
    /// What is shown.
    desk: Desk,
    /// The person wants to see the team's own.
    #[prop(into)]
    on_team: Callback<()>,
) -> impl IntoView {
    let choosing = RwSignal::new(false);
    view! {
        <div class="emoji-panel__foot">
            <Show when=move || choosing.get() fallback=move || view! { <Preview desk=desk choosing=choosing on_team=on_team /> }>
                <Tones choosing=choosing />
            </Show>
        </div>
    }
}

#[component]
fn Preview(desk: Desk, choosing: RwSignal<bool>, on_team: Callback<()>) -> impl IntoView {
    let due = Memo::new(move |_| desk.due());
    let words = move || match due.get() {
        Some(cell) => view! {
            <span class="emoji-panel__sample" aria-hidden="true"><EmojiText text=cell.text /></span>
            <span class="emoji-panel__name">
                <strong>{cell.name}</strong>
                {(!cell.code.is_empty()).then(|| view! { <span>{format!(":{}:", cell.code)}</span> })}
            </span>
        }
        .into_any(),
        None => view! { <span class="emoji-panel__hint">{move || t("emoji-hint")}</span> }.into_any(),
    };
    view! {
        <div class="emoji-panel__preview">{words}</div>
        {AppState::try_get().map(|_| view! {
            <button
                class="emoji-panel__tone"
                type="button"
                aria-label=move || t("team-emoji-open")
                title=move || t("team-emoji-open")
                on:click=move |_| on_team.run(())
            >
                <Icon name=IconName::Add />
            </button>
        })}
        <button
            class="emoji-panel__tone"
            type="button"
            aria-label=move || format!("{}: {}", t("emoji-tone"), t(TONE_NAMES[usize::from(tone()).min(5)]))
            title=move || t("emoji-tone")
            on:click=move |_| choosing.set(true)
        >
            {move || hand(tone())}
        </button>
    }
}

#[component]
fn Tones(choosing: RwSignal<bool>) -> impl IntoView {
    let first = NodeRef::<leptos::html::Button>::new();
    Effect::new(move || {
        if let Some(first) = first.get() {
            _ = first.focus();
        }
    });
    let one = move |at: u8, name: &'static str| {
        let press = move |_| {
            set_tone(at);
            choosing.set(false);
        };
        let node = if at == tone_untracked() { first } else { NodeRef::new() };
        view! {
            <button
                class="emoji-panel__tone"
                type="button"
                aria-label=move || t(name)
                title=move || t(name)
                aria-pressed=(at == tone_untracked()).to_string()
                node_ref=node
                on:click=press
            >
                {hand(at)}
            </button>
        }
    };
    view! {
        <div class="emoji-panel__tones" role="group" aria-label=move || t("emoji-tone")>
            {(0..).zip(TONE_NAMES).map(|(at, name)| one(at, name)).collect_view()}
        </div>
    }
}

fn tone_untracked() -> u8 {
    untrack(tone)
}

/// A hand of this tone; plain while the emoji are not there.
fn hand(tone: u8) -> String {
    by_code("raised_hand").or_else(|| by_code("hand")).map_or_else(|| "✋".to_owned(), |emoji| emoji.toned(tone))
}
