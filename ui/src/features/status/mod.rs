//! What someone is doing now: the sign beside a name, the words for it, and saying it oneself.

mod choose;

use leptos::prelude::*;
use view::PersonRow;

use crate::i18n::{t_with, when};

pub use choose::StatusDialog;

/// The status in words, with its end: "🌴 On holiday, until 24 December"; empty for none. Tracks the language.
pub fn status_words(person: &PersonRow) -> String {
    let said = match (person.status_emoji.as_str(), person.custom_status.as_str()) {
        ("", text) => text.to_owned(),
        (emoji, "") => emoji.to_owned(),
        (emoji, text) => format!("{emoji} {text}"),
    };
    match person.status_until {
        Some(until) if !said.is_empty() => {
            t_with("status-until", &[("status", said.into()), ("time", when::until(until).into())])
        }
        _ => said,
    }
}

/// The emoji beside a name; nothing when there is none.
#[component]
pub fn StatusSign(
    /// Whose.
    #[prop(into)]
    person: Signal<PersonRow>,
) -> impl IntoView {
    let emoji = Memo::new(move |_| person.with(|person| person.status_emoji.clone()));
    let words = move || person.with(status_words);
    move || {
        let emoji = emoji.get();
        (!emoji.is_empty())
            .then(|| view! { <span class="status-sign" role="img" aria-label=words title=words>{emoji}</span> })
    }
}
