//! The emoji before a folder's name: a few that fit, native radio buttons.

use leptos::prelude::*;

use crate::i18n::t;
use crate::primitives::{Icon, IconName, IconSize, unique_id};

const ICONS: [&str; 22] = [
    "💼", "🏠", "⭐", "🔥", "📌", "📣", "👥", "💬", "🔔", "🎯", "🚀", "🛠️", "🎨", "📚", "💡", "📈", "🧪", "🎮", "🎵",
    "✈️", "🐾", "❤️",
];

/// One of the emoji, or none.
#[component]
pub fn IconChoice(
    /// The emoji; empty for none. Two-way.
    value: RwSignal<String>,
) -> impl IntoView {
    let group = unique_id("icon");
    // One that another device chose from a longer list stands first.
    let other = value.get_untracked();
    let other = (!other.is_empty() && !ICONS.contains(&other.as_str())).then_some(other);
    let all = std::iter::once(String::new()).chain(other).chain(ICONS.map(str::to_owned));
    let choices = all.map(|icon| {
        let (own, told, shown) = (icon.clone(), icon.clone(), icon.clone());
        let name = if icon.is_empty() { Signal::derive(move || t("folders-no-icon")) } else { Signal::stored(icon) };
        view! {
            <label class="folder-form__chip folder-form__icon">
                <input
                    type="radio"
                    name=group.clone()
                    aria-label=move || name.get()
                    prop:checked=move || value.get() == own
                    on:change=move |_| value.set(told.clone())
                />
                {if shown.is_empty() {
                    view! { <Icon name=IconName::Folder size=IconSize::Small /> }.into_any()
                } else {
                    view! { <span aria-hidden="true">{shown}</span> }.into_any()
                }}
            </label>
        }
    });
    view! {
        <fieldset class="folder-form__part">
            <legend>{move || t("folders-icon")}</legend>
            <div class="folder-form__icons">{choices.collect_view()}</div>
        </fieldset>
    }
}
