//! The sheet of shortcuts and the settings page of keys, made from the one table of chords.

mod finding;
mod settings;

use leptos::prelude::*;

use crate::i18n::t;
use crate::keys::live;
use crate::keys::table::{self, Group};

pub use settings::KeySettings;

/// All chords under their headings.
#[component]
pub fn ShortcutsDialog() -> impl IntoView {
    let groups = Group::ALL.into_iter().map(|group| view! { <Chords group=group /> });
    view! {
        <p class="shortcuts__lead">{move || t("keys-lead")}</p>
        // Holds nothing that takes the focus, yet must be scrolled by keyboard.
        <div class="shortcuts" role="group" tabindex="0" aria-label=move || t("keys-shortcuts")>{groups.collect_view()}</div>
    }
}

#[component]
fn Chords(group: Group) -> impl IntoView {
    let rows = table::shown().filter(move |binding| binding.group == group);
    let rows = rows.map(move |binding| {
        let chord = move || live::words_of(binding);
        view! {
            <div class="shortcuts__row">
                <dt>{move || t(binding.words)}</dt>
                <dd><kbd class="shortcuts__chord">{move || if chord().is_empty() { t("keys-none") } else { chord() }}</kbd></dd>
            </div>
        }
    });
    view! {
        <section class="shortcuts__group">
            <h2 class="shortcuts__title">{move || t(group.words())}</h2>
            <dl class="shortcuts__rows">{rows.collect_view()}</dl>
        </section>
    }
}
