//! Chips that narrow a search: each writes its word into the field, where it can be read, changed and taken away.

use leptos::prelude::*;

use crate::i18n::{key, t};

/// What a chip says, and the word it writes; one that ends in a colon wants to be gone on with.
const CHIPS: [(&str, &str); 7] = [
    (key("search-from"), key("search-word-from")),
    (key("search-in"), key("search-word-in")),
    (key("search-file"), key("search-word-file")),
    (key("search-link"), key("search-word-link")),
    (key("search-poll"), key("search-word-poll")),
    (key("search-after"), key("search-word-after")),
    (key("search-before"), key("search-word-before")),
];

/// The chips below the field.
#[component]
pub(super) fn Filters(query: RwSignal<String>, field: NodeRef<leptos::html::Input>) -> impl IntoView {
    let chips = CHIPS.into_iter().map(|(name, word)| {
        let on = Memo::new(move |_| query.with(|query| holds(query, &t(word))));
        let press = move |_| {
            query.update(|query| toggle(query, &t(word)));
            if let Some(field) = field.get_untracked() {
                _ = field.focus();
            }
        };
        view! {
            <button class="search-panel__chip" type="button" aria-pressed=move || on.get().to_string() on:click=press>
                {move || t(name)}
            </button>
        }
    });
    view! { <div class="search-panel__chips" role="group" aria-label=move || t("search-narrow")>{chips.collect_view()}</div> }
}

fn is_of(part: &str, word: &str) -> bool {
    if word.ends_with(':') { part.to_lowercase().starts_with(word) } else { part.to_lowercase() == word }
}

fn holds(query: &str, word: &str) -> bool {
    query.split_whitespace().any(|part| is_of(part, word))
}

/// Adds the word at the end, or takes it away with what was said after its colon.
fn toggle(query: &mut String, word: &str) {
    let there = holds(query, word);
    let mut parts: Vec<&str> = query.split_whitespace().filter(|part| !is_of(part, word)).collect();
    if !there {
        parts.push(word);
    }
    let mut text = parts.join(" ");
    if !there && !word.ends_with(':') {
        text.push(' ');
    }
    *query = text;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_writes_its_word_and_takes_it_away_again() {
        let mut query = "отчёт".to_owned();
        toggle(&mut query, "есть:файл");
        assert_eq!(query, "отчёт есть:файл ");
        toggle(&mut query, "от:");
        assert_eq!(query, "отчёт есть:файл от:");
        query.push_str("анна");
        assert!(holds(&query, "от:") && !holds(&query, "в:"));
        toggle(&mut query, "от:");
        toggle(&mut query, "есть:файл");
        assert_eq!(query, "отчёт");
    }
}
