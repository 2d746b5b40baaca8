//! Ctrl+Shift+K: everything one can do, by its name in either language, under any layout.

mod commands;
mod finding;

use leptos::prelude::*;

use crate::features::quick_switcher::chosen_into_view;
use crate::i18n::catalog::words;
use crate::i18n::{Language, chat_title, language, t};
use crate::keys::regions::focus_when_shown;
use crate::primitives::{EmptyState, FieldKind, Icon, IconName, ListRow, TextField};
use crate::state::AppState;
pub use commands::Entry;
use commands::entries;
use finding::{RANK_OF_GAPS, fit};

/// The field and what fits, best first.
#[component]
pub fn CommandPalette() -> impl IntoView {
    let state = AppState::get();
    let query = RwSignal::new(String::new());
    let chosen = RwSignal::new(0usize);
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_shown(field);
    // What can be done is settled when the palette opens, so that no row moves under the finger.
    let all = StoredValue::new(entries(state));
    let open = StoredValue::new(open_title(state));
    let found = Signal::derive(move || found(&all.get_value(), &query.get(), language()));
    Effect::new(move || {
        query.track();
        chosen.set(0);
    });
    let go = move |entry: Entry| {
        state.nav.dialog.set(None);
        entry.run.run(());
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let count = found.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => chosen.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                if let Some(entry) = found.with_untracked(|found| found.get(chosen.get_untracked()).copied()) {
                    event.prevent_default();
                    go(entry);
                }
                return;
            }
            _ => return,
        }
        event.prevent_default();
        chosen_into_view();
    };
    let list = move || {
        let rows = found.get().into_iter().enumerate().map(|(at, entry)| {
            let chord = entry.chord();
            // What is done to a chat says to which.
            let about = if entry.of_chat { open.get_value() } else { String::new() };
            view! {
                <li>
                    <ListRow
                        title=t(entry.words)
                        selected=Signal::derive(move || chosen.get() == at)
                        compact=true
                        on_press=move || go(entry)
                        start=move || view! { <Icon name=entry.icon /> }
                        end=move || view! {
                            {(!about.is_empty()).then(|| view! { <span class="palette__about">{about.clone()}</span> })}
                            {(!chord.is_empty()).then(|| view! { <kbd class="palette__chord">{chord.clone()}</kbd> })}
                        }
                    />
                </li>
            }
        });
        rows.collect_view()
    };
    view! {
        <div class="switcher palette" on:keydown=keys>
            <TextField label=move || t("palette-find") value=query kind=FieldKind::Search node_ref=field />
            <ul class="switcher__rows">{list}</ul>
            <Show when=move || found.with(Vec::is_empty)>
                <EmptyState icon=IconName::Search title=move || t("chats-nothing-found") text=move || t("palette-nothing-help") />
            </Show>
        </div>
    }
}

/// What is meant by `/` and these letters in the composer, best first: without gaps, since Enter would do it.
pub fn meant(state: AppState, typed: &str, limit: usize) -> Vec<Entry> {
    let all = untrack(|| entries(state));
    let shown = untrack(language);
    let mut found = ranked(&all, typed, shown);
    found.retain(|(rank, _)| *rank < RANK_OF_GAPS * 4);
    found.into_iter().take(limit).map(|(_, entry)| entry).collect()
}

/// The title of the open chat; empty for none.
fn open_title(state: AppState) -> String {
    let row = state.nav.chat.get_untracked().and_then(|id| state.chats.find(&id)).map(|row| row.get_untracked());
    let me = untrack(|| state.me()).map(|me| me.person.id);
    row.map(|row| chat_title(&row, me)).unwrap_or_default()
}

fn found(all: &[Entry], query: &str, shown: Language) -> Vec<Entry> {
    ranked(all, query, shown).into_iter().map(|(_, entry)| entry).collect()
}

fn ranked(all: &[Entry], query: &str, shown: Language) -> Vec<(u32, Entry)> {
    let other = if shown == Language::Ru { Language::En } else { Language::Ru };
    let fits = all.iter().filter_map(|entry| {
        let names = [words(shown, entry.words, &[]), words(other, entry.words, &[])];
        Some((fit(query, [&names[0], &names[1]])?, *entry))
    });
    let mut ranked: Vec<(u32, Entry)> = fits.collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked
}
