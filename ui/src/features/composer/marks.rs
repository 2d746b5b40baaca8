//! The bar over the composer while something is selected in it: each mark by one press, with the keys that do the same.

use leptos::prelude::*;

use super::composition::Composition;
use super::editing::Change;
use crate::i18n::{key, t};
use crate::keys::{Action, live::chord_words};
use crate::primitives::{ControlSize, IconButton, IconName};

/// What the bar offers.
const MARKS: [(Change, Action, IconName, &str); 7] = [
    (Change::Mark("**"), Action::Bold, IconName::Bold, key("keys-bold")),
    (Change::Mark("*"), Action::Italic, IconName::Italic, key("keys-italic")),
    (Change::Mark("~~"), Action::Strike, IconName::Strike, key("keys-strike")),
    (Change::Mark("`"), Action::Code, IconName::Code, key("keys-code")),
    (Change::Mark("||"), Action::Spoiler, IconName::EyeOff, key("keys-spoiler")),
    (Change::Quote, Action::Quote, IconName::Quote, key("keys-quote")),
    (Change::Link, Action::Link, IconName::Link, key("keys-link")),
];

/// The buttons; a press keeps the focus in the text.
#[component]
pub(super) fn MarkBar(
    /// What is written.
    composition: Composition,
    /// Told after each change.
    #[prop(into)]
    on_change: Callback<()>,
) -> impl IntoView {
    let button = move |(change, action, icon, words): (Change, Action, IconName, &'static str)| {
        let press = move || {
            composition.apply(composition.selected().changed(change));
            on_change.run(());
        };
        view! {
            <IconButton icon=icon label=move || t(words) size=ControlSize::Small shortcut=Signal::derive(move || chord_words(action)) on_press=press />
        }
    };
    view! {
        <div class="marks" role="toolbar" aria-label=move || t("composer-marks") on:mousedown=|event| event.prevent_default()>
            {MARKS.map(button).collect_view()}
        </div>
    }
}
