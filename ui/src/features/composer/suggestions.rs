//! The list of suggestions above the composer.

use leptos::prelude::*;
use view::Everyone;

use super::suggest::Suggestion;
use crate::features::avatars::face;
use crate::features::status::StatusSign;
use crate::features::team_emoji::EmojiText;
use crate::i18n::{key, t};
use crate::primitives::{Avatar, AvatarSize, Icon, IconName, IconSize};

/// The id of the list, for the text field that owns it.
pub(super) const LIST_ID: &str = "composer-suggestions";

/// The id of one suggestion.
pub(super) fn option_id(at: usize) -> String {
    format!("{LIST_ID}-{at}")
}

/// What could complete the word.
#[component]
pub(super) fn Suggestions(
    /// Best first.
    #[prop(into)]
    found: Signal<Vec<Suggestion>>,
    /// The one that Enter takes.
    chosen: RwSignal<usize>,
    /// Pressed.
    #[prop(into)]
    on_pick: Callback<(Suggestion,)>,
) -> impl IntoView {
    let row = move |(at, suggestion): (usize, Suggestion)| {
        let picked = suggestion.clone();
        let press = move |event: leptos::ev::PointerEvent| {
            // The focus stays in the text.
            event.prevent_default();
            on_pick.run((picked.clone(),));
        };
        view! {
            <div
                class="suggestions__row"
                id=option_id(at)
                role="option"
                aria-selected=move || (chosen.get() == at).to_string()
                on:pointerdown=press
                on:pointermove=move |_| if chosen.get_untracked() != at { chosen.set(at) }
            >
                {words_of(&suggestion)}
            </div>
        }
    };
    view! {
        <div class="suggestions" id=LIST_ID role="listbox" aria-label=move || t("composer-suggestions")>
            {move || found.get().into_iter().enumerate().map(row).collect_view()}
        </div>
    }
}

fn words_of(suggestion: &Suggestion) -> AnyView {
    match suggestion {
        Suggestion::Person(person) => view! {
            <Avatar name=person.name.clone() id=person.id.0 size=AvatarSize::Inline face=face(person.avatar.clone()) />
            <span class="suggestions__name">{person.name.clone()}</span>
            <StatusSign person=Signal::stored((**person).clone()) />
            <span class="suggestions__detail">{format!("@{}", person.username)}</span>
        }
        .into_any(),
        Suggestion::Everyone(word, everyone) => {
            let detail = match everyone {
                Everyone::All => key("composer-everyone-all"),
                Everyone::Here => key("composer-everyone-here"),
            };
            view! {
                <span class="suggestions__emoji"><Icon name=IconName::People size=IconSize::Small /></span>
                <span class="suggestions__name">{format!("@{word}")}</span>
                <span class="suggestions__detail">{move || t(detail)}</span>
            }
            .into_any()
        }
        Suggestion::Chat(chat) => view! {
            <Icon name=if chat.channel { IconName::Hash } else { IconName::People } />
            <span class="suggestions__name">{chat.title.clone()}</span>
        }
        .into_any(),
        Suggestion::Command(entry) => {
            let (icon, words, chord) = (entry.icon, entry.words, entry.chord());
            view! {
                <Icon name=icon />
                <span class="suggestions__name">{move || t(words)}</span>
                {(!chord.is_empty()).then(|| view! { <kbd class="suggestions__detail">{chord}</kbd> })}
            }
            .into_any()
        }
        Suggestion::Emoji(text, code) => view! {
            <span class="suggestions__emoji"><EmojiText text=text.clone() /></span>
            <span class="suggestions__name">{format!(":{code}:")}</span>
        }
        .into_any(),
    }
}
